"""Translations: how many words of one vector file have their translation nearest in another file of the same space.

`w2v eval FIRST --with SECOND --dictionary FILE`. A word may have several translations, each of which is right, and it
counts once. Two figures are given: of the words that can be answered (as MUSE has it), and of all words, where those
that are missing count as wrong (as fastText's align has it). How two files come into one space: w2v/compare/align.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from w2v.arrays import F32, I64, Flags
from w2v.compare.csls import NEIGHBOURS, best_by_cosine, best_by_csls, mean_of_nearest
from w2v.compare.joint import fingerprints_of_space
from w2v.data.manifest import Manifest
from w2v.errors import DataError, SettingsError
from w2v.evaluation.conventions import Convention
from w2v.evaluation.lookup import RowFinder
from w2v.evaluation.own import GUESSED, OwnChoices
from w2v.evaluation.own_tables import Columns, OwnItems, TableForm, read_table
from w2v.evaluation.protocol import Protocol
from w2v.evaluation.reading import WordNumbers, lines_of
from w2v.evaluation.report import Score, ratio
from w2v.evaluation.showing import Shown, flags
from w2v.evaluation.statistics import FEWEST, Interval, Paired, paired_means, share_interval
from w2v.evaluation.suite import Suite
from w2v.evaluation.tasks.scored import ScoredReport, ScoredTask
from w2v.progress import Progress
from w2v.report.blocks import Column, ItemsColumn, Note, Row, Section, Table
from w2v.report.numbers import percent
from w2v.report.tables import figure, text
from w2v.vectors import Vectors

__all__ = ["TASK", "BilingualReport", "BilingualSuite", "evaluate_translations", "read_translations"]

DEPTHS = (1, 5, 10)
MOST = 200_000  # words of each file that are looked at, as MUSE does, if nobody says how many
SHOWN = 3
HARDLY_ANY = 0.05  # of the words that can be answered
NEARLY_ALL = 0.9  # of the words of a file
EXAMPLE = """house\tHaus
house\tGebäude
dog\tHund
cat\tKatze
tree\tBaum
water\tWasser
fire\tFeuer
bread\tBrot
king\tKönig
queen\tKönigin
hand\tHand
book\tBuch
"""


@dataclass(frozen=True, eq=False)
class BilingualSuite(Suite):
    """Words with their translations.

    words: all words and translations. sources: the words that are asked, as numbers of `words`, each once.
    translations: the right answers to each of them. other: the vectors whose words answer; None for the same vectors.
    """

    words: tuple[str, ...]
    sources: tuple[int, ...]
    translations: tuple[tuple[int, ...], ...]
    other: Vectors | None = field(default=None, kw_only=True)
    kind: ClassVar[str] = "bilingual"

    def __len__(self) -> int:
        """Return the number of words that are asked."""
        return len(self.sources)

    def answered_by(self, other: Vectors) -> BilingualSuite:
        """Return the same set, whose translations are looked for in other vectors."""
        return replace(self, other=other)


def _nothing() -> I64:
    return np.empty(0, dtype=np.int64)


@dataclass(frozen=True)
class BilingualReport(ScoredReport):
    """How many words have a right translation nearest.

    csls, nearest: the shares of the scored words with a right answer among the first 1, 5 and 10, by CSLS and by
    cosine; None where none is scored. missing_source: words that the first file does not have; missing_target: of the
    others, words of which the second file has no translation. other: the name of the second file. hint: why nearly
    no translation is found, or that the first line may be no pair; empty where there is nothing to say. ranks,
    ranks_nearest: int64 [N], the place of the first right answer of each word, 0 where none is among ten; −1 where it
    was not scored.
    answers: int64 [N, 3], the rows that CSLS puts first.
    """

    csls: tuple[float | None, ...]
    nearest: tuple[float | None, ...]
    missing_source: int
    missing_target: int
    other: str
    hint: str = ""
    ranks: I64 = field(default_factory=_nothing, repr=False, compare=False)
    ranks_nearest: I64 = field(default_factory=_nothing, repr=False, compare=False)
    answers: tuple[str, ...] = field(default=(), repr=False, compare=False)
    kind: ClassVar[str] = "bilingual"
    score_title: ClassVar[str] = "P@1 (CSLS)"
    beside_title: ClassVar[str] = "P@1 (nearest)"
    as_percent: ClassVar[bool] = True
    items: ClassVar[str] = "words"
    in_rows: ClassVar[tuple[str, ...]] = ("coverage", "missing_source", "missing_target", "with")

    @property
    def scores(self) -> dict[str, float | None]:
        """P@1, P@5 and P@10 of the words that can be answered, by CSLS and by the nearest row; then of all words."""
        found = {}
        for part, of_all in (("", False), ("_all", True)):
            for name, shares in (("csls", self.csls), ("nearest", self.nearest)):
                for depth, share in zip(DEPTHS, shares, strict=True):
                    found[f"{name}_p{depth}{part}"] = self.of_all(share) if of_all else share
        return found

    @property
    def besides(self) -> Mapping[str, float | None]:
        """The figures that stand beside the score."""
        return {"P@10": self.csls[-1], "nearest": self.nearest[0], "of all": self.of_all(self.csls[0])}

    def of_all(self, share: float | None) -> float | None:
        """Return a share of the scored words as one of all words, where those that are not scored are wrong."""
        if share is None:
            return 0.0 if self.total else None
        return share * self.scored / self.total

    def details(self) -> dict[str, Any]:
        """Return what the JSON of only this kind has."""
        return {
            "coverage": ratio(self.scored, self.total),
            "missing_source": self.missing_source,
            "missing_target": self.missing_target,
            "with": self.other or None,
        }


class BilingualTask(ScoredTask[BilingualSuite, BilingualReport]):
    """Translations as a kind of suite."""

    kind = "bilingual"
    title = "Translations"
    cites = ("conneau2018word",)
    example = EXAMPLE
    asks_other_vectors = True
    every = "word"

    def read(self, manifest: Manifest, path: Path) -> BilingualSuite:
        """Read a published set: a word, a tab and a translation in each line."""
        digest, lines = lines_of(path, manifest.encoding)
        fields = [line.rstrip("\r").split("\t") for _, line in lines if line.strip()]
        pairs = [(each[0].strip(), each[1].strip()) for each in fields if len(each) >= 2]
        if not pairs:
            raise DataError(f"{path} has no translations", hint="each line is a word, a tab and its translation")
        return _suite_of(pairs, digest, manifest.name, manifest.title, len(fields) - len(pairs))

    def read_own(self, path: Path | OwnItems, choices: OwnChoices = GUESSED) -> BilingualSuite:
        """Read a user's own dictionary."""
        return read_translations(path, choices)

    def evaluate(
        self, vectors: Vectors, suite: BilingualSuite, rules: Convention, limit: int | None, progress: Progress
    ) -> BilingualReport:
        """Look for the translations."""
        return evaluate_translations(vectors, suite, rules, limit, progress)

    def score_names(self, suite: BilingualSuite, rules: Convention) -> Sequence[str]:
        """Return what the scores are called."""
        return super().score_names(replace(suite, other=None), rules)

    def unscored(self, suite: BilingualSuite, report: BilingualReport) -> list[str]:
        """Return the words that could not be scored."""
        return [suite.words[suite.sources[at]] for at in np.flatnonzero(report.ranks < 0).tolist()]

    def words_of_items(self, suite: BilingualSuite) -> tuple[Sequence[str], I64]:
        """Return the words of the set, and the word of each item: it is as rare as the word that is asked."""
        return suite.words, np.array(suite.sources, dtype=np.int64).reshape(-1, 1)

    def score_of(self, suite: BilingualSuite, report: BilingualReport, chosen: Flags) -> Score:
        """Return P@1 by CSLS on some of the words."""
        ranks = report.ranks[chosen & (report.ranks >= 0)]
        value, interval = _share(ranks == 1)
        return replace(report.primary, value=value, interval=interval, scored=len(ranks), total=len(ranks))

    def paired(self, reports: Sequence[BilingualReport]) -> Paired | None:
        """Compare P@1 by CSLS on the words that all files can answer; words are drawn."""
        found = [np.where(each.ranks >= 0, each.ranks == 1, np.nan) for each in reports]
        return paired_means("csls_p1", found, np.arange(len(found[0])))

    def sections(self, suites: Sequence[Shown[BilingualReport, BilingualSuite]]) -> Iterator[Section]:
        """Yield coverage first; then the table of all kinds; of one file also all figures."""
        for section in super().sections(suites):
            covered = (Note((line,)) for suite in suites for line in _coverage(suite))
            figures = (_figures(suite) for suite in suites if not suite.several)
            first, *others = section.blocks
            yield section._replace(blocks=(*covered, first, *figures, *others))

    def questions(self, asked: BilingualSuite) -> Iterator[ItemsColumn]:
        """Yield each word and its translations."""
        right = [", ".join(asked.words[each] for each in some) for some in asked.translations]
        yield ItemsColumn("word", "word", [asked.words[number] for number in asked.sources])
        yield ItemsColumn("translations", "word", right)

    def outcomes(self, asked: BilingualSuite, report: BilingualReport) -> Iterator[ItemsColumn]:
        """Yield whether a translation was nearest, and which words were."""
        yield ItemsColumn("found", "mark", flags(report.ranks == 1, report.ranks >= 0))
        yield ItemsColumn("nearest, by CSLS", "word", report.answers)


TASK = BilingualTask()


def read_translations(path: Path | OwnItems, choices: OwnChoices = GUESSED) -> BilingualSuite:
    """Read a user's dictionary: a word and a translation a line, in columns; a word may have several lines.

    Raise `DataError` for a file without any pair, and for one of which most lines are none.
    """
    table = read_table(path, TRANSLATIONS, choices)
    pairs = [(row.fields["word1"], row.fields["word2"]) for row in table.rows]
    suite = _suite_of(pairs, table.digest, path.stem, path.name, table.failed)
    asked = tuple(suite.words[number] for number in suite.sources)
    return replace(suite, own=replace(table.reading, words=asked))


def _guessed(columns: Columns) -> dict[str, int] | None:
    """The first two columns that do not number the lines."""
    found = columns.without_numbers_of_lines(2)
    return {"word1": found[0], "word2": found[1]} if len(found) > 1 else None


TRANSLATIONS = TableForm("translations", ("word1", "word2"), _guessed, "a word, a tab and its translation")


def _suite_of(pairs: Sequence[tuple[str, str]], digest: str, name: str, title: str, invalid: int) -> BilingualSuite:
    words, answers = WordNumbers(), dict[int, dict[int, None]]()
    for pair in pairs:
        source, translation = words.of(pair)
        answers.setdefault(source, {})[translation] = None
    return BilingualSuite(
        name, title, digest, words.words, tuple(answers), tuple(map(tuple, answers.values())), invalid=invalid
    )


def evaluate_translations(
    vectors: Vectors, suite: BilingualSuite, rules: Convention, limit: int | None, progress: Progress
) -> BilingualReport:
    """Return how many words of a set have a right translation nearest, by CSLS and by cosine.

    The first `limit` words of both files are looked at (None: 200,000). Without other vectors, the translations are
    looked for in the same ones, where no word answers itself. Raise `SettingsError` for files of unequal dimensions.
    """
    other = vectors if suite.other is None else suite.other
    if other.dim != vectors.dim:
        raise SettingsError(
            f"{vectors.name} has {vectors.dim:,} dimensions and {other.name} {other.dim:,}: they are not in one space",
            hint=f"bring them into one: w2v align {vectors.name} {other.name} --dictionary FILE -o A -o B",
        )
    most = MOST if limit is None else limit
    own = suite.own is not None
    here = RowFinder(vectors.listed_words, most, rules, phrases=own).rows([suite.words[each] for each in suite.sources])
    there = RowFinder(other.listed_words, most, rules, phrases=own).rows(suite.words)
    right = [{row for row in there[list(some)].tolist() if row >= 0} for some in suite.translations]
    if suite.other is None:
        right = [rows - {own_row} for rows, own_row in zip(right, here.tolist(), strict=True)]
    can = np.array([row >= 0 and bool(rows) for row, rows in zip(here.tolist(), right, strict=True)], dtype=np.bool_)
    ranks, ranks_nearest = np.full(len(suite), -1), np.full(len(suite), -1)
    answers = [""] * len(suite)
    asked = np.flatnonzero(can)
    if len(asked):
        progress.phase(f"translating {suite.name}")
        without = here[asked] if suite.other is None else None
        by_csls, by_cosine = _answers(vectors.units[:most], other.units[:most], here[asked], without)
        wanted = [right[at] for at in asked.tolist()]
        ranks[asked], ranks_nearest[asked] = _ranks(by_csls, wanted), _ranks(by_cosine, wanted)
        for at, rows in zip(asked.tolist(), by_csls[:, :SHOWN].tolist(), strict=True):
            answers[at] = ", ".join(other.stored_words[row] for row in rows if row >= 0)
    _, interval = _share(ranks[asked] == 1)
    return BilingualReport(
        suite=suite.name,
        title=suite.title,
        protocol=Protocol.of(
            rules,
            suite,
            most if limit is None and len(vectors) > MOST else limit,
            len(vectors),
            method=_method(suite, other, most),
            unknown="unknown words are skipped, and count as wrong in the figures of all words",
        ),
        interval=interval,
        scored=len(asked),
        total=len(suite),
        csls=_shares(ranks[asked]),
        nearest=_shares(ranks_nearest[asked]),
        missing_source=int((here < 0).sum()),
        missing_target=int(((here >= 0) & ~can).sum()),
        other="" if suite.other is None else other.name,
        hint=_why_so_few(vectors, other, ranks[asked]) or _lone_stranger(suite, here, there, can),
        ranks=ranks,
        ranks_nearest=ranks_nearest,
        answers=tuple(answers),
    )


def _why_so_few(vectors: Vectors, other: Vectors, ranks: I64) -> str:
    """Why hardly any word finds its translation: w2v align has not written both files together. Empty otherwise."""
    if other is vectors or not len(ranks) or (ranks == 1).mean() >= HARDLY_ANY:
        return ""
    space = fingerprints_of_space(vectors.record)
    if space and space == fingerprints_of_space(other.record):
        return ""
    return (
        f"hardly any translation is found, and the run records do not say that 'w2v align' wrote {vectors.name} and "
        f"{other.name} together: if no other tool has aligned the two files, a score near 0 is what chance gives"
    )


def _lone_stranger(suite: BilingualSuite, here: I64, there: I64, can: Flags) -> str:
    """Say that the first pair of a user's own file may be names of columns: hardly another pair lacks its words."""
    if suite.own is None or len(suite) < FEWEST or here[0] >= 0 or (there[list(suite.translations[0])] >= 0).any():
        return ""
    if can[1:].mean() < NEARLY_ALL:
        return ""
    word, translation = (suite.words[each] for each in (suite.sources[0], suite.translations[0][0]))
    return (
        f"unlike nearly all others, the words of the first line, {word!r} and {translation!r}, are in neither file: if "
        "they name columns, leave that line out, because it counts as wrong in the figures of all words"
    )


def _method(suite: BilingualSuite, other: Vectors, most: int) -> str:
    where = "the same words" if suite.other is None else f"{min(most, len(other)):,} words of {other.name}"
    return f"the nearest of {where}, by CSLS (k = {NEIGHBOURS}) and by cosine"


def _answers(x: F32, y: F32, asked: I64, without: I64 | None) -> tuple[I64, I64]:
    """The ten rows of y [m, D] that are nearest to each asked row of x [n, D], by CSLS and by cosine, int64 [Q, 10].

    without: a row of y that must not answer, for each asked row, [Q].
    """
    more = DEPTHS[-1] + (without is not None)
    r_of_y = mean_of_nearest(y, x)
    found = best_by_csls(x[asked], y, r_of_y, more).rows, best_by_cosine(x[asked], y, more).rows
    if without is None:
        return found
    first, second = (_except(rows, without) for rows in found)
    return first, second


def _except(rows: I64, without: I64) -> I64:
    """Rows [Q, k + 1] without one row each, [Q, k]."""
    order = np.argsort(rows == without[:, None], axis=1, kind="stable")[:, :-1]
    found: I64 = np.take_along_axis(rows, order, axis=1)
    return found


def _ranks(rows: I64, right: Sequence[set[int]]) -> I64:
    """The place of the first right answer among rows [Q, k], from 1; 0 where there is none, [Q]."""
    places = [
        next((place for place, row in enumerate(some, start=1) if row in answers), 0)
        for some, answers in zip(rows.tolist(), right, strict=True)
    ]
    return np.array(places, dtype=np.int64)


def _shares(ranks: I64) -> tuple[float | None, ...]:
    return tuple(float(((ranks > 0) & (ranks <= depth)).mean()) if len(ranks) else None for depth in DEPTHS)


def _share(hits: Flags) -> tuple[float | None, Interval | None]:
    """The share of hits [n], and its interval; None where there are none, or too few."""
    if not len(hits):
        return None, None
    share = float(hits.mean())
    return share, share_interval(share, len(hits)) if len(hits) >= FEWEST else None


def _coverage(suite: Shown[BilingualReport, BilingualSuite]) -> Iterator[str]:
    """What part of a set each file can answer, in a sentence."""
    for label, report in suite.reports.items():
        where = f"{suite.name}, {label}" if suite.several else suite.name
        there = f"of {report.other}" if report.other else "of the same file, because no other one is named (--with)"
        yield (
            f"{where}: {report.scored:,} of {report.total:,} words ({percent(ratio(report.scored, report.total))}) "
            f"can be answered with words {there}; not in the vocabulary: {report.missing_source:,}; without a "
            f"translation there: {report.missing_target:,}."
        )
        if report.hint:
            yield f"{where}: {report.hint}."


def _figures(suite: Shown[BilingualReport, BilingualSuite]) -> Table:
    """P@1, P@5 and P@10 by both ways, of the words that can be answered and of all words."""
    report = suite.first
    rows = []
    for counted, of_all in ((f"of {report.scored:,} that can be answered", False), (f"of all {report.total:,}", True)):
        for way, shares in (("CSLS", report.csls), ("nearest", report.nearest)):
            values = [report.of_all(share) if of_all else share for share in shares]
            rows.append(Row((text(counted), text(way), *(text(figure(value, percent)) for value in values))))
    columns = (Column("words", numeric=False), Column("by", numeric=False), *(Column(f"P@{each}") for each in DEPTHS))
    return Table(f"A right translation among the first: {suite.name}", columns, tuple(rows))
