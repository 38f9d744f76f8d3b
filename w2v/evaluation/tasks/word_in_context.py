"""Words in context: does a word mean the same in two texts? A whole kind of suite.

Pilehvar & Camacho-Collados (2019), WiC. How alike two contexts are is the mean of two numbers: the cosine of their
vectors, in which words that are near to the word itself count more, and how well their words match one by one. A
threshold makes it an answer: the one with the most right answers on the part for training; a set without parts is cut
into five folds, and the threshold of each fold comes from the others. Static vectors have one vector for a word, so the
word itself tells nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from w2v.arrays import F64, I64, Flags
from w2v.data.manifest import Manifest
from w2v.errors import DataError
from w2v.evaluation.conventions import Convention
from w2v.evaluation.own import GUESSED, OwnChoices
from w2v.evaluation.own_tables import Columns, OwnItems, TableForm
from w2v.evaluation.own_texts import read_texts
from w2v.evaluation.protocol import Protocol
from w2v.evaluation.reading import lines_of
from w2v.evaluation.showing import flags, rounded
from w2v.evaluation.statistics import FEWEST, Paired, paired_means, share_interval
from w2v.evaluation.tasks.in_context import InText, PairsInTexts, contexts_of, cosines_of
from w2v.evaluation.tasks.scored import ScoredReport, ScoredTask
from w2v.progress import NullProgress, Progress
from w2v.report.blocks import ItemsColumn
from w2v.vectors import Vectors

__all__ = ["TASK", "ContextPairReport", "ContextPairSuite", "best_threshold", "evaluate_context_pairs"]

A_OF_SUMS, A_OF_MATCHES = 1e-4, 1e-3  # chosen, as all of the method, on the part of WiC for training
FOLDS = 5
STEM = 4  # letters that two forms of a word have in common at the beginning, at least, or all but two
SAME = {"t": True, "true": True, "1": True, "yes": True, "same": True}
SAME |= {"f": False, "false": False, "0": False, "no": False, "different": False}
TRAINING = ("train", "training")
TESTS = ("dev", "develop", "development", "valid", "validation", "test", "testing")
ROLES = ("word", "text1", "text2", "label")
NO_PAIRS = "words in two texts"
EXAMPLE = "word,text1,text2,label\n" + "".join(
    f"{word},{first},{second},{label}\n"
    for word, first, second, label in (
        ("bank", "the river bank is green", "he sat at the bank of the river", "T"),
        ("bank", "money is kept at the bank", "the river bank is green", "F"),
        ("bank", "the bank closes at five", "money is kept at the bank", "T"),
        ("bank", "he sat at the bank of the river", "the bank closes at five", "F"),
        ("saw", "a saw cuts the wood", "the saw is in the shed", "T"),
        ("saw", "a saw cuts the wood", "he saw the lion", "F"),
        ("saw", "she saw a dog", "he saw the lion", "T"),
        ("saw", "she saw a dog", "the saw is in the shed", "F"),
        ("fly", "the birds fly south", "a fly sat in the soup", "F"),
        ("fly", "the birds fly south", "geese fly over the house", "T"),
    )
)


@dataclass(frozen=True, eq=False)
class ContextPairSuite(PairsInTexts):
    """Words in two texts each, and whether they mean the same there.

    first, second: the word in both texts. same: bool [N]. trained: bool [N], which items only find the threshold;
    no item where the set has no parts.
    """

    same: Flags
    trained: Flags
    kind: ClassVar[str] = "word-in-context"

    def __len__(self) -> int:
        """Return the number of items that are scored."""
        return len(self.tested)

    @cached_property
    def tested(self) -> I64:
        """The numbers of the items that are scored."""
        return np.flatnonzero(~self.trained)

    def rounds(self) -> Iterator[tuple[I64, I64]]:
        """Yield items that find a threshold, and items that are tested with it."""
        if self.trained.any():
            yield np.flatnonzero(self.trained), self.tested
            return
        for fold in range(FOLDS):
            inside = np.arange(len(self.same)) % FOLDS == fold
            if inside.any() and not inside.all():
                yield np.flatnonzero(~inside), np.flatnonzero(inside)


@dataclass(frozen=True)
class ContextPairReport(ScoredReport):
    """How often the contexts tell whether a word means the same.

    accuracy: of the items that are scored. larger_answer: the same, if the more frequent answer were always given.
    threshold: from which likeness on a word means the same; None where each fold has its own. right, likeness: [n].
    """

    accuracy: float | None
    larger_answer: float
    threshold: float | None
    right: F64 = field(repr=False, compare=False)
    likeness: F64 = field(repr=False, compare=False)
    has_contexts: Flags = field(repr=False, compare=False)
    kind: ClassVar[str] = "word-in-context"
    score_title: ClassVar[str] = "accuracy"
    beside_title: ClassVar[str] = "larger answer"
    as_percent: ClassVar[bool] = True
    items: ClassVar[str] = "words in two texts"
    in_rows: ClassVar[tuple[str, ...]] = ("threshold",)

    @property
    def scores(self) -> dict[str, float | None]:
        """Accuracy, and that of one answer for all."""
        return {"accuracy": self.accuracy, "larger-answer": self.larger_answer}

    def details(self) -> dict[str, Any]:
        """Return what the JSON of only this kind has."""
        return {"threshold": self.threshold}


class WordInContextTask(ScoredTask[ContextPairSuite, ContextPairReport]):
    """Words in context as a kind of suite."""

    kind = "word-in-context"
    title = "Words in context"
    example = EXAMPLE
    grouped_by = "means the same"

    def read(self, manifest: Manifest, path: Path) -> ContextPairSuite:
        """Read a published set."""
        return read_context_pairs(manifest, path)

    def read_own(self, path: Path | OwnItems, choices: OwnChoices = GUESSED) -> ContextPairSuite:
        """Read a user's own items."""
        return read_own_context_pairs(path, choices)

    def evaluate(
        self, vectors: Vectors, suite: ContextPairSuite, rules: Convention, limit: int | None, progress: Progress
    ) -> ContextPairReport:
        """Compare contexts."""
        return evaluate_context_pairs(vectors, suite, rules, limit, progress)

    def unscored(self, suite: ContextPairSuite, report: ContextPairReport) -> list[str]:
        """Return the items of which a text has no other word in the vocabulary."""
        missing = suite.tested[~report.has_contexts].tolist()
        return [f"{suite.first[at].text} – {suite.second[at].text}" for at in missing]

    def paired(self, reports: Sequence[ContextPairReport]) -> Paired | None:
        """Compare accuracy; items are drawn."""
        if any(report.accuracy is None for report in reports):
            return None
        right = [report.right for report in reports]
        return paired_means("accuracy", right, np.arange(len(right[0])))

    def questions(self, asked: ContextPairSuite) -> Iterator[ItemsColumn]:
        """Yield the word, both texts and the answer of each item."""
        tested = asked.tested.tolist()
        yield ItemsColumn("word", "word", [asked.first[at].word for at in tested])
        yield ItemsColumn("text", "word", [asked.first[at].text for at in tested])
        yield ItemsColumn("and", "word", [asked.second[at].text for at in tested])
        yield ItemsColumn("means the same", "word", ["yes" if asked.same[at] else "no" for at in tested])

    def outcomes(self, asked: ContextPairSuite, report: ContextPairReport) -> Iterator[ItemsColumn]:
        """Yield whether each item was answered rightly, and by which likeness."""
        yield ItemsColumn("right", "mark", flags(report.right == 1, np.isfinite(report.right)))
        yield ItemsColumn("cosine of the contexts", "number", rounded(report.likeness, 4), 4)


TASK = WordInContextTask()


def read_context_pairs(manifest: Manifest, path: Path) -> ContextPairSuite:
    """Read a published set: NAME.data.txt and NAME.gold.txt for each part, as WiC has them.

    A line of data: word, part of speech, places as 2-5, and two texts, separated by tabs; a line of gold: T or F.
    """
    items, digests, trained, invalid = list[tuple[InText, InText, bool]](), list[str](), list[bool](), 0
    for name in (name for name in manifest.source.files if name.endswith(".data.txt")):
        gold_name = name.replace(".data.", ".gold.")
        digest, lines = lines_of(path / name, manifest.encoding)
        gold_digest, gold = lines_of(path / gold_name, manifest.encoding)
        digests += [f"{digest}  {name}\n", f"{gold_digest}  {gold_name}\n"]
        answers = [SAME.get(line.strip().casefold()) for _, line in gold if line.strip()]
        data = [line.rstrip("\r").split("\t") for _, line in lines if line.strip()]
        if len(answers) != len(data):
            raise DataError(
                f"{path / name} has {len(data):,} items, and {gold_name} {len(answers):,} answers",
                hint="get the files again",
            )
        for fields, answer in zip(data, answers, strict=True):
            made = _from_places(fields)
            if made is None or answer is None:
                invalid += 1
                continue
            items.append((*made, answer))
            trained.append(name.partition(".")[0] in TRAINING)
    listing = hashlib.sha256("".join(digests).encode()).hexdigest()
    suite = _suite_of(items, trained, listing, manifest.name, manifest.title)
    if not len(suite):
        raise DataError(f"{path} has no items to test", hint="get the files again")
    return replace(suite, invalid=invalid)


def _from_places(fields: Sequence[str]) -> tuple[InText, InText] | None:
    """Return the word in both texts of a line of WiC; None where the line is none."""
    if len(fields) != 5:
        return None
    places = fields[2].split("-")
    texts = [tuple(text.split()) for text in fields[3:]]
    if len(places) != 2 or not all(place.isascii() and place.isdecimal() for place in places):
        return None
    first, second = map(int, places)
    if first >= len(texts[0]) or second >= len(texts[1]):
        return None
    return InText(texts[0], first), InText(texts[1], second)


def read_own_context_pairs(path: Path | OwnItems, choices: OwnChoices = GUESSED) -> ContextPairSuite:
    """Read a user's own items: a word, two texts with it, and T or F (or true, yes, 1, same …), in columns.

    The word is found in each text as it stands, else in another case or as another form that begins alike. A column for
    the part (train, dev, test) says which items only find the threshold. Raise `DataError` for a file without any item.
    """
    table = read_texts(path, IN_CONTEXT, choices)
    items, trained, failed = list[tuple[InText, InText, bool]](), list[bool](), table.failed
    parts = [row.fields.get("part", "").casefold() for row in table.rows]
    has_parts = any(part in TRAINING for part in parts) and any(part in TESTS for part in parts)
    for row, part in zip(table.rows, parts, strict=True):
        first, second = (_found(row.fields["word"], row.fields[role]) for role in ("text1", "text2"))
        answer = SAME.get(row.fields["label"].strip().casefold())
        if first is None or second is None or answer is None:
            failed += 1
            continue
        items.append((first, second, answer))
        trained.append(has_parts and part in TRAINING)
    if not items:
        raise DataError(f"{path} has no {NO_PAIRS}", hint=IN_CONTEXT.hint)
    suite = _suite_of(items, trained, table.digest, path.stem, path.name)
    return replace(suite, invalid=failed, own=replace(table.reading, lines_used=len(items)))


def _found(word: str, text: str) -> InText | None:
    """Return a word in a text; marks at the ends of words are left out."""
    words = tuple(stripped for each in text.split() if (stripped := each.strip(MARKS)))
    folded = [each.casefold() for each in words]
    wanted = word.strip().casefold()
    if not wanted:
        return None
    if wanted in folded:
        return InText(words, folded.index(wanted))
    least = min(STEM, max(2, len(wanted) - 2))
    like = [_common(wanted, each) for each in folded]
    best = max(range(len(like)), key=like.__getitem__, default=None)
    return None if best is None or like[best] < least else InText(words, best)


def _common(one: str, other: str) -> int:
    """Return how many letters two words have in common at the beginning."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


MARKS = ".,;:!?\"'()[]{}«»“”„‘’…"


def _guessed(columns: Columns) -> dict[str, int] | None:
    """Find the columns of a table without names: the two longest are texts, the answers are those that SAME has."""
    places = range(columns.width)
    texts = sorted(sorted(places, key=lambda at: -sum(len(row[at]) for row in columns.rows))[:2])
    others = [at for at in places if at not in texts]
    answers = [at for at in others if all(row[at].strip().casefold() in SAME for row in columns.rows)]
    words = [at for at in others if at not in answers and not columns.numeric(at)]
    if len(texts) < 2 or not answers or not words:
        return None
    word = max(words, key=columns.distinct)
    return {"word": word, "text1": texts[0], "text2": texts[1], "label": answers[-1]}


IN_CONTEXT = TableForm(NO_PAIRS, ROLES, _guessed, "word, text, text, T or F", optional=("part",))


def _suite_of(
    items: Sequence[tuple[InText, InText, bool]], trained: Sequence[bool], digest: str, name: str, title: str
) -> ContextPairSuite:
    return ContextPairSuite(
        name,
        title,
        digest,
        tuple(first for first, _, _ in items),
        tuple(second for _, second, _ in items),
        np.array([same for _, _, same in items], dtype=bool),
        np.array(trained, dtype=bool),
    )


def best_threshold(likeness: F64, same: Flags) -> float:
    """Return the threshold with the most right answers, where `same` is said from it on; of equal ones the lowest.

    likeness: float64 [n]; same: bool [n]. It lies in the middle between two values that follow each other.
    """
    order = np.argsort(likeness, kind="stable")
    rising, answers = likeness[order], same[order]
    right = np.concatenate([[0], np.cumsum(~answers)]) + (answers.sum() - np.concatenate([[0], np.cumsum(answers)]))
    between = np.concatenate([[True], np.diff(rising) > 0, [True]])
    place = int(np.argmax(np.where(between, right, -1)))
    if place in (0, len(likeness)):
        return -1.0 if place == 0 else float(np.nextafter(rising[-1], np.inf))
    return float((rising[place - 1] + rising[place]) / 2)


def evaluate_context_pairs(
    vectors: Vectors, suite: ContextPairSuite, rules: Convention, limit: int | None, progress: Progress
) -> ContextPairReport:
    """Return how often the likeness of two contexts, by a threshold, tells whether the word means the same.

    limit: only the first so many rows are looked at; None for all. The likeness with a context without any known word
    is 0.
    """
    places = (*suite.first, *suite.second)
    sums = contexts_of(vectors, places, rules, limit, progress, a=A_OF_SUMS, window=None, telling=True)
    found = contexts_of(vectors, places, rules, limit, NullProgress(), a=A_OF_MATCHES, window=None)
    pairs = len(suite.first)
    matches = np.array([found.matches(at, pairs + at) for at in range(pairs)])
    likeness = (cosines_of(*np.split(sums.vectors, 2)) + matches) / 2
    said, thresholds = np.zeros(len(suite.same), dtype=bool), list[float]()
    for training, tested in suite.rounds():
        thresholds.append(best_threshold(likeness[training], suite.same[training]))
        said[tested] = likeness[tested] >= thresholds[-1]
    tested = suite.tested
    same: Flags = suite.same[tested]
    right = np.array(said[tested] == same, dtype=np.float64)
    known = found.known.reshape(2, -1) > 0
    both: Flags = (known[0] & known[1])[tested]
    accuracy = float(right.mean()) if both.any() else None
    share = float(same.mean())
    where = "on the part for training" if suite.trained.any() else f"on the other ones of {FOLDS} folds"
    weights = f"a = {A_OF_SUMS:g} and {A_OF_MATCHES:g}" if found.weighted else "all words weighted alike"
    return ContextPairReport(
        suite=suite.name,
        title=suite.title,
        protocol=Protocol.of(
            rules,
            suite,
            limit,
            len(vectors),
            method="mean of the cosine of the sums of the other words of both texts and of their best matches, words "
            f"weighted by a / (a + p), {weights}; threshold found {where}",
            unknown="unknown words are left out; the likeness with a text without any other word is 0",
        ),
        interval=None if accuracy is None or len(right) < FEWEST else share_interval(accuracy, len(right)),
        scored=int(both.sum()),
        total=len(suite),
        accuracy=accuracy,
        larger_answer=max(share, 1 - share),
        threshold=thresholds[0] if len(thresholds) == 1 else None,
        right=right,
        likeness=likeness[tested],
        has_contexts=both,
    )
