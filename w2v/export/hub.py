"""A folder for the Hugging Face Hub that model2vec and sentence-transformers load as it is.

    model.safetensors    embeddings [T, D]: the folded rows of the words, a row of zeros for [UNK], and phrases again
    tokenizer.json       the tokenizer of the vectors (tokenizer.py)
    config.json          of model2vec; its `w2v` says how many tokens are words of the vectors
    modules.json         of sentence-transformers: StaticEmbedding, then Normalize
    README.md            the model card (card.py)

Both programs take the plain mean of rows and bring it to length 1. The weights of pooling and the common component are
therefore folded into the rows (w2v/pooling/folding.py), and any version of either gives what `w2v encode` gives.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal, get_args

import numpy as np

from w2v.arrays import F32, Array
from w2v.errors import SettingsError
from w2v.export.card import Card, Scores, card_text
from w2v.export.tokenizer import check_expressible, phrases_of, tokenizer_json
from w2v.files.rows import FileRows, parts_of
from w2v.files.whole import replacing_folder
from w2v.given import path_given, rows_not_finite
from w2v.pooling.registry import DEFAULT
from w2v.progress import ProgressChoice, reporting
from w2v.vectors import Vectors
from w2v.version import __version__

__all__ = ["DTYPES", "LOADERS", "HubDtype", "HubFolder", "export_hub"]

HubDtype = Literal["float32", "float16", "int8"]
DTYPES: tuple[HubDtype, ...] = get_args(HubDtype)
CODES = {"float32": "F32", "float16": "F16", "int8": "I8"}
PART = 1 << 22  # bytes of rows that are looked at together
BLOCK = 1 << 14  # rows that are written together
LARGEST_INT8 = 127
LOADERS = {
    "float32": "model2vec and sentence-transformers give the vectors of `w2v encode`.",
    "float16": "Both load it; scores stay, but sentence-transformers gives NaN for a text without known words.",
    "int8": "model2vec loads it, with all rows on one scale; sentence-transformers does not load whole numbers.",
}
"""What the programs do with each type of numbers."""


@dataclass(frozen=True)
class HubFolder:
    """What was written. tokens: with [UNK] and phrases. phrases: how many words have a second spelling with blanks."""

    path: Path
    words: int
    tokens: int
    phrases: int
    dim: int


def export_hub(
    vectors: Vectors,
    path: str | os.PathLike[str],
    *,
    pooling: str = DEFAULT,
    dtype: HubDtype = "float32",
    dim: int | None = None,
    name: str = "",
    licence: str = "",
    language: str = "",
    scores: Sequence[Scores] = (),
    progress: ProgressChoice = None,
    **settings: Any,
) -> HubFolder:
    """Write a folder that model2vec and sentence-transformers load, whole or not at all.

    pooling: what is folded into the rows: "sif", "usif" or "idf"; "mean" writes the rows as they are. dtype: of the
    numbers; `LOADERS` says what the programs do with each. dim: the first columns only. name, licence, language,
    scores: for the model card. settings: how texts are cut into words, as for `encode`.

    Raise `SettingsError` for a tokenizer that tokenizer.json cannot express, `OutputError` for what cannot be written.
    """
    target = path_given(path)
    if dtype not in DTYPES:
        raise SettingsError(f"dtype is {dtype!r:.40}", hint=f"choose one of {', '.join(DTYPES)}")
    with reporting(progress) as heard:
        encoder = vectors.encoder(pooling, dim=dim, progress=heard, **settings)
        check_expressible(vectors, encoder.rules, "tokenizer" in settings)
        words = list(vectors.stored_words)
        phrases = phrases_of(words, encoder.rules)
        text = tokenizer_json(words, phrases, encoder.rules)
        tokens = text.rows
        heard.phase(f"writing {target.name}")
        rows = encoder.rows_to_write()
        _check_rows(rows, words)
        if vectors.subwords is not None:
            heard.message("not written: the n-grams that unknown words are made of (these programs have none)")
        card = Card(name or target.name, pooling, dtype, encoder.dim, len(words), len(phrases), licence, language)
        size = (len(words) + len(phrases) + 1) * encoder.dim * np.dtype(dtype).itemsize + len(text.json) + 20_000
        with replacing_folder(target, size) as folder:
            with (folder / "model.safetensors").open("wb") as file:
                _write_rows(rows, tokens, dtype, file)
            files = {
                "tokenizer.json": text.json,
                "config.json": _json(_config(pooling, dtype, encoder.dim, len(words))),
                "modules.json": _json(MODULES),
                "config_sentence_transformers.json": _json(SENTENCE_TRANSFORMERS),
                "README.md": card_text(card, vectors, encoder.rules, scores, LOADERS[dtype]),
            }
            for file_name, content in files.items():
                (folder / file_name).write_text(content, "utf-8")
    return HubFolder(target, len(words), len(tokens), len(phrases), encoder.dim)


MODULES = [
    {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.StaticEmbedding"},
    {"idx": 1, "name": "1", "path": "1_Normalize", "type": "sentence_transformers.models.Normalize"},
]
SENTENCE_TRANSFORMERS: dict[str, Any] = {"prompts": {}, "default_prompt_name": None, "similarity_fn_name": "cosine"}


def _config(pooling: str, dtype: str, dim: int, words: int) -> dict[str, Any]:
    return {
        "model_type": "model2vec",
        "architectures": ["StaticModel"],
        "hidden_dim": dim,
        "seq_length": 1_000_000,
        "max_length": None,
        "normalize": True,
        "embedding_dtype": dtype,
        "w2v": {"version": __version__, "pooling": pooling, "words": words},
    }


def _json(value: Any) -> str:
    return json.dumps(value, indent=2) + "\n"


def _check_rows(rows: FileRows, words: Sequence[str]) -> None:
    bad = rows_not_finite(rows)
    if bad.size:
        raise SettingsError(
            f"the folded rows of {bad.size:,} words hold NaN or infinity, that of {words[bad[0]]!r} first",
            hint="check the vectors with 'w2v verify'",
        )


def _write_rows(rows: FileRows, tokens: Sequence[int], dtype: HubDtype, file: BinaryIO) -> None:
    """Write a safetensors file: the rows of tokens, and −1 stands for a row of zeros."""
    size = len(tokens) * rows.shape[1] * np.dtype(dtype).itemsize
    facts = {"dtype": CODES[dtype], "shape": [len(tokens), rows.shape[1]], "data_offsets": [0, size]}
    header = json.dumps({"__metadata__": {"format": "pt"}, "embeddings": facts}, separators=(",", ":")).encode()
    header += b" " * (-(8 + len(header)) % 64)
    file.write(len(header).to_bytes(8, "little") + header)
    most = max(float(np.abs(part).max()) for part in parts_of(rows, PART)) if dtype == "int8" else 1.0
    scale = LARGEST_INT8 / max(most, 1e-30)
    for start in range(0, len(tokens), BLOCK):
        places = np.array(tokens[start : start + BLOCK])
        part = rows[np.maximum(places, 0)]
        part[places < 0] = 0
        file.write(_as(part, dtype, scale).tobytes())


def _as(rows: F32, dtype: HubDtype, scale: float) -> Array:
    """Rows in a type: as whole numbers, the largest value of the whole matrix becomes 127."""
    if dtype == "int8":
        whole: Array = np.rint(rows * np.float32(scale)).astype(np.int8)
        return whole
    with np.errstate(over="ignore"):
        other: Array = rows.astype(f"<{np.dtype(dtype).str[1:]}")
    if not np.isfinite(other).all():
        raise SettingsError("float16 cannot hold values above 65,504, and these vectors have some", hint="take float32")
    return other
