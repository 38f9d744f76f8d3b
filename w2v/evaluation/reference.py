"""gensim's own evaluators, run on the same vectors and the same sets: the counts beside which ours must stand.

Not here: our own evaluation; and nowhere else is gensim imported. Vectors that lie in a file of word2vec's form are
read from it by gensim itself, so that the comparison covers our reader too.
"""

from __future__ import annotations

import math
import os
import warnings
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from w2v.data import find, manifest_of
from w2v.evaluation.analogy_report import AnalogyReport, Tally
from w2v.evaluation.scoring import evaluate_sets
from w2v.evaluation.similarity import SimilarityReport
from w2v.evaluation.suites import gather
from w2v.formats.recognise import recognise
from w2v.progress import NullProgress, Progress
from w2v.vectors import Vectors

__all__ = ["Comparison", "Figures", "compare_with_gensim"]

TOLERANCE = 1e-6  # of a correlation; counts must be equal
Figures = tuple[float | None, ...]


@dataclass(frozen=True)
class Comparison:
    """One line of figures, ours and gensim's: (correct, answered), or (rho, r, answered)."""

    suite: str
    name: str
    ours: Figures
    gensim: Figures

    @property
    def equal(self) -> bool:
        """Counts alike, and correlations nearer than 1e-6."""
        return all(
            mine == theirs or (mine is not None and theirs is not None and abs(mine - theirs) <= TOLERANCE)
            for mine, theirs in zip(self.ours, self.gensim, strict=True)
        )

    def to_dict(self) -> dict[str, Any]:
        return {**asdict(self), "equal": self.equal}


def compare_with_gensim(
    vectors: Vectors,
    suites: Sequence[str],
    *,
    restrict_vocab: int | None = None,
    data_dir: str | os.PathLike[str] | None = None,
    file: str | os.PathLike[str] | None = None,
    progress: Progress | None = None,
) -> tuple[Comparison, ...]:
    """Evaluate `suites` by gensim and by w2v under gensim's convention; every section, and every total, side by side.

    `file` is where the vectors came from: gensim reads it itself where it can. `restrict_vocab` as in `evaluate`.
    """
    progress = progress or NullProgress()
    sets, _ = gather(suites, data_dir)
    ours = evaluate_sets(vectors, sets, convention="gensim", restrict_vocab=restrict_vocab, progress=progress)
    progress.phase("gensim is reading the vectors")
    keyed = _keyed_vectors(vectors, None if file is None else Path(file))
    lines: list[Comparison] = []
    for report in ours:
        if not isinstance(report, (AnalogyReport, SimilarityReport)):
            continue  # gensim has no evaluator of this kind
        manifest = manifest_of(report.suite)
        path = str(find(manifest, data_dir))
        limit = report.protocol.restrict_vocab
        progress.phase(f"gensim is evaluating {report.suite}")
        if isinstance(report, AnalogyReport):
            lines += _analogies(keyed, report, path, limit)
        else:
            lines.append(_pairs(keyed, report, path, limit))
    return tuple(lines)


def _keyed_vectors(vectors: Vectors, file: Path | None) -> Any:
    from gensim.models import KeyedVectors

    if file is not None:
        options = recognise(file).gensim
        if options is not None:
            return KeyedVectors.load_word2vec_format(str(file), **options)
    keyed = KeyedVectors(vectors.dim)
    keyed.add_vectors(vectors.words, vectors.matrix)
    return keyed


def _analogies(keyed: Any, report: AnalogyReport, path: str, limit: int | None) -> list[Comparison]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        _, sections = keyed.evaluate_word_analogies(path, restrict_vocab=limit)
    theirs = [(len(section["correct"]), len(section["correct"]) + len(section["incorrect"])) for section in sections]
    tallies: tuple[Tally, ...] = (*report.sections, report.total)
    return [
        Comparison(report.suite, tally.name, (tally.correct, tally.answered), counts)
        for tally, counts in zip(tallies, theirs, strict=True)
    ]


def _pairs(keyed: Any, report: SimilarityReport, path: str, limit: int | None) -> Comparison:
    ours = (report.spearman, report.pearson, report.answered)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pearson, spearman, unknown = keyed.evaluate_word_pairs(path, restrict_vocab=limit)
    except ValueError:  # gensim's word for no known pair, and scipy's for a single one
        theirs: Figures = (None, None, report.answered if report.answered < 2 else None)
    else:
        answered = report.total - round(unknown / 100 * report.total)
        theirs = (_finite(spearman[0]), _finite(pearson[0]), answered)
    return Comparison(report.suite, "total", ours, theirs)


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
