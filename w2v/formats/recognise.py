"""Which format a file is in, by what it begins with; its name decides only where the bytes leave it open.

Not here: reading it. Files of other programs that people hand over by mistake are named, with the way to convert them.
"""

from __future__ import annotations

from w2v.errors import FormatError
from w2v.formats.counts import ENDING
from w2v.formats.header import is_header
from w2v.formats.source import Source, text_of
from w2v.formats.text_rows import trailing_numbers
from w2v.formats.word2vec_binary import LONGEST_WORD

__all__ = ["recognise"]

HEAD = 1 << 20
TEXTUAL_LENGTH = 1 << 32  # the eight bytes before a header's "{" say its length; as text they would say far more
ROWS = 20  # after that many rows that fit a layout there is no doubt left
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
    if (head[8:9] == b"{" and declared < TEXTUAL_LENGTH) or named.endswith(".safetensors"):
        if source.compressed:
            raise source.fault("safetensors are not read through gzip", "decompress the file first (gunzip)")
        return "safetensors"
    for beginnings, what, cure in FOREIGN:
        if head.startswith(beginnings):
            raise source.fault(f"this is {what}", cure)
    first, _, rest = head.partition(b"\n")
    if is_header(first):
        return "word2vec-text" if _rows_are_text(first, rest, len(head) < HEAD, named) else "word2vec-binary"
    numbers = trailing_numbers(first)
    if numbers == 1 and named.endswith(ENDING):
        raise source.fault("these are counts of words, not vectors", "name the file beside it, without .vocab.txt")
    if numbers:
        return "glove-text"
    raise _unknown(source, head)


def _rows_are_text(header: bytes, rows: bytes, whole: bool, named: str) -> bool:
    """Whether text follows a word2vec header; `whole`: these are all rows, not the first ones only.

    The layout that the rows fit decides. Very small files may fit both: then the name does, and text is likelier
    where that says nothing. Files that fit neither are damaged or have enormous rows: then the first bytes decide.
    """
    words, dim = (int(field[:18]) for field in header.removeprefix(b"\xef\xbb\xbf").split())
    text, binary = _fit_text(rows, words, dim, whole), _fit_binary(rows, words, dim, whole)
    if text and binary:
        return not named.endswith(".bin")
    if text or binary:
        return text
    _, _, values = rows[: HEAD // 2].replace(b"\t", b" ").partition(b" ")
    values = values[: 4 * min(max(dim, 1), HEAD)].partition(b"\n")[0]
    if values and IN_NUMBERS.issuperset(values):
        return True
    return named.endswith((".txt", ".vec")) and b"\0" not in rows[:4096]


def _fit_text(rows: bytes, words: int, dim: int, whole: bool) -> bool:
    """Whether the first rows are lines of a word and `dim` numbers, and, if all of them are seen, `words` lines."""
    *lines, rest = rows.split(b"\n", ROWS)
    if whole and len(lines) < ROWS:
        lines.append(rest)
        while lines and not lines[-1].strip():
            lines.pop()
        if len(lines) != words:
            return False
    return bool(lines) and all(not line[:1].isspace() and trailing_numbers(line) == dim for line in lines[:words])


def _fit_binary(rows: bytes, words: int, dim: int, whole: bool) -> bool:
    """Whether the first rows are words and 4 × `dim` bytes, and, if all of them are seen, nothing follows the last."""
    at = seen = 0
    while seen < min(words, ROWS):
        at += seen > 0 and rows[at : at + 1] == b"\n"
        space = rows.find(b" ", at, at + LONGEST_WORD)
        if space < 0 and len(rows) - at >= LONGEST_WORD:
            return False
        if space < 0 or space + 1 + 4 * dim > len(rows):
            return seen > 0 and not whole
        if space == at or b"\n" in rows[at:space] or not _is_utf8(rows[at:space]):
            return False
        at = space + 1 + 4 * dim
        seen += 1
    return seen > 0 and (seen < words or rows[at:] in (b"", b"\n"))


def _is_utf8(word: bytes) -> bool:
    try:
        word.decode()
    except UnicodeDecodeError:
        return False
    return True


def _unknown(source: Source, head: bytes) -> FormatError:
    start = head.lstrip().lower()
    for beginnings, what, cure in TEXTUAL:
        if start.startswith(beginnings):
            return source.fault(f"this is {what}", cure)
    return source.fault(f"this is no vector file that w2v knows; it begins {text_of(head)}", READABLE)
