"""The kinds of suites: where each is, and how one asks for it. Light enough for help pages and completion.

A new kind is a file beside this one with a `Task` (`base`), and an entry here.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["TASKS", "Listed", "OwnFile"]


@dataclass(frozen=True)
class OwnFile:
    """The option of `w2v eval`, and the argument of `w2v.evaluate`, for a user's own file of a kind.

    name: as `pairs` for `--pairs FILE`, or `text_pairs` for `--text-pairs FILE`. help: what the file looks like, in a
    sentence.
    """

    name: str
    help: str

    @property
    def flag(self) -> str:
        """The option, as `--text-pairs`."""
        return f"--{self.name.replace('_', '-')}"


@dataclass(frozen=True)
class Listed:
    """A kind of suite as the registry lists it.

    place: its task, as "module:name"; the module is imported when it is needed. group: what `--suite` calls all of its
    published sets. own_file: None where there is no such option. is_measure: it needs no set of questions, because it
    measures the vectors as they are; then `--suite GROUP` asks for it, and the group has the name of the kind.
    larger_group: a group that holds the sets of several kinds, "" for none.
    """

    place: str
    group: str
    own_file: OwnFile | None = None
    is_measure: bool = False
    larger_group: str = ""


TASKS: dict[str, Listed] = {
    "analogy": Listed(
        "w2v.evaluation.tasks.analogies.task:TASK",
        "analogies",
        OwnFile("analogies", "Your own analogies: four words a line; a line ': name' begins a section."),
    ),
    "similarity": Listed(
        "w2v.evaluation.tasks.similarity:TASK",
        "similarity",
        OwnFile("pairs", "Your own rated pairs: word, word, number, in columns."),
    ),
    "categorization": Listed(
        "w2v.evaluation.tasks.categories:TASK",
        "categorization",
        OwnFile("categories", "Your own categories: word and category, in columns."),
    ),
    "outliers": Listed(
        "w2v.evaluation.tasks.outliers:TASK",
        "outliers",
        OwnFile("outliers", "Your own topics, one a line: 'name: word word word | outlier outlier'."),
    ),
    "text-similarity": Listed(
        "w2v.evaluation.tasks.text_similarity:TASK",
        "text-similarity",
        OwnFile("text_pairs", "Your own rated pairs of texts: text, text, number, in columns."),
        larger_group="texts",
    ),
    "classification": Listed(
        "w2v.evaluation.tasks.classification.task:TASK",
        "classification",
        OwnFile("labels", "Your own texts with labels: label, text, in columns; perhaps the part: train, dev or test."),
        larger_group="texts",
    ),
    "retrieval": Listed(
        "w2v.evaluation.tasks.retrieval.task:TASK",
        "retrieval",
        OwnFile("collection", "Your own documents, queries and judgments: a folder, or a table; docs/own-sets.md."),
        larger_group="texts",
    ),
    "bilingual": Listed(
        "w2v.evaluation.tasks.bilingual:TASK",
        "bilingual",
        OwnFile("dictionary", "Your own translations: a word, a tab and its translation; goes with --with."),
    ),
    "word-in-context": Listed(
        "w2v.evaluation.tasks.word_in_context:TASK",
        "word-in-context",
        OwnFile("in_context", "Your own words in two texts: word, text, text, T or F, in columns."),
        larger_group="in-context",
    ),
    "contextual-similarity": Listed(
        "w2v.evaluation.tasks.contextual_similarity:TASK",
        "contextual-similarity",
        OwnFile("context_pairs", "Your own rated words in texts: text, text, number; each word as <b>word</b>."),
        larger_group="in-context",
    ),
    "bias": Listed("w2v.evaluation.tasks.bias.task:TASK", "bias", is_measure=True),
    "geometry": Listed("w2v.evaluation.tasks.geometry.task:TASK", "geometry", is_measure=True),
}
"""By kind, as manifests and results name it, in the order of `--suite all`."""
