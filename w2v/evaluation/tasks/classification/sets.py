"""Sets of texts with labels: what they hold, and how their files are read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import ClassVar

import numpy as np

from w2v.arrays import F64, I64, Flags
from w2v.data.manifest import Manifest
from w2v.errors import DataError
from w2v.evaluation.own import GUESSED, OwnChoices
from w2v.evaluation.own_tables import Columns, OwnItems, TableForm
from w2v.evaluation.own_texts import read_texts
from w2v.evaluation.reading import WordNumbers, lines_of
from w2v.evaluation.statistics.softmax import folds_of
from w2v.evaluation.tasks.classification.learning import Round, bag_of_words, predicted
from w2v.evaluation.tasks.pooled import TextSuite

__all__ = ["LabelSuite", "read_labels", "read_own_labels"]

TRAIN, DEVELOP, TEST = 0, 1, 2
PARTS = {
    "train": TRAIN,
    "training": TRAIN,
    "dev": DEVELOP,
    "develop": DEVELOP,
    "development": DEVELOP,
    "valid": DEVELOP,
    "validation": DEVELOP,
    "test": TEST,
    "testing": TEST,
}
FOLDS = 5
NO_LABELS = "texts with at least two labels"


@dataclass(frozen=True, eq=False)
class LabelSuite(TextSuite):
    """Texts with a label each.

    texts: [N]. labels: the names of the classes, [K]. classes: int64 [N], the class of each text. parts: int64 [N], the
    part that each text belongs to (TRAIN, DEVELOP, TEST); [0] where the set has no parts, and is cut into folds.
    """

    texts: tuple[str, ...]
    labels: tuple[str, ...]
    classes: I64
    parts: I64
    kind: ClassVar[str] = "classification"

    def __len__(self) -> int:
        """Return the number of texts that are scored: those for testing, or all."""
        return len(self.tested)

    @property
    def every_text(self) -> Sequence[str]:
        """All texts."""
        return self.texts

    @cached_property
    def tested(self) -> I64:
        """The numbers of the texts that are scored."""
        return np.flatnonzero(self.parts == TEST) if len(self.parts) else np.arange(len(self.texts))

    def rounds(self) -> Iterator[Round]:
        """Yield what is trained on and scored: once where the set has parts, else once for each fold."""
        if len(self.parts):
            training = np.flatnonzero(self.parts != TEST)
            develops = self.parts[training] == DEVELOP
            keeps = bool(develops.any())
            held_out = develops if keeps else _a_fifth(self.classes[training])
            yield Round(training, held_out, keeps, self.tested)
            return
        fold = folds_of(self.classes, FOLDS)
        for number in range(FOLDS):
            training = np.flatnonzero(fold != number)
            held_out = _a_fifth(self.classes[training])
            yield Round(training, held_out, False, np.flatnonzero(fold == number))

    @cached_property
    def largest_class(self) -> F64:
        """1 for each scored text of the class that is largest in training, else 0, [n]: what guessing it would give."""
        right = np.zeros(len(self.texts))
        for each in self.rounds():
            largest = np.bincount(self.classes[each.training]).argmax()
            right[each.tested] = self.classes[each.tested] == largest
        return right[self.tested]

    @cached_property
    def by_words(self) -> I64:
        """The class that a bag of words guesses for each scored text, [n]; it is the same for all vectors."""
        return predicted(bag_of_words(self.texts), self.classes, len(self.labels), self.rounds())[self.tested]


def _a_fifth(classes: I64) -> Flags:
    """Mark a fifth of items, of every class [n]; of classes of fewer than five a larger part."""
    folds = max(2, int(np.unique(classes, return_counts=True)[1].min(initial=FOLDS)))
    marked: Flags = folds_of(classes, folds) == folds - 1
    return marked


def read_labels(manifest: Manifest, path: Path) -> LabelSuite:
    """Read a published set: a file for each part, each line a label, a space and a text.

    The names of the files say which part they are, as TREC.train.all. Only a line feed ends a line. Raise `DataError`
    for a file that cannot be decoded, and where there is nothing to train on or to test.
    """
    labels, texts, classes, parts = WordNumbers(), list[str](), list[int](), list[int]()
    invalid, digests = 0, list[str]()
    for name in manifest.source.files:
        part = next((PARTS[word] for word in name.split(".") if word in PARTS), None)
        if part is None:
            raise DataError(f"{path / name}: the name says neither train, dev nor test", hint="reinstall w2v")
        digest, lines = lines_of(path / name, manifest.encoding)
        digests.append(f"{digest}  {name}\n")
        for _, line in lines:
            label, _, text = line.partition(" ")
            if label and text.strip():
                texts.append(text.strip())
                classes += labels.of([label])
                parts.append(part)
            else:
                invalid += bool(line.strip())
    listing = hashlib.sha256("".join(digests).encode()).hexdigest()
    names = dict(enumerate(manifest.columns)) if manifest.columns else {}
    suite = LabelSuite(
        manifest.name,
        manifest.title,
        listing,
        tuple(texts),
        tuple(names.get(int(label), label) if label.isdecimal() else label for label in labels.words),
        np.array(classes, dtype=np.int64),
        np.array(parts, dtype=np.int64),
        invalid=invalid,
    )
    _check(suite, path)
    return suite


def read_own_labels(path: Path | OwnItems, choices: OwnChoices = GUESSED) -> LabelSuite:
    """Read a user's own texts: a label and a text a record, in whichever columns, and perhaps the part (`own_texts`).

    Raise `DataError` for a file without two labels, and for one of which most records are no such thing.
    """
    table = read_texts(path, LABELLED, choices)
    named = [row.fields.get("part", "").casefold() for row in table.rows]
    has_parts = all(part in PARTS for part in named) and {PARTS[part] for part in named} >= {TRAIN, TEST}
    labels = WordNumbers()
    classes = labels.of(row.fields["label"] for row in table.rows)
    suite = LabelSuite(
        path.stem,
        path.name,
        table.digest,
        tuple(row.fields["text"] for row in table.rows),
        labels.words,
        np.array(classes, dtype=np.int64),
        np.array([PARTS[part] for part in named] if has_parts else [], dtype=np.int64),
        invalid=table.failed,
    )
    _check(suite, path)
    return replace(suite, own=table.reading)


def _check(suite: LabelSuite, path: object) -> None:
    """Raise `DataError` where there are not two labels, each with two texts to train on."""
    trained = [suite.classes[each.training] for each in suite.rounds()]
    if len(suite.labels) < 2:
        raise DataError(f"{path} has no {NO_LABELS}", hint=LABELLED.hint)
    if any(len(np.unique(classes)) < 2 or len(classes) < 4 for classes in trained):
        there = f"{len(suite.texts):,} with {len(suite.labels):,} labels"
        raise DataError(
            f"{path} has too few texts to train a classifier on ({there})",
            hint="give each label at least five texts; a hundred or more say something",
        )


def _guessed(columns: Columns) -> dict[str, int] | None:
    """Find the columns of a table without names: the longest is the text; of the others, the label has few values.

    A column that holds nothing but names of parts says to which part a text belongs.
    """
    places = range(columns.width)
    text = max(places, key=lambda at: sum(len(row[at]) for row in columns.rows))
    others = [at for at in places if at != text and not columns.counts(at)]
    parts = [at for at in others if all(row[at].casefold() in PARTS for row in columns.rows)] if len(others) > 1 else []
    labels = [at for at in others if at not in parts[:1]]
    if not labels:
        return None
    return {"text": text, "label": min(labels, key=columns.distinct), **({"part": parts[0]} if parts else {})}


LABELLED = TableForm(NO_LABELS, ("label", "text"), _guessed, "label, text", optional=("part",))
