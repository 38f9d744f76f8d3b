"""The one layout of w2v's own files: named arrays in the layout of safetensors, with hashes of their blocks.

    uint64                the length of the header, little-endian
    header                JSON without white space, then spaces up to a multiple of 64 bytes
    tensors               one after another, those with the widest items first
    block_sha256          the last tensor, U8 [B, 32]: the SHA-256 of each block of the data before it

Every program that reads safetensors can read such a file. `__metadata__` in the header holds strings:

    format                "w2v.KIND/VERSION"
    sha256                of the header without this value and without the spaces, and of `block_sha256`, in hex
    content_sha256        the same also without this value and without `times`: equal for two runs with equal results
    block_size            bytes of a block; the last block may be shorter
    …                     what the kind of file adds
    times                 optional: when and how fast the content was made, as JSON, with spaces up to a fixed length

So every byte of a file is covered by one hash, which is known before the data are read, and each block of the data can
be checked when it is read. The header is written last, because sizes need not be known beforehand. The same content
gives the same bytes. What the tensors of each kind of file mean is told by its `Layout` (for vectors:
formats/native.py).
"""

from __future__ import annotations

from w2v.files.tensors.index import MANY, Key, PackedIndex, WordHashes, are_distinct
from w2v.files.tensors.layout import Layout, NewerVersionError, Stream, Tensor, form_in, form_of, unreadable
from w2v.files.tensors.reading import TensorFile, read, regular_only
from w2v.files.tensors.words import (
    Packed,
    PackedWords,
    cut_words,
    packed,
    packed_words,
    whole_text,
)
from w2v.files.tensors.writing import write

__all__ = [
    "MANY",
    "Key",
    "Layout",
    "NewerVersionError",
    "Packed",
    "PackedIndex",
    "PackedWords",
    "Stream",
    "Tensor",
    "TensorFile",
    "WordHashes",
    "are_distinct",
    "cut_words",
    "form_in",
    "form_of",
    "packed",
    "packed_words",
    "read",
    "regular_only",
    "unreadable",
    "whole_text",
    "write",
]
