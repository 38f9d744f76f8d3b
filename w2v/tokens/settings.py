"""The settings that say how text becomes words and ids. Nothing heavy is imported here: the command line reads them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any, Literal

from w2v.errors import SettingsError
from w2v.settings import Settings, setting
from w2v.text.folding import Folding, Locale, NormalForm
from w2v.text.kinds import KINDS
from w2v.text.reading import AUTO, UTF8, EncodingErrors, Reading

__all__ = ["CorpusConfig", "Tokenizer"]

Tokenizer = Literal["whitespace", "words", "icu"]


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

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.locale is not None and not self.lowercase:
            raise SettingsError(
                f"locale is {self.locale!r}, and nothing is lower-cased", hint="lowercase must be on for a locale"
            )

    @property
    def lists(self) -> dict[str, str | os.PathLike[str] | None]:
        """The lists of words, by setting."""
        return {"vocabulary": self.vocabulary, "keep_words": self.keep_words, "stop_words": self.stop_words}

    @property
    def folding(self) -> Folding:
        """What happens to the text before words are found in it."""
        automatic: NormalForm = "none" if self.tokenizer == "whitespace" else "nfc"
        return Folding(self.normalize or automatic, self.lowercase, self.locale)

    @property
    def reading(self) -> Reading:
        """How the texts are read. Raises SettingsError for impossible settings."""
        return Reading(self.input_format, self.column, None, self.encoding, self.encoding_errors)

    def respelt(self) -> dict[str, Any]:
        reading = self.reading
        lists = {name: os.fspath(path) for name, path in self.lists.items() if isinstance(path, os.PathLike)}
        return {"column": reading.column, "encoding": reading.encoding, **lists}
