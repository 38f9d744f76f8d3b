"""Categorization: do the clusters of vectors follow people's categories? A whole kind of suite.

One fixed clustering, no choice among several after the scores are known: Ward's agglomerative clustering of the unit
vectors (Ward 1963), which has no random start, cut into as many clusters as the known words have categories.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from w2v.arrays import F32, F64, I64, Flags
from w2v.data.manifest import Manifest
from w2v.errors import DataError
from w2v.evaluation.conventions import Convention
from w2v.evaluation.lookup import RowFinder
from w2v.evaluation.own import GUESSED, OwnChoices, Tally
from w2v.evaluation.own_tables import Columns, OwnItems, OwnRow, TableForm, read_table
from w2v.evaluation.protocol import Protocol
from w2v.evaluation.reading import WordNumbers, lines_of, table_rows
from w2v.evaluation.report import Score
from w2v.evaluation.showing import flags, words_at
from w2v.evaluation.statistics import FEWEST, Paired, paired_means, share_interval
from w2v.evaluation.suite import Suite
from w2v.evaluation.tasks.scored import ScoredReport, ScoredTask
from w2v.progress import Progress
from w2v.report.blocks import ItemsColumn
from w2v.vectors import Vectors

__all__ = ["TASK", "CategoryReport", "CategorySuite", "evaluate_categories", "purity", "read_categories", "v_measure"]

LEAST_WORDS = 20  # these sets are small; what the interval says of them is wide
EXAMPLE = "".join(
    f"{word}\t{category}\n"
    for category, words in (("fruit", "pear plum fig cherry grape"), ("tool", "saw drill hammer wrench axe"))
    for word in words.split()
)
HEADS = ("category", "class")


@dataclass(frozen=True, eq=False)
class CategorySuite(Suite):
    """Words [N], all distinct, each with the category that it belongs to: `category_of`, int64 [N]."""

    words: tuple[str, ...]
    categories: tuple[str, ...]
    category_of: I64
    kind: ClassVar[str] = "categorization"

    def __len__(self) -> int:
        """Return the number of words."""
        return len(self.words)


@dataclass(frozen=True)
class CategoryReport(ScoredReport):
    """How well clusters of vectors follow the categories of people.

    purity: the share of scored words that belong to the commonest category of their cluster. v_measure: the harmonic
    mean of homogeneity and completeness. clusters: as many as the scored words have categories. fitting: float64 [N], 1
    for a word of its cluster's commonest category, 0 for another, NaN for a word that is not in the vocabulary.
    """

    purity: float | None
    v_measure: float | None
    clusters: int
    fitting: F64 = field(repr=False, compare=False)
    kind: ClassVar[str] = "categorization"
    score_title: ClassVar[str] = "purity"
    beside_title: ClassVar[str] = "V-measure"
    items: ClassVar[str] = "words"
    least: ClassVar[int] = LEAST_WORDS

    @property
    def scores(self) -> dict[str, float | None]:
        """Purity and V-measure."""
        return {"purity": self.purity, "v-measure": self.v_measure}

    def figures(self) -> dict[str, Any]:
        """Return the figures, and the number of clusters."""
        return {**super().figures(), "clusters": self.clusters}


class CategoryTask(ScoredTask[CategorySuite, CategoryReport]):
    """Categories as a kind of suite."""

    kind = "categorization"
    title = "Categorization"
    example = EXAMPLE
    composes = True
    every = "word"
    grouped_by = "category"

    def read(self, manifest: Manifest, path: Path) -> CategorySuite:
        """Read a published set, whose words may end in a part of speech."""
        return read_categories(path, manifest.name, manifest.title, manifest.encoding, suffix=manifest.suffix)

    def read_own(self, path: Path | OwnItems, choices: OwnChoices = GUESSED) -> CategorySuite:
        """Read a user's own categories."""
        return read_own_categories(path, choices)

    def evaluate(
        self, vectors: Vectors, suite: CategorySuite, rules: Convention, limit: int | None, progress: Progress
    ) -> CategoryReport:
        """Cluster the words, and compare the clusters with the categories."""
        return evaluate_categories(vectors, suite, rules, limit)

    def words_of_items(self, suite: CategorySuite) -> tuple[Sequence[str], I64]:
        """Return the words of the set; each of them is an item."""
        return suite.words, np.arange(len(suite.words)).reshape(-1, 1)

    def score_of(self, suite: CategorySuite, report: CategoryReport, chosen: Flags) -> Score:
        """Return the share of some of the words that are with their like, in the clusters of all words."""
        fitting = report.fitting[chosen & np.isfinite(report.fitting)]
        value, number = float(fitting.mean()) if len(fitting) else None, len(fitting)
        interval = None if value is None or number < FEWEST else share_interval(value, number)
        return replace(report.primary, value=value, interval=interval, scored=number, total=number)

    def paired(self, reports: Sequence[CategoryReport]) -> Paired | None:
        """Compare purity on the words that all files have; words are drawn."""
        fitting = [report.fitting for report in reports]
        return paired_means("purity", fitting, np.arange(len(fitting[0])))

    def questions(self, asked: CategorySuite) -> Iterator[ItemsColumn]:
        """Yield the category and the word of each item."""
        yield ItemsColumn("category", "word", words_at(asked.categories, asked.category_of))
        yield ItemsColumn("word", "word", asked.words)

    def outcomes(self, asked: CategorySuite, report: CategoryReport) -> Iterator[ItemsColumn]:
        """Yield whether the cluster of each word is of its category."""
        yield ItemsColumn("with its like", "mark", flags(report.fitting == 1, np.isfinite(report.fitting)))


TASK = CategoryTask()


def read_categories(
    path: Path, name: str = "", title: str = "", encoding: str = "utf-8", *, suffix: str = ""
) -> CategorySuite:
    """Read words and their categories: columns `word` and `category` (or `class`), separated by commas or tabs.

    suffix: a part of speech, as `_N`, that is taken off the words. Empty words, which published copies have, are left
    out without a remark; a word that comes twice is counted as invalid. Raise `DataError` where a column is missing.
    """
    digest, lines = lines_of(path, encoding)
    text = [line for _, line in lines if line.strip()]
    rows = table_rows(path, text, "\t" if text and "\t" in text[0] else ",")
    names = next(rows, [])
    column = next((name for name in HEADS if name in names), None)
    if column is None or "word" not in names:
        raise DataError(f"{path} has no columns word and category", hint="its first line names the columns")
    fields = (dict(zip(names, row, strict=False)) for row in rows)
    pairs = ((each.get("word", "").strip().removesuffix(suffix), each.get(column, "").strip()) for each in fields)
    return _suite_of(pairs, digest, name or path.stem, title or path.stem)


def read_own_categories(path: Path | OwnItems, choices: OwnChoices = GUESSED) -> CategorySuite:
    """Read a user's own categories: a word and its category a line, in whichever columns (`own_tables`).

    Raise `DataError` for a file without two categories, and for one of which most lines are no word and category.
    """
    table = read_table(path, CATEGORIES, choices)
    pairs = [(row.fields["word"], row.fields["category"]) for row in table.rows]
    again, seen = Tally(), set[str]()
    for row in table.rows:
        if row.fields["word"] in seen:
            again.fail("has a word that stands in a line before", row.number, ", ".join(row.fields.values()))
        seen.add(row.fields["word"])
    suite = _suite_of(pairs, table.digest, path.stem, path.name, invalid=table.failed)
    if len(suite.categories) < 2:
        raise DataError(f"{path} has no {CATEGORIES.items}", hint=CATEGORIES.hint)
    reading = replace(
        table.reading,
        lines_used=table.reading.lines_used - again.failed,
        not_used=(*table.reading.not_used, *again.not_used),
        words=suite.words,
    )
    return replace(suite, own=reading)


def _guessed(columns: Columns) -> dict[str, int] | None:
    """Find the columns of a table without names: the category comes again and again, and each word comes once."""
    found = columns.without_numbers_of_lines(2)
    if len(found) > 2:
        found = [at for at in found if not columns.numeric(at)]
    if len(found) != 2:
        return None
    first, second = found
    if columns.distinct(second) == len(columns.rows) > columns.distinct(first):
        return {"word": second, "category": first}
    return {"word": first, "category": second}


def _begins_with_names(rows: Sequence[OwnRow]) -> bool:
    """Say whether the first line names columns: its category holds one word, and any other category several."""
    first, *others = rows
    words = Counter(row.fields["category"] for row in others)
    return (
        len(words) > 1
        and min(words.values()) > 1
        and first.fields["category"] not in words
        and all(row.fields["word"] != first.fields["word"] for row in others)
    )


CATEGORIES = TableForm(
    "words in two categories",
    ("word", "category"),
    _guessed,
    "word, category",
    begins_with_names=_begins_with_names,
)


def _suite_of(
    pairs: Iterable[tuple[str, str]], digest: str, name: str, title: str, *, invalid: int = 0
) -> CategorySuite:
    """Make a set of words, each with its category; a word that comes again is left out, and counted as invalid."""
    found: dict[str, str] = {}
    for word, category in pairs:
        if word:
            invalid += word in found or not category
            if category:
                found.setdefault(word, category)
    numbers = WordNumbers()
    category_of = numbers.of(found.values())
    return CategorySuite(
        name=name,
        title=title,
        sha256=digest,
        words=tuple(found),
        categories=numbers.words,
        category_of=np.array(category_of, dtype=np.int64),
        invalid=invalid,
    )


def evaluate_categories(vectors: Vectors, suite: CategorySuite, rules: Convention, limit: int | None) -> CategoryReport:
    """Return purity and V-measure of Ward's clusters of the words in the vocabulary; `limit` as in `evaluate_pairs`.

    The interval of purity takes words for independent trials, the clusters being what they are. Below FEWEST words
    there is none.
    """
    rows = RowFinder(vectors.listed_words, limit, rules, phrases=suite.own is not None).rows(suite.words)
    known = rows >= 0
    categories = suite.category_of[known]
    clusters = _ward(vectors.units[rows[known]], len(set(categories.tolist())))
    fitting = _in_majority(categories, clusters)
    score = float(fitting.mean()) if len(fitting) else None
    fits = np.full(len(suite), np.nan)
    fits[known] = fitting
    return CategoryReport(
        suite=suite.name,
        title=suite.title,
        protocol=Protocol.of(
            rules,
            suite,
            limit,
            len(vectors),
            method="Ward's clustering into as many clusters as there are categories",
            unknown="unknown words are left out",
        ),
        purity=score,
        interval=None if score is None or len(fitting) < FEWEST else share_interval(score, len(fitting)),
        v_measure=v_measure(categories, clusters) if len(categories) else None,
        clusters=len(set(clusters.tolist())),
        scored=int(known.sum()),
        total=len(suite),
        fitting=fits,
    )


def _ward(unit: F32, clusters: int) -> I64:
    if len(unit) < 2:
        return np.zeros(len(unit), dtype=np.int64)
    from scipy.cluster.hierarchy import fcluster, linkage

    tree = linkage(unit.astype(np.float64), method="ward")
    return np.asarray(fcluster(tree, clusters, criterion="maxclust"), dtype=np.int64)


def _table(categories: I64, clusters: I64) -> F64:
    """Return how many words of each category [rows] are in each cluster [columns]."""
    _, row = np.unique(categories, return_inverse=True)
    _, column = np.unique(clusters, return_inverse=True)
    counts = np.zeros((row.max(initial=-1) + 1, column.max(initial=-1) + 1))
    np.add.at(counts, (row, column), 1.0)
    return counts


def _in_majority(categories: I64, clusters: I64) -> F64:
    """Return 1 for each word of the commonest category of its cluster (the first of equals), else 0, [N]."""
    if not len(categories):
        return np.zeros(0)
    _, row = np.unique(categories, return_inverse=True)
    _, column = np.unique(clusters, return_inverse=True)
    winner = _table(categories, clusters).argmax(axis=0)
    fitting: F64 = (winner[column] == row).astype(np.float64)
    return fitting


def purity(categories: I64, clusters: I64) -> float:
    """Return the share of words that belong to the commonest category of their cluster."""
    return float(_in_majority(categories, clusters).mean())


def v_measure(categories: I64, clusters: I64) -> float:
    """Return the harmonic mean of homogeneity and completeness (Rosenberg & Hirschberg 2007, equations 1 to 3)."""
    joint = _table(categories, clusters) / len(categories)
    by_category, by_cluster = joint.sum(axis=1), joint.sum(axis=0)
    of_category, of_cluster, both = (_entropy(shares) for shares in (by_category, by_cluster, joint.ravel()))
    homogeneity = 1.0 if of_category == 0 else (of_category + of_cluster - both) / of_category
    completeness = 1.0 if of_cluster == 0 else (of_category + of_cluster - both) / of_cluster
    total = homogeneity + completeness
    return 2 * homogeneity * completeness / total if total > 0 else 0.0


def _entropy(shares: F64) -> float:
    positive = shares[shares > 0]
    return float(-(positive * np.log(positive)).sum())
