"""The settings that say how text becomes words and ids. Nothing heavy is imported here: the command line reads them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any, Literal

from w2v.errors import SettingsError
from w2v.settings import Settings, setting
from w2v.text.kinds import KINDS
from w2v.text.reading import AUTO, UTF8, EncodingErrors, Reading

if TYPE_CHECKING:
    from w2v.text.folding import Folding, Locale, NormalForm

__all__ = ["CorpusConfig", "PhraseScore", "Tokenizer"]

Tokenizer = Literal["whitespace", "words", "icu"]
PhraseScore = Literal["count", "npmi", "gensim"]
PHRASE_THRESHOLDS = {"count": 100.0, "npmi": 0.5, "gensim": 10.0}  # by score; what word2phrase and gensim take


@dataclass(frozen=True)
class CorpusConfig(Settings):
    """How text becomes words and ids.

    The tokenizer "words" finds words, numbers, emoji and emoticons, and leaves out punctuation; each Han or Kana
    character is a word. "icu" knows the words of languages that are written without blanks (docs/words.md). White
    space is what Unicode says it is. A column of CSV may be given by its number.
    """

    tokenizer: Tokenizer = setting(
        "whitespace",
        "Split at white space; find the words in running text with punctuation (words); or find words by dictionaries, "
        "in Thai, Lao, Khmer and Burmese (icu, which pip install 'w2v[icu]' adds).",
        choices=("whitespace", "words", "icu"),
    )
    keep_tags: bool = setting(False, "With --tokenizer words, keep # and @ before a word: #food, @user.", kind="flag")
    lowercase: bool = setting(False, "Lower-case the text.", kind="flag")
    locale: Locale | None = setting(
        None,
        "Lower-case as Turkish (tr), Azerbaijani (az) or Lithuanian (lt) does.",
        unset="as all other languages do",
        choices=("tr", "az", "lt"),
    )
    normalize: NormalForm | None = setting(
        None,
        "Spell letters with accents in one way (Unicode's normal form C); nfkc also replaces variants such as ﬁ and ².",
        unset="none with --tokenizer whitespace, else nfc",
        choices=("nfc", "nfkc", "none"),
    )
    input_format: str | None = setting(
        None,
        f"What the files are: {', '.join(KINDS)}; {AUTO} recognises each of them.",
        unset="plain; with --column csv or json",
        choices=(AUTO, *KINDS),
        metavar="KIND",
    )
    column: str | None = setting(
        None,
        "Read the texts of this column of CSV (its name or number), or of this key of JSON (title.en).",
        kind="text",
    )
    encoding: str = setting(UTF8, "The encoding of the files, such as cp1252 or utf-16.", kind="text")
    encoding_errors: EncodingErrors = setting(
        "strict",
        "Stop at bytes that are not of the encoding, or put U+FFFD in their place.",
        choices=("strict", "replace"),
    )
    min_count: int = setting(5, "Drop words that occur less often.", at_least=1)
    max_vocab: int | None = setting(None, "Keep only the N most frequent words.", kind="whole", at_least=2)
    max_count: int | None = setting(None, "Drop words that occur more often.", kind="whole", at_least=1)
    vocabulary: str | os.PathLike[str] | None = setting(
        None, "Keep only the words of this file, a word a line; --min-count holds for them too.", kind="input"
    )
    keep_words: str | os.PathLike[str] | None = setting(
        None, "Keep the words of this file, a word a line, whatever their count.", kind="input"
    )
    stop_words: str | None = setting(
        None,
        "Drop the words of this file, a word a line, or the function words of a language: en, de.",
        kind="text",
        metavar="FILE|LANGUAGE",
    )

    phrases: int = setting(
        0,
        "Join words that stand together far more often than by chance: new york becomes new_york. N passes: a second "
        "pass joins phrases, too (new_york_city).",
        at_least=0,
        at_most=8,
    )
    phrase_score: PhraseScore = setting(
        "count",
        "How a pair is scored: count, as word2phrase does; gensim, with the number of distinct words and pairs in "
        "place of all words; npmi, normalised pointwise mutual information, from -1 to 1.",
        choices=("count", "npmi", "gensim"),
    )
    phrase_threshold: str | float | None = setting(
        None,
        "Join pairs whose score is above this; with several passes also one for each, as 200,100.",
        kind="text",
        unset="100 with count, 0.5 with npmi, 10 with gensim",
        metavar="X[,X...]",
    )
    phrase_min_count: int = setting(5, "Pairs that occur less often are no phrases.", at_least=1)
    phrase_list: str | os.PathLike[str] | None = setting(
        None,
        "Also join the phrases of this file, a phrase a line, whatever their score; the longest first.",
        kind="input",
    )
    connectors: str | None = setting(
        None,
        "Words that may stand inside a phrase, up to three in a row, and neither begin nor end one: those of this "
        "file, a word a line, or of a language: en, de.",
        kind="text",
        metavar="FILE|LANGUAGE",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        self.phrase_thresholds  # noqa: B018 - raises SettingsError for what is no number
        for name in ("phrase_threshold", "connectors"):
            if getattr(self, name) is not None and not self.phrases:
                raise SettingsError(f"{name} is set, and no phrases are looked for", hint="phrases must be 1 or more")
        if self.locale is not None and not self.lowercase:
            raise SettingsError(
                f"locale is {self.locale!r}, and nothing is lower-cased", hint="lowercase must be on for a locale"
            )

    @property
    def phrase_thresholds(self) -> tuple[float, ...]:
        """The threshold of each pass. Raises SettingsError for what is no number, or for too many of them."""
        if self.phrase_threshold is None:
            return (PHRASE_THRESHOLDS[self.phrase_score],) * self.phrases
        try:
            given = tuple(map(float, str(self.phrase_threshold).split(",")))
        except ValueError:
            given = ()
        if not given or not all(map(isfinite, given)) or len(given) > max(1, self.phrases):
            raise SettingsError(
                f"phrase_threshold is {self.phrase_threshold!r}",
                hint="phrase_threshold must be a number, or a number for each pass, as 200,100",
            )
        if self.phrase_score == "npmi" and max(given) >= 1:
            raise SettingsError(
                f"phrase_threshold is {self.phrase_threshold!r}, and no npmi is above 1",
                hint="phrase_threshold must be below 1 with npmi; 0.5 is usual",
            )
        return (*given, *given[-1:] * (self.phrases - len(given)))

    @property
    def joins_phrases(self) -> bool:
        """Whether anything is joined."""
        return bool(self.phrases) or self.phrase_list is not None

    @property
    def lists(self) -> dict[str, str | os.PathLike[str] | None]:
        """The lists of words, by setting."""
        return {"vocabulary": self.vocabulary, "keep_words": self.keep_words, "stop_words": self.stop_words}

    @property
    def folding(self) -> Folding:
        """What happens to the text before words are found in it."""
        from w2v.text.folding import Folding  # here, because it takes a while, and no help page needs it

        automatic: NormalForm = "none" if self.tokenizer == "whitespace" else "nfc"
        return Folding(self.normalize or automatic, self.lowercase, self.locale)

    @property
    def reading(self) -> Reading:
        """How the texts are read. Raises SettingsError for impossible settings."""
        return Reading(self.input_format, self.column, None, self.encoding, self.encoding_errors)

    def respelt(self) -> dict[str, Any]:
        reading = self.reading
        files = {**self.lists, "phrase_list": self.phrase_list}
        paths = {name: os.fspath(path) for name, path in files.items() if isinstance(path, os.PathLike)}
        if isinstance(self.phrase_threshold, (int, float)) and not isinstance(self.phrase_threshold, bool):
            paths["phrase_threshold"] = f"{self.phrase_threshold:g}"
        return {"column": reading.column, "encoding": reading.encoding, **paths}
