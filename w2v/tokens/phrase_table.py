"""The phrases of a corpus as a result of its own, for people who want to look at them, or to write the joined text."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from w2v.errors import SettingsError
from w2v.files.whole import replacing
from w2v.progress import ProgressChoice, reporting
from w2v.text.python_texts import Corpus
from w2v.tokens.phrases_found import FoundPhrases, Phrase
from w2v.tokens.preparing import joined_text
from w2v.tokens.settings import CorpusConfig

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["PhraseTable", "find_phrases"]

SHOWN = 20  # rows in a notebook
TO_FRAME = "table.to_frame() has all of them."


@dataclass(frozen=True)
class PhraseTable:
    """What was found.

    phrases: a sequence, by falling score, those of the user's own list first. tokens: words of the text, before
    anything was joined; joined_tokens: afterwards, a phrase counted as one. facts: how the phrases were found, plain
    JSON values.
    """

    phrases: FoundPhrases
    tokens: int
    joined_tokens: int
    facts: dict[str, Any]

    def __repr__(self) -> str:
        """Return one line: a text may have thousands of phrases."""
        return f"<PhraseTable: {len(self):,} phrases; table.to_frame() has all of them>"

    def _repr_html_(self) -> str:
        from w2v.display import table

        rows = [
            (each.phrase, f"{each.count:,}", "" if each.score is None else f"{each.score:,.1f}")
            for each in self.phrases[:SHOWN]
        ]
        more = f", the first {SHOWN} of them" if len(self) > SHOWN else ""
        return table(f"{len(self):,} phrases{more}", ("phrase", "count", "score"), rows, notes=[TO_FRAME])

    def __len__(self) -> int:
        return len(self.phrases)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {**self.facts, "tokens": self.tokens, "joined_tokens": self.joined_tokens} | {
            "phrases": [phrase.to_dict() for phrase in self.phrases]
        }

    def to_frame(self) -> pd.DataFrame:
        """Return a table of pandas, a row for each phrase."""
        import pandas as pd

        return pd.DataFrame([phrase.to_dict() for phrase in self.phrases], columns=list(Phrase.__dataclass_fields__))


def find_phrases(
    corpus: Corpus,
    *,
    output: str | os.PathLike[str] | None = None,
    threads: int | None = None,
    progress: ProgressChoice = None,
    **settings: Any,
) -> PhraseTable:
    """Find the phrases of a corpus, as `w2v.train(corpus, phrases=N)` does, and return them with counts and scores.

    corpus: as in `w2v.train`. output: a file for the joined text in UTF-8, a line for each sentence. threads: by
    default one a core. settings: any field of `CorpusConfig`, by its name; phrases is 1 if nothing else is given. Words
    are counted before rare ones are dropped, so min_count, max_vocab and lists of single words mean nothing here.
    progress: as in `w2v.train`.

    Raises SettingsError, CorpusError or OutputError.
    """
    given = settings if "phrases" in settings or "phrase_list" in settings else {**settings, "phrases": 1}
    config = CorpusConfig(**given)
    if not config.joins_phrases:
        raise SettingsError("phrases is 0, so nothing would be joined", hint="phrases must be 1 or more")
    with (
        reporting(progress) as listener,
        joined_text(corpus, config, threads=threads, progress=listener) as joined,
    ):
        if output is not None:
            listener.phase("writing the joined text", joined.tokens, "words")
            with replacing(output) as file:
                for part in joined.text():
                    file.write(part)
        return PhraseTable(joined.found.by_score(), joined.tokens_before, joined.tokens, joined.facts)
