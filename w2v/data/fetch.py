"""Find the files of a corpus, an evaluation set or pretrained vectors on this computer, or get them (by download.py).

A file is looked for in these places, in this order: the folder that the user named (`data_dir`, else $W2V_DATA), by
name at any depth; the installed package that contains the file; the folder of the manifest; the cache; and at last the
user's folder again, by size and SHA-256 under any name. Every file is hashed before it is used, wherever it was found.
Only `obtain` uses the network: https, no more than the pinned number of bytes, and only if a SHA-256 is pinned. Where
only that of an archive is, the hash of the member is kept when it is unpacked, and compared later. An archive that has
other sets as well, as that of GloVe has four sizes, is kept until all of them are unpacked.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from w2v.data.download import Pin, download
from w2v.data.manifest import Manifest, manifests
from w2v.errors import DataError, OutputError
from w2v.files.caches import cache_base, user_cache
from w2v.files.locks import remove_stale
from w2v.files.private import make_private
from w2v.files.whole import check_writable, locked, replacing
from w2v.progress import NullProgress, Progress
from w2v.progress.phase import amount

__all__ = ["Place", "Whereabouts", "find", "locate", "obtain"]

# Where a set is, as `w2v data list` shows it: "local folder" is the user's, "w2v" is beside the manifest.
Place = Literal["local folder", "package", "w2v", "cache", "downloadable", "by hand"]
CHUNK = 1 << 20  # bytes


@dataclass(frozen=True)
class Whereabouts:
    """The place of a set, and the path of its file, or of the folder if the set has several files.

    `path` is None if the set is not on this computer. Then the place is "downloadable", or "by hand" if w2v cannot
    download the set: it is not published as this file, or no SHA-256 is pinned.
    """

    place: Place
    path: Path | None


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal digits. Raises `DataError` if the file cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError) -> DataError:
    reason = (error.strerror or str(error)).lower()
    return DataError(
        f"cannot read {path}: {reason}", hint="check the disk, or remove the file: w2v will download it again"
    )


def data_folder(data_dir: str | os.PathLike[str] | None) -> Path | None:
    """Return the user's data folder: `data_dir`, else $W2V_DATA, else None. Raises `DataError` if it does not exist."""
    named = data_dir or os.environ.get("W2V_DATA")
    if not named:
        return None
    folder = Path(named)
    if not folder.is_dir():
        raise DataError(f"there is no folder {folder}", hint="--data-dir and W2V_DATA must name a folder that exists")
    return folder


def locate(manifest: Manifest, data_dir: str | os.PathLike[str] | None = None) -> Whereabouts:
    """Return where a set is, without checking its hash, which is enough for a list. Before reading, call `find`."""
    for place, path in _candidates(manifest, data_folder(data_dir)):
        return Whereabouts(place, path.parent if manifest.source.files else path)
    source = manifest.source
    return Whereabouts("downloadable" if source.urls and source.sha256 else "by hand", None)


def find(manifest: Manifest, data_dir: str | os.PathLike[str] | None = None) -> Path:
    """Return the path of the set's file on this computer, or the folder of its files, and check their hashes.

    Downloads nothing. Raises `DataError` if there is no such file, or if no file has the hash of the manifest.
    """
    found = _find(manifest, data_folder(data_dir))
    if isinstance(found, Path):
        return found
    if manifest.source.urls:
        raise DataError(
            f"{manifest.name} is not on this computer{found}",
            hint=f"get it with 'w2v data get {manifest.name}', or name the folder that has {manifest.file_name} "
            "with --data-dir or W2V_DATA",
        )
    if manifest.source.by_hand:
        raise DataError(
            f"{manifest.name} is not on this computer{found}",
            hint=f"w2v cannot download it, because nobody publishes it as {manifest.file_name}; if you have that file, "
            "name its folder with --data-dir or W2V_DATA",
        )
    home = manifest.source.package or "w2v"
    raise DataError(
        f"{home} should contain {manifest.name} as {manifest.source.path}, but does not{found}",
        hint=f"install {home} again, or name a folder that has {manifest.file_name} with --data-dir or W2V_DATA",
    )


def _find(manifest: Manifest, folder: Path | None) -> Path | str:
    """Return the path of the checked file. If there is none, return what was found instead, for an error message."""
    wrong = ""
    for place, path in _candidates(manifest, folder):
        if manifest.source.files:
            missing = _wrong_file(manifest, path.parent)
            if not missing:
                return path.parent
            wrong = wrong or f"; {missing} is missing or has a wrong sha256"
            continue
        pinned = manifest.sha256 or (_unpacked_sha256(path) if place == "cache" else None)
        if pinned is None:
            return path
        digest = sha256_of(path)
        if digest == pinned:
            return path
        wrong = wrong or f"; {path} has sha256 {digest[:12]}…, not {pinned[:12]}…"
    if folder is not None and manifest.sha256 is not None and not manifest.source.member and not manifest.source.files:
        for path in _of_size(folder, manifest.source.bytes):
            if sha256_of(path) == manifest.sha256:
                return path
    return wrong


def _kept_sha256(path: Path) -> Path:
    """Return the file that has the hash of a member, which no manifest has, as it was unpacked."""
    return path.with_name(f".{path.name}.sha256")


def _unpacked_sha256(path: Path) -> str:
    """Return that hash; "" where it was not kept, and then the member is unpacked again."""
    try:
        return _kept_sha256(path).read_text("ascii").strip()
    except (OSError, ValueError):
        return ""


def _wrong_file(manifest: Manifest, folder: Path) -> Path | None:
    """Return the first of the set's files that is missing in the folder or has a wrong hash; None if all are right."""
    paths = ((folder / name, digest) for name, digest in manifest.source.files.items())
    return next((path for path, digest in paths if not path.is_file() or sha256_of(path) != digest), None)


def _candidates(manifest: Manifest, folder: Path | None) -> Iterator[tuple[Place, Path]]:
    """Yield the files that may be the set, judged by their names."""
    source = manifest.source
    if folder is not None:
        for path in sorted(folder.rglob(manifest.file_name)):
            if path.is_file():
                yield "local folder", path
    if source.package and source.path:
        spec = importlib.util.find_spec(source.package)  # finds gensim without importing it, which takes 1.5 s
        for root in (spec and spec.submodule_search_locations) or ():
            if (path := Path(root) / source.path).is_file():
                yield "package", path
    elif source.path and (path := manifest.folder / source.path).is_file():
        yield "w2v", path
    cached = _cached(manifest)
    if source.urls and cached is not None and cached.is_file():
        yield "cache", cached


def _of_size(folder: Path, size: int | None) -> Iterator[Path]:
    if size is not None:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.stat().st_size == size:
                yield path


def _archive(manifest: Manifest, target: Path) -> Path:
    """Return the path where the archive that contains one set alone is kept until the set is unpacked."""
    return target.with_name(f".{manifest.name}.zip")


def _sharing(manifest: Manifest) -> list[Manifest]:
    """Return the other sets that are members of the same archive."""
    if not manifest.source.member:
        return []
    return [each for each in manifests() if each.source.sha256 == manifest.source.sha256 and each.name != manifest.name]


def _cached(manifest: Manifest) -> Path | None:
    """Return the path of a downloaded set, whether or not the file exists; None if the user has no home folder."""
    return user_cache("data", manifest.name, manifest.file_name)


def obtain(
    manifest: Manifest, data_dir: str | os.PathLike[str] | None = None, progress: Progress | None = None
) -> Path:
    """Return the path of the set's file, or the folder of its files; download the set into the cache if it is missing.

    The hashes are checked. Raises `DataError` if no SHA-256 is pinned (then the message names the address), if no
    address answers, and if what arrives is too large or has a wrong hash. If another run is downloading the set, this
    function waits for that run.
    """
    progress = progress or NullProgress()
    folder = data_folder(data_dir)
    found, target = _find(manifest, folder), _cached(manifest)
    if isinstance(found, Path):
        if manifest.source.urls and target is not None:  # an earlier run may have been killed before it cleaned up
            remove_stale(target.parent)
            _archive(manifest, target).unlink(missing_ok=True)
        return found
    source = manifest.source
    if not source.urls:
        return find(manifest, data_dir)
    if source.sha256 is None:
        raise DataError(
            f"{manifest.name} has no pinned sha256, so w2v does not download it",
            hint=f"download {source.urls[0]} yourself, and pass the file to the command, or its folder as --data-dir",
        )
    if target is None:
        raise OutputError(f"there is no home folder to keep {manifest.name} in", hint="set HOME or XDG_CACHE_HOME")
    _make_folder_of(target)
    with locked(target, lambda owner: progress.message(f"waiting for another run ({owner}) that is downloading this")):
        found = _find(manifest, None)  # the other run may have downloaded the set by now
        return found if isinstance(found, Path) else _fetch(manifest, folder, target, progress)


def _make_folder_of(path: Path) -> None:
    """Make the folder of a file in the cache. Raises `OutputError` where it cannot be made."""
    base = cache_base()
    assert base is not None
    try:
        make_private(path.parent, base)
    except OSError as error:
        raise OutputError(f"cannot create {path.parent}: {error.strerror}", hint="set XDG_CACHE_HOME") from error


def _fetch(manifest: Manifest, folder: Path | None, target: Path, progress: Progress) -> Path:
    """Download the set to `target`, or several files into the folder of `target`; return what `obtain` returns."""
    source = manifest.source
    assert source.sha256 is not None
    assert source.bytes is not None
    if source.files:
        for name, digest in source.files.items():
            path, urls = target.with_name(name), [f"{url}{name}" for url in source.urls]
            if not path.is_file() or sha256_of(path) != digest:
                size = source.beginnings.get(name)
                pin = Pin(digest, source.bytes, exact=False)
                if size is not None:
                    pin = Pin(digest, size, exact=True, is_beginning=True)
                download(manifest.name, path, urls, pin, progress)
        return target.parent
    pin = Pin(source.sha256, source.bytes, exact=True)
    if not source.member:
        download(manifest.name, target, source.urls, pin, progress)
        return target
    archive = _local_archive(manifest, folder)
    if archive is not None:
        _extract(manifest, archive, target, progress)
        return target
    if others := _sharing(manifest):
        _fetch_one_of(manifest, others, target, progress)
        return target
    archive = _archive(manifest, target)
    _download_and_extract(manifest, archive, target, progress)
    archive.unlink(missing_ok=True)
    return target


def _fetch_one_of(manifest: Manifest, others: Sequence[Manifest], target: Path, progress: Progress) -> None:
    """Write one of the sets of an archive to `target`, and keep the archive as long as others are not unpacked."""
    archive = target.parent.parent / PurePosixPath(manifest.source.urls[0]).stem / f".{manifest.source.sha256}.zip"
    _make_folder_of(archive)
    with locked(archive, lambda owner: progress.message(f"waiting for another run ({owner}) that needs this archive")):
        _download_and_extract(manifest, archive, target, progress)
        missing = [each.name for each in others if (path := _cached(each)) is None or not path.is_file()]
        size = amount(archive.stat().st_size, "bytes")
        if not missing:
            archive.unlink()
    if missing:
        progress.message(
            f"the archive ({size}) is kept for {', '.join(missing)}; 'w2v cache clear --kind downloads' removes it"
        )
    else:
        with contextlib.suppress(OSError):
            archive.parent.rmdir()


def _download_and_extract(manifest: Manifest, archive: Path, target: Path, progress: Progress) -> None:
    """Write the set to `target`, from the archive, which is downloaded where it is not there already."""
    source = manifest.source
    assert source.sha256 is not None
    assert source.bytes is not None
    if not archive.is_file() or sha256_of(archive) != source.sha256:
        pin = Pin(source.sha256, source.bytes, exact=True)
        download(manifest.name, archive, source.urls, pin, progress)
    try:
        _extract(manifest, archive, target, progress)
    except DataError:
        archive.unlink()
        raise


def _local_archive(manifest: Manifest, folder: Path | None) -> Path | None:
    """Return the archive that contains the set, if it is in the user's folder under any name; else None."""
    paths = _of_size(folder, manifest.source.bytes) if folder is not None else ()
    return next((path for path in paths if sha256_of(path) == manifest.source.sha256), None)


def _extract(manifest: Manifest, archive: Path, target: Path, progress: Progress) -> None:
    """Write the wanted member of the archive to `target`. The names in the archive are never used as paths."""
    member = manifest.source.member or ""
    try:
        with zipfile.ZipFile(archive) as opened, opened.open(member) as packed:
            size = opened.getinfo(member).file_size
            progress.phase(f"unpacking {target.name}", size, "bytes")
            check_writable(target, size)
            digest = hashlib.sha256()
            with replacing(target, size) as file:
                while chunk := packed.read(CHUNK):
                    digest.update(chunk)
                    file.write(chunk)
                    progress.update(file.tell())
                if manifest.source.member_sha256 not in (None, digest.hexdigest()):
                    raise DataError(
                        f"{member} in {archive} has sha256 {digest.hexdigest()}, not the pinned one",
                        hint="the manifest must be wrong: please report this",
                    )
                if manifest.source.member_sha256 is None:
                    with replacing(_kept_sha256(target)) as kept:
                        kept.write(digest.hexdigest().encode())
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError, RuntimeError, NotImplementedError) as error:
        raise DataError(f"cannot unpack {member} from {archive}: {error}", hint="download the archive again") from error
    except OSError as error:
        raise _unreadable(archive, error) from error
