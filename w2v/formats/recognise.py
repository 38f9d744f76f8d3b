"""Which format a file is in: each format of the registry is asked, and the surest one has it.

Files of other programs that people hand over by mistake are named here, with the way to convert them.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Any

from w2v.errors import FormatError
from w2v.files.meant import cure_of_missing, is_address
from w2v.files.own import own_kind
from w2v.files.tensors import form_in
from w2v.formats.counts import ENDING
from w2v.formats.format import Claim, Format
from w2v.formats.header import is_header
from w2v.formats.named import near_names
from w2v.formats.registry import load, readable, readable_suffixes
from w2v.formats.source import Start, look_at, text_of

__all__ = ["recognise"]

# No UTF-8 text begins with any of these.
FOREIGN = (
    ((b"PK\x03\x04",), "a zip archive", "unpack it first"),
    ((b"\xfd7zXZ\0",), "xz-compressed", "unpack it first (unxz), or compress it with gzip"),
    ((b"\x28\xb5\x2f\xfd",), "zstd-compressed", "unpack it first (unzstd), or compress it with gzip"),
    (tuple(b"BZh%d1AY&SY" % level for level in range(1, 10)), "bzip2-compressed", "unpack it first (bunzip2)"),
    ((b"\x1f\x8b\x08",), "compressed twice", "decompress it first (gunzip)"),
    ((b"\x89HDF\r\n",), "an HDF5 file", "save the vectors in word2vec format"),
    ((b"\xff\xfe", b"\xfe\xff"), "UTF-16 text", "convert it: iconv -f UTF-16 -t UTF-8"),
)
# These could begin a word, so they are looked at only where nothing else fits.
TEXTUAL = (
    ((b"<!doctype", b"<html", b"<?xml"), "a web page", "the download went wrong: fetch the vectors themselves"),
    ((b"version https://git-lfs",), "a Git LFS pointer", "fetch the file behind it: git lfs pull"),
)


def recognise(path: str | os.PathLike[str]) -> Format[Any, Any]:
    """Return the format of a file or folder. Raises `FormatError` for one that is in none of the formats."""
    if not _is_there(path):
        raise _missing(Path(path))
    start = look_at(path)
    if not start.is_folder and not start.head:
        raise start.fault("the file is empty", "fetch or write it again")
    kind = None if start.is_folder else own_kind(form_in(start.head))
    if kind is not None:
        raise start.fault(
            f"this is {'an' if kind.noun[0] in 'aeiou' else 'a'} {kind.noun}, which holds no finished vectors",
            "'w2v info' describes it, 'w2v verify' checks it",
        )
    claim, found = _surest(start)
    if claim < Claim.CERTAIN:
        for beginnings, what, cure in FOREIGN:
            if start.head.startswith(beginnings):
                raise start.fault(f"this is {what}", cure)
    if start.name.endswith(ENDING) and _is_counts(start):
        raise start.fault("these are counts of words, not vectors", "name the file beside it, without .vocab.txt")
    if found is None:
        raise _unknown(start)
    if start.compressed and not found.entry.compressible:
        raise start.fault(f"{found.title} is not read through gzip", "decompress the file first (gunzip)")
    return found


def _is_there(path: str | os.PathLike[str]) -> bool:
    """Return whether a path names something; also True where nobody can know: then opening it says what is wrong."""
    try:
        os.lstat(path)
    except FileNotFoundError:
        return False
    except (OSError, ValueError):
        return True
    return True


def _missing(path: Path) -> FormatError:
    """The error for a path where there is no file, with the vector file that may be meant."""
    if is_address(path):
        what = f"{path}: vectors are read from files, not from the web"
        return FormatError(what, hint=cure_of_missing(path, readable_suffixes()))
    near = near_names(path)
    if near:
        cure = f"did you mean {' or '.join(near)}? 'w2v data get {near[0]}' downloads it"
        return FormatError(f"there is no file {path}", hint=cure)
    return FormatError(f"there is no file {path}", hint=cure_of_missing(path, readable_suffixes()))


def _is_counts(start: Start) -> bool:
    from w2v.formats.text_rows import trailing_numbers  # here: w2v's own files need no tables of decimals

    return not is_header(start.first_line) and trailing_numbers(start.first_line) == 1


def _surest(start: Start) -> tuple[Claim, Format[Any, Any] | None]:
    """The highest claim, and the format that makes it; of several, one whose suffix the file has, or the first."""
    best, best_fits, found = Claim.NO, False, None
    for entry in readable().values():
        asked = load(entry)
        claim = asked.claims(start) if asked.is_folder == start.is_folder else Claim.NO
        fits = start.name.endswith(entry.suffixes)
        if claim > best or (claim == best and claim > Claim.NO and fits and not best_fits):
            best, best_fits, found = claim, fits, asked
        if best is Claim.CERTAIN:
            break
    return best, found


def _has_links(folder: Path) -> bool:
    with contextlib.suppress(OSError):
        return any(path.is_symlink() for path in folder.iterdir())
    return False


def _unknown(start: Start) -> FormatError:
    if start.is_folder:
        if not start.files and _has_links(start.path):
            return start.fault(
                "this is a folder whose files are links, which are not followed",
                "copy what they lead to: cp -rL FOLDER NEW",
            )
        return FormatError(f"{start.path} is a folder, not a vector file", hint="name a file in it")
    text = start.head.lstrip().lower()
    for beginnings, what, cure in TEXTUAL:
        if text.startswith(beginnings):
            return start.fault(f"this is {what}", cure)
    titles = [f"{entry.title}{' (.gz too)' * entry.compressible}" for entry in readable().values()]
    return start.fault(
        f"this is no vector file that w2v knows; it begins {text_of(start.head)}",
        f"w2v reads {', '.join(titles[:-1])} and {titles[-1]}",
    )
