"""All failures that w2v expects, as one tree of exceptions. Any other exception is a bug, and keeps its traceback.

    W2VError                  exit 1   something that a user can cure
    ├── SettingsError         exit 2   a setting has an impossible value, or settings contradict each other
    │   ├── ExpressionError   exit 2   a sum of words, such as 'king - man + woman', cannot be read
    │   └── UnfinishedRunError exit 1  an interrupted run is saved, and nobody says whether to continue it
    ├── CorpusError           exit 1   a corpus cannot be opened, decompressed or decoded
    ├── VocabularyError       exit 1   the vocabulary would be empty or have only one word
    ├── UnknownWordsError     exit 1   words in a query are not in the vocabulary of the vectors
    ├── FormatError           exit 1   a file is not what it claims to be, or is damaged
    ├── OutputError           exit 1   an output cannot be written: no permission, no space, no folder
    ├── DataError             exit 1   a manifest, a download or a checksum is wrong
    ├── TrainingError         exit 1   training diverged
    │   └── ClusterError      exit 75  a scheduler or its workers are gone: a run can be continued later
    ├── BenchError            exit 1   a trainer that `w2v bench` measured failed, or did different work than it should
    └── GateError             exit 3   a score is below the minimum that the user set

Each exception has a message of one line (what is wrong, and where) and a hint (the cure). The command line prints both
and exits with `exit_code`. In Python they are ordinary exceptions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

__all__ = [
    "BenchError",
    "ClusterError",
    "CorpusError",
    "DataError",
    "ExpressionError",
    "FormatError",
    "GateError",
    "OutputError",
    "SettingsError",
    "TrainingError",
    "UnfinishedRunError",
    "UnknownWordsError",
    "VocabularyError",
    "W2VError",
]


class W2VError(Exception):
    """An expected failure: `message` says what is wrong and where, `hint` says how to cure it."""

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message


class SettingsError(W2VError):
    exit_code = 2


class ExpressionError(SettingsError):
    """A sum of words, `text`, that cannot be read. The problem is at `position`, where the first character is 0."""

    def __init__(self, text: str, position: int, problem: str, hint: str) -> None:
        self.text = text
        self.position = position
        super().__init__(f"cannot read {text!r}: {problem}, at character {position + 1}", hint=hint)


class UnfinishedRunError(SettingsError):
    exit_code = 1  # the command line is right, and was so before: it is the run that has not ended


class CorpusError(W2VError):
    pass


class VocabularyError(W2VError):
    pass


class FormatError(W2VError):
    pass


class OutputError(W2VError):
    pass


class DataError(W2VError):
    pass


class TrainingError(W2VError):
    pass


class ClusterError(TrainingError):
    exit_code = 75  # EX_TEMPFAIL of sysexits.h


class BenchError(W2VError):
    pass


class GateError(W2VError):
    exit_code = 3


class UnknownWordsError(W2VError, KeyError):
    """Words that are not in the vocabulary of the vectors: all of them, each with words that may be meant instead.

    cure: the hint if there is no word that may be meant.
    """

    def __init__(
        self,
        words: Sequence[str],
        suggestions: Mapping[str, Sequence[str]],
        where: str,
        cure: str = "check the spelling and the case of the words",
    ) -> None:
        self.words = tuple(words)
        self.suggestions = {word: tuple(suggestions.get(word, ())) for word in self.words}
        named = ", ".join(repr(word) for word in self.words)
        verb = "is" if len(self.words) == 1 else "are"
        hints = [
            " or ".join(repr(near) for near in self.suggestions[word])
            + (f" for {word!r}" if len(self.words) > 1 else "")
            for word in self.words
            if self.suggestions[word]
        ]
        hint = f"did you mean {'; '.join(hints)}?" if hints else cure
        super().__init__(f"{named} {verb} not in {where}", hint=hint)
