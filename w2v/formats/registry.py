"""The list of formats: one line each. To add a format, write its module and add its line here.

A line holds what help texts, error messages and option lists need, so that they can be made without importing the
module of a format. What a format does is in its module, which `load` imports.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from w2v.errors import SettingsError
from w2v.formats.entry import FormatEntry
from w2v.lazy import find

if TYPE_CHECKING:
    from w2v.formats.format import Format

__all__ = [
    "DEFAULT_STEM",
    "FORMATS",
    "READ_ONLY",
    "FormatEntry",
    "default_names",
    "default_pattern",
    "format_named",
    "load",
    "readable",
    "readable_suffixes",
    "suffixes",
    "sum_up",
]


_ENTRIES = (
    FormatEntry(
        "safetensors",
        "w2v's safetensors",
        (".safetensors",),
        "w2v.formats.native:Native",
        default_suffixes=(".safetensors",),
    ),
    FormatEntry(
        "word2vec-binary",
        "word2vec binary",
        (".bin",),
        "w2v.formats.word2vec_binary:Word2vecBinary",
        compressible=True,
        default_suffixes=(".bin",),
    ),
    FormatEntry("fasttext", "fastText", (".fasttext.bin",), "w2v.formats.fasttext:FastText"),
    FormatEntry(
        "word2vec-text",
        "word2vec text",
        (".txt", ".vec"),
        "w2v.formats.word2vec_text:Word2vecText",
        compressible=True,
        default_suffixes=(".txt", ".vec"),
    ),
    FormatEntry("glove-text", "GloVe text", (".glove.txt",), "w2v.formats.glove_text:GloveText", compressible=True),
    FormatEntry("npy", "numpy matrix and word list", (".npy",), "w2v.formats.npy:Npy"),
    FormatEntry("tsv", "TSV", (".tsv",), "w2v.formats.delimited:Tsv", compressible=True),
    FormatEntry("csv", "CSV", (".csv",), "w2v.formats.delimited:Csv", compressible=True),
    FormatEntry(
        "parquet",
        "Parquet",
        (".parquet",),
        "w2v.formats.parquet:Parquet",
        extra="parquet",
        packages=("pyarrow",),
    ),
)

FORMATS: dict[str, FormatEntry] = {entry.name: entry for entry in _ENTRIES}

READ_ONLY: dict[str, FormatEntry] = {
    entry.name: entry
    for entry in (
        FormatEntry("floret", "floret's table", (".floret",), "w2v.formats.floret:Floret", compressible=True),
        FormatEntry("gensim", "gensim's .kv and .model", (".kv", ".model"), "w2v.formats.gensim:Gensim"),
        FormatEntry("hub", "folders of model2vec and of StaticEmbedding", (), "w2v.formats.hub:Hub"),
        FormatEntry("spacy", "spaCy's folder of vectors", (), "w2v.formats.spacy:Spacy"),
    )
}
"""Formats of other programs that are read and not written."""

DEFAULT_STEM = "vectors"


@cache
def load(entry: FormatEntry) -> Format[Any, Any]:
    """Import and return the format of an entry."""
    made: Format[Any, Any] = find(entry.place)(entry)
    return made


def readable() -> dict[str, FormatEntry]:
    """Return all formats by name: those that are read and written, then those that are only read."""
    return {**FORMATS, **READ_ONLY}


def format_named(name: str, *, to_write: bool = False) -> Format[Any, Any]:
    """Return the format with this name. Raises `SettingsError` where there is none, or none that can be written."""
    formats = FORMATS if to_write else readable()
    if name not in formats:
        there = f"{name} is read and not written" if name in READ_ONLY else f"there is no format {name!r}"
        raise SettingsError(there, hint=f"choose one of {', '.join(formats)}")
    return load(formats[name])


def suffixes() -> dict[str, FormatEntry]:
    """Return each suffix with the format that it chooses for writing."""
    chosen: dict[str, FormatEntry] = {}
    for entry in FORMATS.values():
        for suffix in entry.suffixes:
            chosen.setdefault(suffix, entry)
    return chosen


def readable_suffixes() -> list[str]:
    """Return all endings of files that can be read, with those of compressed files."""
    entries = readable().values()
    packed = (f"{suffix}.gz" for entry in entries if entry.compressible for suffix in entry.suffixes)
    return [*(suffix for entry in entries for suffix in entry.suffixes), *packed]


def default_names() -> tuple[str, ...]:
    """Return the names of files that commands look for, the first that exists, when no file is named."""
    return tuple(f"{DEFAULT_STEM}{suffix}" for entry in FORMATS.values() for suffix in entry.default_suffixes)


def default_pattern() -> str:
    """Return the same names as a pattern for people: `vectors.{safetensors,bin}`."""
    endings = [suffix.removeprefix(".") for entry in FORMATS.values() for suffix in entry.default_suffixes]
    return f"{DEFAULT_STEM}.{{{','.join(endings)}}}"


def sum_up() -> str:
    """Return sentences with the endings of every format, for help texts."""
    parts = [f"{' or '.join(entry.suffixes)} for {entry.title}" for entry in FORMATS.values()]
    packed = [entry.title for entry in FORMATS.values() if entry.compressible]
    return f"{'; '.join(parts)}. {', '.join(packed[:-1])} and {packed[-1]} may be compressed: add .gz to the ending."
