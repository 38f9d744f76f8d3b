"""Where the bytes of a corpus or an evaluation set are, and how they get here. Not here: what is in them.

A file is looked for in the folder that the user named (`data_dir`, else $W2V_DATA; by name at any depth, or by size
and hash under any other name), in the installed package that carries it, beside its manifest, and in the cache. Only
`obtain` ever uses the network: https, at most the pinned number of bytes, and only against a pinned sha256. Every file
is hashed before it is used, wherever it was found. Not here either: how a file is downloaded (download.py).
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from w2v.data.download import Pin, download
from w2v.data.manifest import Manifest
from w2v.errors import DataError, OutputError
from w2v.files.caches import user_cache
from w2v.files.locks import remove_stale
from w2v.files.whole import check_writable, locked, replacing
from w2v.progress import NullProgress, Progress

__all__ = ["Place", "Whereabouts", "find", "locate", "obtain"]

Place = Literal["local folder", "package", "w2v", "cache", "downloadable", "by hand"]
CHUNK = 1 << 20


@dataclass(frozen=True)
class Whereabouts:
    """Where a set is: its file, or the folder of its files.

    `path` is None for what is "downloadable", or, where it is not or has no pinned hash, to be got "by hand".
    """

    place: Place
    path: Path | None


def sha256_of(path: Path) -> str:
    """In hex. Raises `DataError` where the file cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError) -> DataError:
    reason = (error.strerror or str(error)).lower()
    return DataError(f"cannot read {path}: {reason}", hint="check the disk, or remove the file: it is fetched again")


def data_folder(data_dir: str | os.PathLike[str] | None) -> Path | None:
    """The user's folder of data: `data_dir`, else $W2V_DATA. Raises `DataError` where it is not a folder."""
    named = data_dir or os.environ.get("W2V_DATA")
    if not named:
        return None
    folder = Path(named)
    if not folder.is_dir():
        raise DataError(f"there is no data folder {folder}", hint="--data-dir and W2V_DATA name a folder that exists")
    return folder


def locate(manifest: Manifest, data_dir: str | os.PathLike[str] | None = None) -> Whereabouts:
    """Where the set is, without hashing it: for lists. `find` is what to use before reading."""
    for place, path in _candidates(manifest, data_folder(data_dir)):
        return Whereabouts(place, path.parent if manifest.source.files else path)
    source = manifest.source
    return Whereabouts("downloadable" if source.urls and source.sha256 else "by hand", None)


def find(manifest: Manifest, data_dir: str | os.PathLike[str] | None = None) -> Path:
    """The set's file on this computer, or the folder of its files, hashes checked; nothing is downloaded.

    Raises `DataError` where there is none, or where the only ones have another hash than the manifest's.
    """
    found = _find(manifest, data_folder(data_dir))
    if isinstance(found, Path):
        return found
    if manifest.source.urls:
        raise DataError(
            f"{manifest.name} is not on this computer{found}",
            hint=f"'w2v data get {manifest.name}', or --data-dir FOLDER (W2V_DATA) where you have {manifest.file_name}",
        )
    if manifest.source.by_hand:
        raise DataError(
            f"{manifest.name} is not on this computer{found}",
            hint=f"nobody publishes it as {manifest.file_name}: --data-dir FOLDER (W2V_DATA) where you have it",
        )
    home = manifest.source.package or "w2v"
    raise DataError(
        f"{manifest.name} is not where {home} should have it ({manifest.source.path}){found}",
        hint=f"reinstall {home}, or name a folder that has {manifest.file_name} with --data-dir or W2V_DATA",
    )


def _find(manifest: Manifest, folder: Path | None) -> Path | str:
    """The checked file, or for the error's message, what was found instead of it."""
    wrong = ""
    for _, path in _candidates(manifest, folder):
        if manifest.source.files:
            missing = _wrong_file(manifest, path.parent)
            if not missing:
                return path.parent
            wrong = wrong or f"; {missing} is missing or has another sha256"
            continue
        if manifest.sha256 is None:
            return path
        digest = sha256_of(path)
        if digest == manifest.sha256:
            return path
        wrong = wrong or f"; {path} has sha256 {digest[:12]}…, not {manifest.sha256[:12]}…"
    if folder is not None and manifest.sha256 is not None and not manifest.source.member and not manifest.source.files:
        for path in _of_size(folder, manifest.source.bytes):
            if sha256_of(path) == manifest.sha256:
                return path
    return wrong


def _wrong_file(manifest: Manifest, folder: Path) -> Path | None:
    """The first of a set's files that is not in the folder, or is another one there."""
    paths = ((folder / name, digest) for name, digest in manifest.source.files.items())
    return next((path for path, digest in paths if not path.is_file() or sha256_of(path) != digest), None)


def _candidates(manifest: Manifest, folder: Path | None) -> Iterator[tuple[Place, Path]]:
    """Files that may be the set, by their names."""
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
    """Where the archive that a set is in waits to be unpacked."""
    return target.with_name(f".{manifest.name}.zip")


def _cached(manifest: Manifest) -> Path | None:
    """Return the path of a download, whether it exists or not; None where the user has no home folder."""
    return user_cache("data", manifest.name, manifest.file_name)


def obtain(
    manifest: Manifest, data_dir: str | os.PathLike[str] | None = None, progress: Progress | None = None
) -> Path:
    """The set's file (or folder of files), hashes checked, downloaded into the cache if this computer does not have it.

    Raises `DataError` where no sha256 is pinned (the address is shown, nothing is fetched), where no address answers,
    and where what arrives is larger than pinned or has another hash. What another run is fetching is waited for.
    """
    progress = progress or NullProgress()
    folder = data_folder(data_dir)
    found, target = _find(manifest, folder), _cached(manifest)
    if isinstance(found, Path):
        if manifest.source.urls and target is not None:  # a run may have been killed when it had all but cleaned up
            remove_stale(target.parent)
            _archive(manifest, target).unlink(missing_ok=True)
        return found
    source = manifest.source
    if not source.urls:
        return find(manifest, data_dir)
    if source.sha256 is None:
        raise DataError(
            f"{manifest.name} has no pinned sha256, so w2v does not download it",
            hint=f"it is at {source.urls[0]}: fetch it yourself, then pass the file, or its folder as --data-dir",
        )
    if target is None:
        raise OutputError(f"there is no home folder to keep {manifest.name} in", hint="set HOME or XDG_CACHE_HOME")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"cannot create {target.parent}: {error.strerror}", hint="set XDG_CACHE_HOME") from error
    with locked(target, lambda owner: progress.message(f"another run ({owner}) is fetching it: waiting for that")):
        found = _find(manifest, None)  # by now, perhaps
        return found if isinstance(found, Path) else _fetch(manifest, folder, target, progress)


def _fetch(manifest: Manifest, folder: Path | None, target: Path, progress: Progress) -> Path:
    """Bring the set to `target`, or its files into that folder; returns what `obtain` does."""
    source = manifest.source
    assert source.sha256 is not None
    assert source.bytes is not None
    if source.files:
        for name, digest in source.files.items():
            path, urls = target.with_name(name), [f"{url}{name}" for url in source.urls]
            if not path.is_file() or sha256_of(path) != digest:
                download(manifest.name, path, urls, Pin(digest, source.bytes, exact=False), progress)
        return target.parent
    pin = Pin(source.sha256, source.bytes, exact=True)
    if not source.member:
        download(manifest.name, target, source.urls, pin, progress)
        return target
    archive = _local_archive(manifest, folder)
    if archive is not None:
        _extract(manifest, archive, target, progress)
        return target
    archive = _archive(manifest, target)
    if not archive.is_file() or sha256_of(archive) != source.sha256:
        download(manifest.name, archive, source.urls, pin, progress)
    try:
        _extract(manifest, archive, target, progress)
    except DataError:
        archive.unlink()
        raise
    archive.unlink(missing_ok=True)
    return target


def _local_archive(manifest: Manifest, folder: Path | None) -> Path | None:
    """The archive that holds the set, where the user's folder has it."""
    paths = _of_size(folder, manifest.source.bytes) if folder is not None else ()
    return next((path for path in paths if sha256_of(path) == manifest.source.sha256), None)


def _extract(manifest: Manifest, archive: Path, target: Path, progress: Progress) -> None:
    """Write the one wanted member as `target`; the archive's own names are never used as paths."""
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
                        hint="the manifest contradicts itself: please report it",
                    )
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError, RuntimeError, NotImplementedError) as error:
        raise DataError(f"cannot unpack {member} from {archive}: {error}", hint="fetch the archive again") from error
    except OSError as error:
        raise _unreadable(archive, error) from error
