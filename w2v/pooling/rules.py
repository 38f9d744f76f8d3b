"""How a text becomes words when it is encoded: as in training, as far as the vectors tell; and what was decided.

The record of a run says how its text was cut into words. Two cases need more. Files of other programs carry no record.
And a corpus that was lower-cased and freed of punctuation before training was split at white space, while the text that
is to be encoded is written as people write.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from unicodedata import is_normalized

from w2v.errors import SettingsError
from w2v.pooling.clitics import has_clitics
from w2v.pooling.source import WordRows, first_words
from w2v.text.word_splitting import words_in
from w2v.tokens.settings import CorpusConfig

__all__ = ["GIVEN", "OF_WORDS", "TextRules", "rules_of"]

OF_WORDS = ("tokenizer", "keep_tags", "lowercase", "locale", "normalize")
GIVEN = {name: name for name in OF_WORDS[:-1]} | {"normal_form": "normalize"}
"""Settings as `encode` takes them: there, normalize is about the length of vectors."""
SAMPLE = 10_000  # words of the vocabulary that are looked at
NEARLY_ALL = 0.95  # of these must be plain words, for texts to be cut into plain words
NEARLY_NONE = 0.01  # of these may have capital letters, for texts to be lower-cased
JOINED = 0.01  # of these must be phrases, in a file without a record, for phrases to be looked for


@dataclass(frozen=True)
class TextRules:
    """config: how text is cut into words. joins_phrases: whether words of a text that form a phrase of the vocabulary,
    such as new_york, become that phrase. splits_clitics: whether don't becomes do n't (clitics.py). decided: what
    differs from training, as a sentence; "" where nothing does.
    """

    config: CorpusConfig
    joins_phrases: bool
    decided: str = ""
    splits_clitics: bool = False

    def __str__(self) -> str:
        config = self.config
        how = {"words": "words in running text", "whitespace": "split at white space", "icu": "words found by ICU"}
        parts = [how[config.tokenizer], "lower-cased" if config.lowercase else "not lower-cased"]
        return ", ".join([*parts, *(["with # and @"] if config.keep_tags else [])])


def rules_of(vectors: WordRows, given: Mapping[str, Any]) -> TextRules:
    """Return how texts are cut into words for these vectors. given: settings of `GIVEN` that the user chose.

    Raise `SettingsError` for settings that do not exist or do not fit together.
    """
    strange = [name for name in given if name not in GIVEN]
    if strange:
        raise SettingsError(f"there is no setting {strange[0]!r}", hint=f"choose among {', '.join(GIVEN)}")
    given = {GIVEN[name]: value for name, value in given.items()}
    sample = first_words(vectors, SAMPLE)
    recorded = dict(vectors.tokenizer or {}) | dict({} if vectors.record is None else vectors.record.settings)
    known = {name: recorded[name] for name in OF_WORDS if name in recorded}
    changed = _changed(known, given, sample)
    phrases = bool(recorded.get("phrases") or recorded.get("phrase_list")) if known else _has_phrases(sample)
    wanted = {**known, **changed, **given}
    if not wanted.get("lowercase") and "locale" not in given:
        wanted.pop("locale", None)
    try:
        config = CorpusConfig(**wanted)
    except (SettingsError, TypeError):
        if not known:
            raise
        config = CorpusConfig(**{**_changed({}, given, sample), **given})  # a record of another version
        known = {}
    rules = TextRules(config, phrases)
    decided = ""
    if not known:
        decided = f"{vectors.name} does not say how its text was cut into words; texts are read so: {rules}"
    elif any(known.get(name) != value for name, value in changed.items() if name in ("tokenizer", "lowercase")):
        decided = (
            f"{vectors.name} was trained on text that had been cut into words before; texts are read so: {rules} "
            f"(--tokenizer {known.get('tokenizer', 'whitespace')} takes them as they are)"
        )
    splits = not known and config.tokenizer == "words" and has_clitics(vectors.lookup.index)
    return TextRules(config, phrases, decided, splits)


def _changed(known: Mapping[str, Any], given: Mapping[str, Any], sample: Sequence[str]) -> dict[str, Any]:
    """The settings that follow from the words of the vocabulary, in place of those that are known."""
    if "tokenizer" in given:
        changed: dict[str, Any] = {}
    elif not known or (known.get("tokenizer", "whitespace") == "whitespace" and _are_plain(sample)):
        changed = {"tokenizer": "words"}
    else:
        changed = {}
    if "tokenizer" in changed and known.get("normalize", "none") == "none":
        composed = all(word.isascii() or is_normalized("NFC", word) for word in sample)
        changed["normalize"] = "nfc" if composed else "none"
    prepared = "tokenizer" in changed or known.get("tokenizer") in ("words", "icu")
    if prepared and "lowercase" not in given and not known.get("lowercase") and _are_lowered(sample):
        changed["lowercase"] = True
    return changed


def _are_plain(sample: Sequence[str]) -> bool:
    """Whether nearly all words are such as are found in running text, without punctuation that is attached to them."""
    return sum(words_in(word) == [word] for word in sample) >= NEARLY_ALL * len(sample)


def _are_lowered(sample: Sequence[str]) -> bool:
    return sum(word != word.lower() for word in sample) <= NEARLY_NONE * len(sample)


def _has_phrases(sample: Sequence[str]) -> bool:
    return sum("_" in word.strip("_") for word in sample) > JOINED * len(sample)
