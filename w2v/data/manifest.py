"""Manifests: a TOML file that describes a corpus, an evaluation set or pretrained vectors, and says where to get it and
what hash it has.

The files of a set are found and downloaded by fetch.py. The manifests are in the folders `eval_sets/`, `corpora/` and
`pretrained/`: inside the package if w2v was installed from a wheel, beside the package in a clone or an editable
install. A manifest:

    name = "google-analogies"       the file's name without .toml
    kind = "analogy"                a kind of suite, as w2v/evaluation/tasks/registry.py lists them, "corpus", "vectors"
    aliases                         other names for it, such as those of gensim
    order, in_group                 the place in the group of its kind, the last if absent; false: in no group
    language, title, description
    measures, ceiling               of similarity: what people rated, and how well they agree (a correlation)
    [source]    one of: package + path (a file in an installed package), path alone (a file beside the manifest), urls,
                by_hand (the name of a file that cannot be downloaded);
                sha256 and bytes of that file; if it is a zip archive, the wanted member and member_sha256
    [source.files]  if the set has several files: the sha256 of each, by name; each of the urls then ends with / and
                the names are added to it; source.sha256 is the hash of the list that sha256sum prints, source.bytes
                the sum of the sizes
    [source.beginnings]  of such files, by name: how many bytes at the beginning are the file, where an address has more
    [format]    type, encoding, columns, suffix (an ending that is removed from each word)
    [groups]    the names of the sections in each group, as semantic = ["family"]
    [counts]    items, sections
    [rights]    licence (SPDX, or LicenseRef-...), redistributable, citation; bibtex: the entries of BibTeX
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

from w2v.errors import DataError, SettingsError
from w2v.files.small import parse_toml, read_small

__all__ = [
    "UNSCORED",
    "Manifest",
    "Source",
    "as_dict",
    "load_manifest",
    "manifest_of",
    "manifests",
    "vectors_named",
]

LISTED = (
    "analogy",
    "similarity",
    "categorization",
    "outliers",
    "text-similarity",
    "classification",
    "retrieval",
    "word-in-context",
    "contextual-similarity",
    "bias",
)
"""Kinds that are listed first, in this order; others follow by name, corpora last."""
LAST = 1_000_000  # the place of a set that does not say its own
UNSCORED = ("corpus", "vectors")
"""Kinds that are no evaluation sets; they are listed last."""
FOLDERS = ("eval_sets", "corpora", "pretrained")
ENCODINGS = ("utf-8", "latin-1")
PACKAGE = Path(__file__).parent.parent
Value = TypeVar("Value")


@dataclass(frozen=True)
class Source:
    """Where the set comes from: a file in an installed package, a file beside the manifest, addresses, or the name of a
    file that cannot be downloaded (exactly one of these four).

    sha256 and bytes belong to the file that `path` or `urls` name. If that file is an archive, `member` is the wanted
    file in it, and member_sha256 the hash of the member. A set of several files has their hashes in `files`, by name;
    then sha256 is the hash of this list (`listing_sha256`). If an address has more at the end of such a file than the
    set, `beginnings` has the number of bytes that belong to the set.
    """

    package: str | None = None
    path: str | None = None
    urls: tuple[str, ...] = ()
    by_hand: str | None = None
    member: str | None = None
    sha256: str | None = None
    bytes: int | None = None
    member_sha256: str | None = None
    files: Mapping[str, str] = field(default_factory=dict)
    beginnings: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Manifest:
    """The description of a corpus, an evaluation set or pretrained vectors, without the contents."""

    name: str
    kind: str
    language: str
    title: str
    description: str
    source: Source
    type: str
    encoding: str
    columns: tuple[str, ...]
    groups: Mapping[str, tuple[str, ...]]
    items: int | None
    sections: int | None
    licence: str
    redistributable: bool
    citation: str
    folder: Path
    measures: str = ""
    ceiling: float | None = None
    suffix: str = ""
    bibtex: str = ""
    order: int = LAST
    in_group: bool = True
    aliases: tuple[str, ...] = ()

    @property
    def file_name(self) -> str:
        """The name of the file that w2v reads: the member of an archive, or the first file of several."""
        if self.source.files:
            return next(iter(self.source.files))
        inside = self.source.member or self.source.path or self.source.by_hand or self.source.urls[0]
        return PurePosixPath(inside).name

    @property
    def sha256(self) -> str | None:
        """The hash of the file `file_name`, or None if it is not pinned."""
        return self.source.member_sha256 if self.source.member else self.source.sha256


class _Table:
    """A table of a manifest. Keys that are missing, wrong or unknown raise `DataError` with the file and the key."""

    def __init__(self, values: object, path: Path, name: str = "") -> None:
        self.path = path
        self.name = name
        if not isinstance(values, dict):
            raise self.error(f"[{name}] is missing or is not a table")
        self.left = dict(values)

    def error(self, what: str) -> DataError:
        return DataError(
            f"{self.path}: {what}", hint="compare it with the other manifests in that folder, which show all keys"
        )

    def take(self, key: str, kind: type[Value], default: Value | None = None) -> Value:
        value = self.left.pop(key, default)
        where = f"{self.name}.{key}".lstrip(".")
        if value is None:
            raise self.error(f"{where} is missing")
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise self.error(f"{where} is {value!r}, which is not of type {kind.__name__}")
        if value == "":
            raise self.error(f"{where} is empty")
        return value

    def take_optional(self, key: str, kind: type[Value]) -> Value | None:
        return self.take(key, kind) if key in self.left else None

    def take_texts(self, key: str) -> tuple[str, ...]:
        values = self.take(key, list, [])
        if not all(isinstance(value, str) and value for value in values):
            raise self.error(f"{self.name}.{key} is not a list of texts".replace("..", "."))
        return tuple(values)

    def finish(self) -> None:
        if self.left:
            unknown = ", ".join(f"{self.name}.{key}".lstrip(".") for key in self.left)
            raise self.error(f"unknown key: {unknown}")


def load_manifest(path: Path) -> Manifest:
    """Read and check one manifest. Raises `DataError`, with the file and the key, if anything in it is wrong."""
    top = _Table(parse_toml(read_small(path, DataError), path, DataError, hint="a manifest is TOML in UTF-8"), path)
    name = top.take("name", str)
    if name != path.stem:
        raise top.error(f"name is {name!r}, but the file's name is {path.stem!r}")
    kind = top.take("kind", str)
    if not re.fullmatch("[a-z][a-z-]*", kind):
        raise top.error(f"kind is {kind!r}, which is no name of a kind")
    shape = _Table(top.take("format", dict, {}), path, "format")
    counts = _Table(top.take("counts", dict, {}), path, "counts")
    rights = _Table(top.take("rights", dict), path, "rights")
    groups = _Table(top.take("groups", dict, {}), path, "groups")
    manifest = Manifest(
        name=name,
        kind=kind,
        language=top.take("language", str),
        title=top.take("title", str),
        description=top.take("description", str),
        measures=top.take_optional("measures", str) or "",
        ceiling=top.take_optional("ceiling", float),
        suffix=shape.take_optional("suffix", str) or "",
        order=LAST if (order := top.take_optional("order", int)) is None else order,
        in_group=top.take("in_group", bool, default=True),
        aliases=top.take_texts("aliases"),
        source=_source(_Table(top.take("source", dict), path, "source")),
        type=shape.take("type", str, "text"),
        encoding=shape.take("encoding", str, "utf-8"),
        columns=shape.take_texts("columns"),
        groups={group: groups.take_texts(group) for group in list(groups.left)},
        items=counts.take_optional("items", int),
        sections=counts.take_optional("sections", int),
        licence=rights.take("licence", str),
        redistributable=rights.take("redistributable", bool),
        citation=rights.take("citation", str),
        bibtex=(rights.take_optional("bibtex", str) or "").strip(),
        folder=path.parent,
    )
    for table in (top, shape, counts, rights):
        table.finish()
    if manifest.encoding not in ENCODINGS:
        raise shape.error(f"format.encoding is {manifest.encoding!r}, not one of {', '.join(ENCODINGS)}")
    if manifest.file_name in ("", ".", ".."):
        raise top.error(f"the file of the source would have the name {manifest.file_name!r}")
    return manifest


def _source(table: _Table) -> Source:
    files = _Table(table.take("files", dict, {}), table.path, "source.files")
    sizes = _Table(table.take("beginnings", dict, {}), table.path, "source.beginnings")
    source = Source(
        files={name: files.take(name, str) for name in list(files.left)},
        beginnings={name: sizes.take(name, int) for name in list(sizes.left)},
        package=table.take_optional("package", str),
        path=table.take_optional("path", str),
        urls=table.take_texts("urls"),
        by_hand=table.take_optional("by_hand", str),
        member=table.take_optional("member", str),
        sha256=table.take_optional("sha256", str),
        bytes=table.take_optional("bytes", int),
        member_sha256=table.take_optional("member_sha256", str),
    )
    table.finish()
    ways = (source.path, source.urls, source.by_hand)
    if sum(map(bool, ways)) != 1 or (source.package and not source.path):
        raise table.error("source must have package and path, or path alone, or urls, or by_hand")
    if not source.urls and not source.sha256:
        raise table.error("source.sha256 is missing; only a source with urls may lack it")
    if source.path and (source.path.startswith("/") or ".." in PurePosixPath(source.path).parts):
        raise table.error(f"source.path is {source.path!r}, which leaves its folder")
    for url in source.urls:
        if not url.startswith("https://"):
            raise table.error(f"source.urls has {url!r}, which is not https")
    for key in ("sha256", "member_sha256"):
        digest = getattr(source, key)
        if digest is not None and not re.fullmatch("[0-9a-f]{64}", digest):
            raise table.error(f"source.{key} is not 64 hexadecimal digits in small letters")
    for name, digest in source.files.items():
        if not re.fullmatch("[0-9a-f]{64}", digest) or PurePosixPath(name).name != name or name == "..":
            raise table.error(f"source.files has {name!r} = {digest!r}, not a file's name and its sha256")
    for name, size in source.beginnings.items():
        if name not in source.files or size < 1:
            raise table.error(f"source.beginnings has {name!r} = {size}, not a name of source.files and a size")
    if source.files and listing_sha256(source.files) != source.sha256:
        raise table.error("source.sha256 is not the hash of the list of source.files")
    if source.urls and source.sha256 and not source.bytes:
        raise table.error("source.bytes is missing: it limits the download")
    return source


def listing_sha256(files: Mapping[str, str]) -> str:
    """Return one hash for several files: the SHA-256 of the list that the command `sha256sum` prints for the files."""
    listing = "".join(f"{digest}  {name}\n" for name, digest in files.items())
    return hashlib.sha256(listing.encode()).hexdigest()


def _folders() -> tuple[Path, ...]:
    """Return the folders of manifests: inside the package (a wheel), else beside it (a clone, an editable install)."""
    return tuple(
        next((place for place in (PACKAGE / name, PACKAGE.parent / name) if place.is_dir()), PACKAGE / name)
        for name in FOLDERS
    )


def _paths() -> dict[str, Path]:
    return {path.stem: path for folder in _folders() for path in sorted(folder.glob("*.toml"))}


def manifests() -> tuple[Manifest, ...]:
    """Return all manifests: evaluation sets, corpora, pretrained vectors; each kind in the order of its names."""
    found = [load_manifest(path) for path in _paths().values()]
    return tuple(sorted(found, key=_place))


def _place(manifest: Manifest) -> tuple[int, int, str, int, str]:
    listed = LISTED.index(manifest.kind) if manifest.kind in LISTED else len(LISTED)
    last = UNSCORED.index(manifest.kind) + 1 if manifest.kind in UNSCORED else 0
    return last, listed, manifest.kind, manifest.order if manifest.kind == "vectors" else 0, manifest.name


def manifest_of(name: str) -> Manifest:
    """Return the manifest called `name`. Raises `SettingsError` with the names nearest in spelling, or all names."""
    paths = _paths()
    if name not in paths and (known := _of_alias(name)) is not None:
        return known
    if name not in paths:
        near = [each for each in paths if name and each.startswith(name)] or get_close_matches(name, paths)
        shortest = [each for each in near if not any(each != other and each.startswith(other) for other in near)]
        hint = f"did you mean {' or '.join(map(repr, shortest))}?" if near else f"there are {', '.join(paths)}"
        raise SettingsError(f"there is no set or corpus called {name!r}", hint=hint)
    return load_manifest(paths[name])


def _of_alias(name: str) -> Manifest | None:
    found = (load_manifest(path) for path in sorted(_folders()[-1].glob("*.toml")))
    return next((manifest for manifest in found if name in manifest.aliases), None)


def vectors_named(name: str) -> Manifest | None:
    """Return the manifest of the pretrained vectors with this name or alias; None where there are none."""
    path = _folders()[-1] / f"{name}.toml"
    if not re.fullmatch(r"[a-z0-9-]{2,80}", name):
        return None
    return load_manifest(path) if path.is_file() else _of_alias(name)


def as_dict(manifest: Manifest) -> dict[str, Any]:
    """Return what a person or a script may want to know about a set, as plain JSON values."""
    return {
        "name": manifest.name,
        "kind": manifest.kind,
        "items": manifest.items,
        "language": manifest.language,
        "licence": manifest.licence,
        "title": manifest.title,
        "description": manifest.description,
        "citation": manifest.citation,
        "package": manifest.source.package,
        "urls": list(manifest.source.urls),
        "bytes": manifest.source.bytes,
        "aliases": list(manifest.aliases),
        "sha256": manifest.sha256,
    }
