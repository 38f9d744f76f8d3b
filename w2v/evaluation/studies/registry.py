"""The studies of scores: where each is, and how one asks for it. Light enough for help pages.

A new study is a file beside this one with a `Study` (`base`), and an entry here.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["STUDIES", "Listed", "Option"]


@dataclass(frozen=True)
class Option:
    """The option of `w2v eval` for a study. value: the one word that it takes; "" for a flag."""

    flag: str
    help: str
    value: str = ""

    @property
    def name(self) -> str:
        """The name of the option's parameter."""
        return self.flag.removeprefix("--").replace("-", "_")


@dataclass(frozen=True)
class Listed:
    """A study as the registry lists it.

    place: the study, as "module:name"; the module is imported when it is needed. option: None where nobody asks for the
    study, because it is done wherever it applies. shows: the option does no more than show the result in the terminal
    too, because the study is done wherever it applies.
    """

    place: str
    option: Option | None = None
    shows: bool = False

    @property
    def is_automatic(self) -> bool:
        """Whether the study is done wherever it applies, although nobody asks for it."""
        return self.option is None or self.shows


STUDIES: dict[str, Listed] = {
    "comparison": Listed("w2v.evaluation.studies.comparison:STUDY"),
    "groups": Listed("w2v.evaluation.studies.groups.study:STUDY"),
    "neighbours": Listed("w2v.evaluation.studies.neighbours:STUDY"),
    "composed": Listed("w2v.evaluation.studies.composed:STUDY"),
    "bands": Listed(
        "w2v.evaluation.studies.bands:STUDY",
        Option(
            "--bands",
            "Also show scores by how frequent the rarest word of an item is; pages and JSON have that in any case.",
        ),
        shows=True,
    ),
    "replicates": Listed(
        "w2v.evaluation.studies.replicates:STUDY",
        Option(
            "--replicates",
            "The files are one model trained with several seeds: show mean, spread and shared neighbours. Files whose "
            "run records differ in more than the seed are refused.",
        ),
    ),
    "conventions": Listed(
        "w2v.evaluation.studies.conventions:STUDY",
        Option(
            "--conventions",
            "Also score every set of analogies by each convention of papers: limits, inputs, unknown words, "
            "normalisation.",
        ),
    ),
    "dims": Listed("w2v.evaluation.studies.dims.study:STUDY"),
    "sensitivity": Listed(
        "w2v.evaluation.studies.sensitivity:STUDY",
        Option(
            "--sensitivity", "Also show every score after centring, and after all-but-the-top (Mu & Viswanath 2018)."
        ),
    ),
    "gensim": Listed(
        "w2v.evaluation.studies.gensim:STUDY",
        Option("--check", "Also run gensim's own evaluators; exit 3 where a count differs.", "gensim"),
    ),
}
"""By name, as results have it, in the order of a report."""
