"""Folders of model2vec and of sentence-transformers' StaticEmbedding, as they lie on the Hugging Face Hub: only read.

    tokenizer.json       how texts are cut into tokens, and the number of each token
    model.safetensors    embeddings [T, D] of model2vec, or embedding.weight [T, D] of sentence-transformers;
                         weights [T] and mapping [T] where model2vec has made the vocabulary smaller (0.7 and later)

Both lie in the folder itself, or in a folder such as 0_StaticEmbedding, which modules.json names. The vector of a token
is embeddings[mapping[token]] · weights[token], which is what both programs average. Its word is the token as it stands
in tokenizer.json: with the WordPiece model `##ing` goes on a word, with others `▁the` or `Ġthe` begins one. Tokens that
stand for no text ([UNK], [PAD]) are left out. `w2v export hub` writes such folders (w2v/export).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any, NamedTuple

import numpy as np

from w2v.arrays import Array
from w2v.formats.columns import contents_of
from w2v.formats.contents import Contents
from w2v.formats.foreign_tensors import as_numbers, tensors_in
from w2v.formats.format import Claim, ReadOnlyFolder
from w2v.formats.rows import RowChoice
from w2v.formats.source import Folder, Start
from w2v.progress import Progress

__all__ = ["EMBEDDINGS", "TENSORS", "TOKENIZER", "Hub"]

TENSORS, TOKENIZER, CONFIG = "model.safetensors", "tokenizer.json", "config.json"
EMBEDDINGS = ("embeddings", "embedding.weight")
AGAIN = "copy or download the folder again, with all its files"
LONGEST_JSON = 1 << 30
MEANING = {
    "WordPiece": "its tokens are words and pieces of words: ##ing goes on a word that another token has begun",
    "Unigram": "its tokens are pieces of words: ▁the begins a word, and ing goes on",
    "BPE": "its tokens are pieces of words: Ġthe (or ▁the) begins a word, and ing goes on",
}


class Hub(ReadOnlyFolder):
    counts = "nowhere"
    unchecked = ("changed values, as it carries no checksum",)

    def claims(self, start: Start) -> Claim:
        return Claim.CERTAIN if _home(start.files) is not None else Claim.NO

    def read(self, source: Folder, choice: RowChoice, progress: Progress) -> Contents:
        home = _home(source.names)
        if home is None:
            raise source.fault(f"there are no {TENSORS} and {TOKENIZER} in it", AGAIN)
        tokens = _tokens(source, home)
        with source.file(f"{home}{TENSORS}") as opened:
            arrays = tensors_in(opened)
        rows = _rows(source, arrays, len(tokens.words))
        kept = [number for number, word in enumerate(tokens.words) if word is not None]
        if not kept:
            raise source.fault("it has no token that stands for text", AGAIN)
        words = [word for word in tokens.words if word is not None]
        if tokens.model in MEANING:
            progress.message(f"{source.path}: {MEANING[tokens.model]}")
        return contents_of(source, choice, words, rows if len(kept) == len(rows) else rows[kept])


class _Tokens(NamedTuple):
    """words: of each token by number; None for one that stands for no text. model: the kind of the tokenizer."""

    words: list[str | None]
    model: str


def _home(names: tuple[str, ...]) -> str | None:
    """The folder with the tensors and the tokenizer, "" or with / at its end; None where there is not just one."""
    there = set(names)
    homes = [
        str(path.parent) + "/" if len(path.parts) > 1 else ""
        for path in map(PurePosixPath, names)
        if path.name == TENSORS and len(path.parts) <= 2 and str(path.with_name(TOKENIZER)) in there
    ]
    return "" if "" in homes else homes[0] if len(homes) == 1 else None


def _json(source: Folder, name: str) -> Any:
    with source.file(name) as opened:
        if opened.compressed or opened.size > LONGEST_JSON:
            raise opened.fault("it is no text of JSON", AGAIN)
        try:
            return json.loads(opened.read(opened.size))
        except (ValueError, RecursionError) as error:
            raise opened.fault(f"it is no JSON ({str(error)[:80]})", AGAIN) from error


def _tokens(source: Folder, home: str) -> _Tokens:
    name = f"{home}{TOKENIZER}"
    found = _json(source, name)
    model = found.get("model") if isinstance(found, Mapping) else None
    vocab = model.get("vocab") if isinstance(model, Mapping) else None
    added = found.get("added_tokens") or [] if isinstance(found, Mapping) else []
    if isinstance(vocab, Mapping):
        numbers = dict(vocab)
    elif isinstance(vocab, list) and all(
        isinstance(pair, list) and pair and isinstance(pair[0], str) for pair in vocab
    ):
        numbers = {pair[0]: number for number, pair in enumerate(vocab)}
    else:
        raise source.fault(f"{name} has no vocabulary", AGAIN)
    assert isinstance(model, Mapping)
    special = {_unknown(model, list(numbers))}
    for token in added if isinstance(added, list) else []:
        if not isinstance(token, Mapping) or not isinstance(token.get("content"), str):
            raise source.fault(f"{name} has an added token that is none", AGAIN)
        numbers[token["content"]] = token.get("id")
        if token.get("special") is True:
            special.add(token["content"])
    words: list[str | None] = [None] * len(set(map(repr, numbers.values())))
    for word, number in numbers.items():
        if type(number) is not int or not 0 <= number < len(words):
            raise source.fault(f"{name} gives the token {word!r:.40} the number {number!r:.40}", AGAIN)
        words[number] = None if word in special else word
    kind = model.get("type")
    return _Tokens(_only_words(source, home, words), kind if isinstance(kind, str) else "")


def _unknown(model: Mapping[str, Any], tokens: list[str]) -> str | None:
    """The token for all words that have none."""
    number = model.get("unk_id")
    if type(number) is int and 0 <= number < len(tokens):
        return tokens[number]
    token = model.get("unk_token")
    return token if isinstance(token, str) else None


def _only_words(source: Folder, home: str, words: list[str | None]) -> list[str | None]:
    """Of a folder that w2v has exported, only the tokens that were words; phrases stand there twice."""
    if f"{home}{CONFIG}" not in source.names:
        return words
    config = _json(source, f"{home}{CONFIG}")
    own = config.get("w2v") if isinstance(config, Mapping) else None
    number = own.get("words") if isinstance(own, Mapping) else None
    if type(number) is not int or not 0 < number <= len(words):
        return words
    return [*words[:number], *[None] * (len(words) - number)]


def _rows(source: Folder, arrays: Mapping[str, Array], tokens: int) -> Array:
    """The vector of each token [T, D]."""
    matrix = next((arrays[name] for name in EMBEDDINGS if name in arrays), None)
    if matrix is None or matrix.ndim != 2 or matrix.dtype.kind not in "fiu":
        raise source.fault(f"{TENSORS} has no matrix {' or '.join(EMBEDDINGS)}", AGAIN)
    mapping, weights = arrays.get("mapping"), arrays.get("weights")
    for name, array in (("mapping", mapping), ("weights", weights)):
        if array is not None and array.shape != (tokens,):
            raise source.fault(f"its {name} have the shape {array.shape}, and there are {tokens:,} tokens", AGAIN)
    if mapping is None and len(matrix) != tokens:
        raise source.fault(f"it has {len(matrix):,} rows, and {tokens:,} tokens", AGAIN)
    rows = as_numbers(matrix)
    if mapping is not None:
        if mapping.dtype.kind not in "iu" or mapping.min() < 0 or mapping.max() >= len(matrix):
            raise source.fault("its mapping names rows that are not there", AGAIN)
        rows = rows[mapping.astype(np.intp)]
    if weights is not None:
        factors = as_numbers(weights).astype(np.float32)
        if not np.isfinite(factors).all():
            raise source.fault("its weights hold NaN or infinity", AGAIN)
        rows = rows.astype(np.float32) * factors[:, None]
    return rows
