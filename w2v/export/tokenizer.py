"""tokenizer.json, by which the library `tokenizers` cuts texts as w2v does: spelling, words, phrases, numbers.

    normalizer      normal form C (or KC), lower case, and the normal form again, as far as the vectors were trained so
    pre-tokenizer   words: the expression of word_pattern.py; whitespace: what stands between white space
    model           the number of each word; [UNK] is for all others
    added tokens    phrases, with a blank between their words

What it cannot express is refused: ICU and functions of a user, which need a program, and lower case by the rules of one
language. It differs from w2v in one way: a phrase is found only where exactly one blank stands between its words.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from w2v.errors import SettingsError
from w2v.export.word_pattern import final_sigma_pattern, whitespace_pattern, word_pattern
from w2v.pooling.clitics import NOT, OTHERS
from w2v.pooling.rules import TextRules
from w2v.pooling.source import WordRows
from w2v.pooling.words import parts_of
from w2v.tokens.settings import CorpusConfig

__all__ = ["UNKNOWN", "TokenizerFile", "check_expressible", "phrases_of", "tokenizer_json"]

UNKNOWN = "[UNK]"
CURE = "with --tokenizer words they are exported for texts that are cut by the rules of w2v (docs/tokenizers.md)"
TOKENIZERS = ("whitespace", "words", "icu")


def check_expressible(vectors: WordRows, rules: TextRules, given: bool) -> None:
    """Raise `SettingsError`, with the cure, for rules that tokenizer.json cannot express.

    given: whether the tokenizer is the user's choice, and not that of training.
    """
    trained = str((vectors.tokenizer or {}).get("tokenizer", "whitespace"))
    if not given and trained not in TOKENIZERS:
        raise SettingsError(
            f"a function ({trained}) cut the texts of {vectors.name} into words, and tokenizer.json cannot hold it",
            hint=CURE,
        )
    if rules.config.tokenizer == "icu":
        raise SettingsError(
            f"ICU's dictionaries cut the texts of {vectors.name} into words, and tokenizer.json cannot hold them",
            hint=CURE,
        )
    if rules.config.lowercase and rules.config.locale is not None:
        raise SettingsError(
            f"the texts of {vectors.name} were lower-cased by the rules of one language ({rules.config.locale}), which "
            "tokenizer.json does not have",
            hint="in Python, w2v.export.export_hub(vectors, DIR, lowercase=False), for texts in lower case",
        )


def phrases_of(words: Sequence[str], rules: TextRules) -> list[int]:
    """Return the rows of words that are phrases, such as new_york; none where texts are not looked through for them."""
    return [row for row, word in enumerate(words) if parts_of(word)] if rules.joins_phrases else []


class TokenizerFile(NamedTuple):
    """json: the text of the file. rows: the row of each token, by its number; −1 for the one of unknown words."""

    json: str
    rows: list[int]


def tokenizer_json(words: Sequence[str], phrases: Sequence[int], rules: TextRules) -> TokenizerFile:
    """Return the file. Words have the numbers of their rows [V], V stands for unknown words, and phrases follow.

    phrases: the rows of words that are phrases. Each gets one more token, with a blank in place of each `_`.
    """
    vocab = {word: row for row, word in enumerate(words)}
    unknown = UNKNOWN
    while unknown in vocab:
        unknown = f"[{unknown}]"
    vocab[unknown] = len(words)
    rows = [*range(len(words)), -1]
    added = []
    for row in phrases:
        token = words[row].replace("_", " ")
        if token not in vocab:
            vocab[token] = len(vocab)
            rows.append(row)
            added.append(_added(vocab[token], token))
    described = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": added,
        "normalizer": _normalizer(rules),
        "pre_tokenizer": {
            "type": "Split",
            "pattern": {"Regex": _pattern(rules.config)},
            "behavior": "Removed",
            "invert": True,
        },
        "post_processor": None,
        "decoder": None,
        "model": {"type": "WordLevel", "vocab": vocab, "unk_token": unknown},
    }
    return TokenizerFile(json.dumps(described, ensure_ascii=False, separators=(",", ":")), rows)


def _added(number: int, token: str) -> dict[str, Any]:
    flags = {"single_word": True, "lstrip": False, "rstrip": False, "normalized": True, "special": False}
    return {"id": number, "content": token, **flags}


def _pattern(config: CorpusConfig) -> str:
    return word_pattern(keep_tags=config.keep_tags) if config.tokenizer == "words" else whitespace_pattern()


def _normalizer(rules: TextRules) -> dict[str, Any] | None:
    config = rules.config
    form = {"nfc": [{"type": "NFC"}], "nfkc": [{"type": "NFKC"}]}.get(config.folding.normal_form, [])
    lower: list[dict[str, Any]] = []
    if config.lowercase:
        lower = [_replace(final_sigma_pattern(), "ς"), {"type": "Lowercase"}, *form]
    clitics = [_replace(NOT, " n't"), _replace(OTHERS, " ")] if rules.splits_clitics else []
    steps = [*form, *lower, *clitics]
    return {"type": "Sequence", "normalizers": steps} if steps else None


def _replace(pattern: str, content: str) -> dict[str, Any]:
    return {"type": "Replace", "pattern": {"Regex": pattern}, "content": content}
