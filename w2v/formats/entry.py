"""What is said of a format in lists and help texts, without importing its module."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["FormatEntry"]


@dataclass(frozen=True, eq=False)
class FormatEntry:
    """What is said of a format in lists and help texts.

    name: the value of `--to` and of `format=`.
    title: the name for people.
    suffixes: endings of file names that choose this format for writing; the first format with an ending has it.
    place: "module:class" of the format.
    compressible: files may be compressed; then `.gz` may follow the suffix.
    default_suffixes: commands look for `vectors` with one of these endings when no file is named.
    extra: the extra of w2v that installs the packages which the format needs; packages: their names for `import`.
    """

    name: str
    title: str
    suffixes: tuple[str, ...]
    place: str
    compressible: bool = False
    default_suffixes: tuple[str, ...] = ()
    extra: str = ""
    packages: tuple[str, ...] = ()
