"""Protocols: everything that a score depends on besides the vectors and the set, in words.

The rules themselves are those of a convention (`conventions`) and of the kind of suite (`tasks`).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from w2v.evaluation.conventions import Convention
from w2v.evaluation.suite import Suite

__all__ = ["Protocol"]

PHRASES = "phrases as they stand, with _ between their words, or joined"


@dataclass(frozen=True)
class Protocol:
    """Everything that a score depends on besides the vectors and the set.

    convention: whose rules ("w2v", "gensim", "word2vec").
    restrict_vocab: the limit that was asked for, in rows; None for no limit.
    vocabulary: rows that were looked at: the limit, or all there are.
    method, normalised, case, unknown, inputs: the rules in words.
    sha256: of the set's file.
    invalid_lines: lines of the set that are no item, and were left out.
    """

    convention: str
    restrict_vocab: int | None
    vocabulary: int
    method: str
    normalised: bool
    case: str
    unknown: str
    inputs: str
    sha256: str
    invalid_lines: int = 0

    @classmethod
    def of(
        cls,
        rules: Convention,
        suite: Suite,
        limit: int | None,
        rows: int,
        *,
        method: str,
        unknown: str,
        inputs: str = "",
        case: str | None = None,
    ) -> Protocol:
        """Return the protocol of a set that is scored by the rules of a convention.

        limit: only the first so many rows are looked at, of `rows`; None for all. case: how words are found, in words,
        where the rules of the convention do not say it.
        """
        if case is None:
            case = f"{rules.case}; {PHRASES}" if suite.own is not None and rules.finds_phrases else rules.case
        return cls(
            convention=rules.name,
            restrict_vocab=limit,
            vocabulary=min(limit or rows, rows),
            method=method,
            normalised=True,
            case=case,
            unknown=unknown,
            inputs=inputs,
            sha256=suite.sha256,
            invalid_lines=suite.invalid,
        )

    def rules(self, *, counted: bool = True) -> str:
        """Return the protocol in words, without the set.

        counted: with the number of words, even where it is no limit.
        """
        number = f"{self.vocabulary:,} "
        rows = f"the first {number}words" if self.restrict_vocab == self.vocabulary else f"all {number * counted}words"
        parts = [
            f"{self.method} over {rows}",
            "vectors normalised" if self.normalised else "vectors as they are",
            self.case,
            self.inputs,
            self.unknown,
            f"malformed lines of the set left out: {self.invalid_lines:,}" if self.invalid_lines else "",
            f"the rules of {self.convention}",
        ]
        return "; ".join(part for part in parts if part)

    def __str__(self) -> str:
        return f"{self.rules()}; set {self.sha256}"

    def to_dict(self) -> dict[str, Any]:
        """Return the protocol as JSON has it."""
        return {**asdict(self), "words": str(self)}
