"""Which format a file is in, by what it begins with; its name decides only where the bytes leave it open.

Not here: reading it. Files of other programs that people hand over by mistake are named, with the way to convert them.
"""

from __future__ import annotations

from w2v.errors import FormatError
from w2v.io.header import is_header
from w2v.io.source import Source, text_of
from w2v.io.text_rows import trailing_numbers

__all__ = ["recognise"]

HEAD = 1 << 20
IN_NUMBERS = frozenset(b"0123456789+-.eEnaifNIFT \t\r")
FROM_GENSIM = (
    "unpickling would run whatever code the file holds; if you trust it, in Python: "
    "gensim.models.KeyedVectors.load(FILE).save_word2vec_format('vectors.bin', binary=True)"
)
# No UTF-8 text begins with any of these.
FOREIGN = (
    (
        (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05"),
        "a Python pickle (as gensim's .kv and .model are)",
        FROM_GENSIM,
    ),
    ((b"\x93NUMPY",), "a numpy array, which has no words", "in Python: w2v.Vectors(words, numpy.load(FILE))"),
    ((b"PK\x03\x04",), "a zip archive", "unpack it first"),
    ((b"\xfd7zXZ\0",), "xz-compressed", "unpack it first (unxz), or compress it with gzip"),
    ((b"\x28\xb5\x2f\xfd",), "zstd-compressed", "unpack it first (unzstd), or compress it with gzip"),
    (tuple(b"BZh%d1AY&SY" % level for level in range(1, 10)), "bzip2-compressed", "unpack it first (bunzip2)"),
    ((b"\x1f\x8b\x08",), "compressed twice", "decompress it first (gunzip)"),
    ((b"\xba\x16\x4f\x2f",), "a fastText model", "have fastText write its .vec file, and read that"),
    ((b"\x89HDF\r\n",), "an HDF5 file", "save the vectors in word2vec format"),
    ((b"\xff\xfe", b"\xfe\xff"), "UTF-16 text", "convert it: iconv -f UTF-16 -t UTF-8"),
)
# These could begin a word, so they are looked at only where nothing else fits.
TEXTUAL = (
    ((b"<!doctype", b"<html", b"<?xml"), "a web page", "the download went wrong: fetch the vectors themselves"),
    ((b"version https://git-lfs",), "a Git LFS pointer", "fetch the file behind it: git lfs pull"),
)
READABLE = "w2v reads safetensors, word2vec binary and text, and GloVe text, the last three with .gz too"


def recognise(source: Source) -> str:
    """The name of the format of `source`, which is at its start and is read from. Raises `FormatError` for none."""
    head = source.read(HEAD)
    if not head:
        raise source.fault("the file is empty", "fetch or write it again")
    named = source.path.name.lower().removesuffix(".gz")
    declared = int.from_bytes(head[:8], "little")
    if (head[8:9] == b"{" and declared <= source.longest) or named.endswith(".safetensors"):
        if source.compressed:
            raise source.fault("safetensors are not read through gzip", "decompress the file first (gunzip)")
        return "safetensors"
    for beginnings, what, cure in FOREIGN:
        if head.startswith(beginnings):
            raise source.fault(f"this is {what}", cure)
    first, _, rest = head.partition(b"\n")
    if is_header(first):
        return "word2vec-text" if _rows_are_text(first, rest, named) else "word2vec-binary"
    if trailing_numbers(first):
        return "glove-text"
    raise _unknown(source, head)


def _rows_are_text(header: bytes, rows: bytes, named: str) -> bool:
    """Whether what follows the first word are digits, as far as a binary row would go."""
    dim = min(int(header.split()[-1]), HEAD)
    _, _, values = rows[: HEAD // 2].replace(b"\t", b" ").partition(b" ")
    values = values[: 4 * max(dim, 1)].partition(b"\n")[0]
    if values and IN_NUMBERS.issuperset(values):
        return True
    return named.endswith((".txt", ".vec")) and b"\0" not in rows[:4096]


def _unknown(source: Source, head: bytes) -> FormatError:
    start = head.lstrip().lower()
    for beginnings, what, cure in TEXTUAL:
        if start.startswith(beginnings):
            return source.fault(f"this is {what}", cure)
    return source.fault(f"this is no vector file that w2v knows; it begins {text_of(head)}", READABLE)
