"""Settings whose default, help and bounds stand in one line, from which everything else about a setting is made.

A group of settings is a frozen dataclass that inherits from `Settings`; `setting` makes each of its fields:

    @dataclass(frozen=True)
    class TextSettings(Settings):
        min_count: int = setting(5, "Drop words that occur less often.", at_least=1)

Values are checked when an object is made. Options of commands, comments in files of settings and tables in the
documentation are made from `settings_of(TextSettings)`. How options are made: w2v/cli/training_options.py. The settings
of text are in w2v/tokens/settings.py, those of a model in its folder (w2v/training/sgns/model.py).
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields, replace
from math import isnan
from typing import Any, Literal, TypeVar

from w2v.errors import SettingsError

__all__ = [
    "Kind",
    "Setting",
    "Settings",
    "bytes_in",
    "markdown_table",
    "plain_values",
    "setting",
    "settings_of",
]

Kind = Literal["whole", "real", "switch", "flag", "choice", "text", "bytes", "input", "output"]
T = TypeVar("T")
_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "KI": 2**10, "MI": 2**20, "GI": 2**30, "TI": 2**40}
_NOUNS = {"whole": "a whole number", "real": "a number", "bytes": "a whole number of bytes"}


@dataclass(frozen=True, eq=False)  # nobody compares settings by value, and help pages wait for each method
class Setting:
    """One setting: its default, its help text, and which values it can have.

    kind: "whole" and "real" are numbers; "bytes" is a size in memory; a "switch" is on or off, and so is a "flag",
        which the command line turns on by its name alone; a "choice" is one of some words, a "text" is any text;
        "input" is the path of a file that is read, "output" of one that is written.
    help: full sentences.
    detail: what differs from model to model, as a clause that can follow "With sgns, ".
    optional: whether the setting may be None.
    unset: what None means, for people: "all cores". Where it is "", None means that nothing is set.
    words: values besides numbers, such as "whole" for the window.
    form: what a text must look like, in words, and pattern, as a regular expression; "" allows any text.
    metavar: what stands for the value on a help page; "" takes what suits the kind.
    changes_result: whether another value gives other vectors. If not, a run may be resumed with another value.
    """

    name: str
    kind: Kind
    default: Any
    help: str
    detail: str = ""
    unset: str = ""
    optional: bool = False
    choices: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    at_least: float | None = None
    above: float | None = None
    at_most: float | None = None
    below: float | None = None
    form: str = ""
    pattern: str = ""
    metavar: str = ""
    changes_result: bool = True

    @property
    def allowed(self) -> str:
        """Return in words which values there are, as "a whole number from 1 to 1,000"."""
        return " or ".join([self._bounds, *map(repr, self.words)])

    @property
    def _bounds(self) -> str:
        if self.choices:
            few = len(self.choices) <= 2
            return " or ".join(map(repr, self.choices)) if few else f"one of {', '.join(map(repr, self.choices))}"
        if self.kind in ("switch", "flag"):
            return "True or False"
        if self.kind in ("input", "output"):
            return "the path of a file"
        if self.kind == "text":
            return self.form or "a text"
        noun = _NOUNS[self.kind]
        if self.at_least is not None and self.at_most is not None:
            return f"{noun} from {_written(self.at_least)} to {_written(self.at_most)}"
        bounds = {
            "of at least": self.at_least,
            "above": self.above,
            "of at most" if self.above is None else "at most": self.at_most,
            "below": self.below,
        }
        limits = [f"{word} {_written(bound)}" for word, bound in bounds.items() if bound is not None]
        return " ".join([noun, " and ".join(limits)]).strip()

    @property
    def shown_default(self) -> str:
        """Return the default as one would type it, or what None means; "" where there is nothing to say."""
        if self.default is None:
            return self.unset
        if self.kind in ("switch", "flag"):
            return "on" if self.default else "off"
        return f"{self.default:g}" if self.kind == "real" else str(self.default)

    def check(self, value: object) -> None:
        """Raise SettingsError unless `value` is one that this setting can have."""
        if not (self.optional if value is None else self._allows(value)):
            raise SettingsError(f"{self.name} is {value!r}", hint=f"{self.name} must be {self.allowed}")

    def _allows(self, value: Any) -> bool:
        if self.words and value in self.words:
            return True
        if self.choices:
            return value in self.choices
        if self.kind in ("switch", "flag"):
            return isinstance(value, bool)
        if self.kind in ("input", "output"):
            return isinstance(value, (str, os.PathLike))
        if self.kind == "text":
            return isinstance(value, str) and (not self.pattern or re.fullmatch(self.pattern, value) is not None)
        if isinstance(value, bool) or not isinstance(value, int if self.kind != "real" else (int, float)):
            return False
        return (
            not isnan(value)
            and (self.at_least is None or value >= self.at_least)
            and (self.above is None or value > self.above)
            and (self.at_most is None or value <= self.at_most)
            and (self.below is None or value < self.below)
        )


def setting(
    default: T,
    help: str,  # noqa: A002
    *,
    kind: Kind | None = None,
    detail: str = "",
    unset: str = "",
    choices: tuple[str, ...] = (),
    words: tuple[str, ...] = (),
    at_least: float | None = None,
    above: float | None = None,
    at_most: float | None = None,
    below: float | None = None,
    form: str = "",
    pattern: str = "",
    metavar: str = "",
    changes_result: bool = True,
) -> T:
    """Return a field of a dataclass that inherits from `Settings`; `Setting` says what the arguments mean.

    kind follows from choices and default; where the default is None and there are no choices, it must be given. The
    setting may be None if that is its default.
    """
    made = Setting(
        name="",
        kind=kind or _kind_of(default, choices),
        default=default,
        help=help,
        detail=detail,
        unset=unset,
        optional=default is None,
        choices=choices,
        words=words,
        at_least=at_least,
        above=above,
        at_most=at_most,
        below=below,
        form=form,
        pattern=pattern,
        metavar=metavar,
        changes_result=changes_result,
    )
    made_field: Any = field(default=default, metadata={"setting": made})
    return made_field  # type: ignore[no-any-return]


@dataclass(frozen=True, eq=False)
class Settings:
    """The base of all groups of settings: it checks every value, and replaces numpy's numbers by Python's."""

    def __init_subclass__(cls, **named: Any) -> None:
        super().__init_subclass__(**named)
        own = [found for name, value in vars(cls).items() if (found := _setting_in(name, value)) is not None]
        if own and cls.__doc__:
            lines = "\n".join(f"    {one.name}: {_help_text(one)} Default: {one.shown_default or None}." for one in own)
            cls.__doc__ = f"{cls.__doc__.rstrip()}\n\n{lines}\n"

    def __post_init__(self) -> None:
        for one in settings_of(type(self)):
            value = getattr(self, one.name)
            if getattr(value, "ndim", None) == 0:  # a number of numpy, which JSON cannot hold
                object.__setattr__(self, one.name, value.item())
        for name, value in self.respelt().items():
            object.__setattr__(self, name, value)
        for one in settings_of(type(self)):
            one.check(getattr(self, one.name))

    def respelt(self) -> dict[str, Any]:
        """Return by name the values that a subclass spells in another way: encoding "latin1" is "iso8859-1"."""
        return {}


def settings_of(group: type[Settings]) -> tuple[Setting, ...]:
    """Return the settings of a group, in the order of its fields."""
    found = (_setting_in(each.name, each) for each in fields(group))
    return tuple(one for one in found if one is not None)


def bytes_in(text: str) -> int | None:
    """Return the bytes that a size with or without a unit stands for (200MB, 1.5GB, 512MiB); None if it is no size."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?) *([KMGT]?I?)B?", text.upper())
    return None if match is None or match[2] not in _UNITS else int(float(match[1]) * _UNITS[match[2]])


def plain_values(settings: Settings) -> dict[str, Any]:
    """Return the values by name as JSON can hold them: paths are strings."""
    values = {each.name: getattr(settings, each.name) for each in fields(settings)}
    return {name: os.fspath(value) if isinstance(value, os.PathLike) else value for name, value in values.items()}


def markdown_table(group: type[Settings]) -> str:
    """Return a table in Markdown of all settings of a group: name, default, allowed values, help."""
    rows = [("setting", "default", "allowed", "meaning"), ("---",) * 4]
    rows += [
        (f"`{one.name}`", one.shown_default or "–", one.allowed.replace("'", "`"), _help_text(one))
        for one in settings_of(group)
    ]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _setting_in(name: str, value: object) -> Setting | None:
    metadata: Mapping[str, Any] = value.metadata if isinstance(value, Field) else {}
    found = metadata.get("setting")
    return replace(found, name=name) if isinstance(found, Setting) else None


def _kind_of(default: object, choices: tuple[str, ...]) -> Kind:
    if choices:
        return "choice"
    if isinstance(default, bool):
        return "switch"
    if isinstance(default, int):
        return "whole"
    if isinstance(default, float):
        return "real"
    raise TypeError(f"a setting with the default {default!r} must say of which kind it is")


def _written(number: float) -> str:
    if isinstance(number, int) and number > 1 << 32 and number & (number + 1) == 0:
        return f"2^{number.bit_length()} - 1"
    return f"{number:,}" if isinstance(number, int) else f"{number:g}"


def _help_text(one: Setting) -> str:
    return f"{one.help} {one.detail[0].upper()}{one.detail[1:]}." if one.detail else one.help
