"""The settings of text and of models as options of commands. How a setting is declared: w2v/settings.py.

An option takes its name, default, help and kind from the setting. Where models differ, the help says which model has
the option, or which default is whose.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from w2v.cli.types import OutputPath
from w2v.settings import Setting, Settings, bytes_in, settings_of
from w2v.tokens.settings import CorpusConfig
from w2v.training.model import Model
from w2v.training.models import DEFAULT, MODELS

__all__ = ["SettingOption", "Size", "given_paths", "model_option", "text_settings", "training_settings"]


class Size(click.ParamType[int]):
    """Bytes, with a unit or without: 200MB, 1.5GB, 512MiB."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        size = bytes_in(str(value))
        if size is None:
            self.fail(f"{value!r} is no size such as 200MB or 1.5GB", param, ctx)
        return size


class NumberOr(click.ParamType[int | str]):
    """A whole number, or one of a few words."""

    name = "number or word"

    def __init__(self, words: Sequence[str]) -> None:
        self.words = tuple(words)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int | str:
        if value in self.words:
            return str(value)
        try:
            return int(value)
        except ValueError:
            self.fail(f"{value!r} is neither a whole number nor {' or '.join(map(repr, self.words))}", param, ctx)


TYPES: dict[str, Any] = {
    "whole": int,
    "real": float,
    "switch": bool,
    "flag": bool,
    "text": str,
    "bytes": Size(),
    "input": click.Path(path_type=Path),
    "output": OutputPath(),
}
LETTERS = {
    "whole": "N",
    "real": "X",
    "text": "NAME",
    "switch": "on|off",
    "bytes": "SIZE",
    "input": "FILE",
    "output": "FILE",
}


class SettingOption(click.Option):
    """An option made of a setting that some models have, or all.

    of: the setting as each model has it, by the model's name; by "" where it belongs to the text.
    """

    section = "Options"  # of the help page

    def __init__(self, declared: Sequence[str], of: dict[str, Setting], models: int) -> None:
        self.of = of
        some = next(iter(of.values()))
        words = tuple(dict.fromkeys(word for one in of.values() for word in one.words))
        self.everywhere = "" in of or len(of) == models
        self.agreed = self.everywhere and len({one.default for one in of.values()}) == 1
        if "" in of:
            self.section = "Text and words"
        elif not self.everywhere:
            self.section = f"Only with --model {' or '.join(of)}"
        super().__init__(
            declared,
            type=_type_of(some, words),
            is_flag=some.kind == "flag",
            default=self._default(some),
            metavar=some.metavar or "|".join([LETTERS.get(some.kind, ""), *words]) or None,
            help=self._help(),
            show_default=self._shown(some),
        )

    def default_in_force(self, params: dict[str, Any]) -> object:
        """Return the default that the model among the values of all options has; None where it has none."""
        of = self.of.get("") or self.of.get(params.get("model", DEFAULT))
        return None if of is None else of.default

    def in_words(self, params: dict[str, Any]) -> str:
        """Return what holds where the option is not set, in words; "" where there is nothing to say."""
        of = self.of.get("") or self.of.get(params.get("model", DEFAULT))
        return of.unset if of is not None else f"only with --model {' or '.join(self.of)}"

    def comment(self) -> str:
        """Return what a file of settings says of the option: its help, and a default that can only be described."""
        described = next(iter(self.of.values())).unset if self.agreed else self._defaults()
        return f"{self.help} Default: {described}." if described else self.help or ""

    def _help(self) -> str:
        """The help that all models share, and what differs: "With sgns, …; with glove, …"."""
        texts = {one.help: name for name, one in self.of.items()}
        details = {name: one.detail for name, one in self.of.items() if one.detail}
        shared = next(iter(texts)) if len(texts) == 1 else " ".join(f"({name}) {text}" for text, name in texts.items())
        if len(self.of) == 1:
            return " ".join([shared, *(f"{detail[0].upper()}{detail[1:]}." for detail in details.values())])
        clauses = "; ".join(f"with {' and '.join(names)}, {detail}" for detail, names in _alike(details))
        return f"{shared} {clauses[0].upper()}{clauses[1:]}." if clauses else shared

    def _shown(self, some: Setting) -> str | bool:
        """The default for the help page: True lets click show it; with the models' names where they differ."""
        if self.agreed:
            return some.unset or some.kind != "flag"
        return self._defaults()

    def _defaults(self) -> str:
        """The default of each model: "sgns, cbow 5; glove 15"."""
        shown = {name: one.shown_default or "none" for name, one in self.of.items()}
        return "; ".join(f"{', '.join(names)} {default}" for default, names in _alike(shown))

    def _default(self, some: Setting) -> object:
        """The default that holds for all models, if there is one; a switch in words, as one types it."""
        if not self.agreed:
            return None
        return some.shown_default if some.kind == "switch" else some.default


def training_settings(*left_out: str, models: Sequence[str] | None = None) -> Callable[[Any], Any]:
    """Give a command the settings of models (None: of all) and of text as options, except those `left_out`.

    A setting that not all of the models have, or for which they have different defaults, is None unless it was given.
    """

    def decorate(function: Any) -> Any:
        chosen = [MODELS[name] for name in models or MODELS]
        for of in reversed(_by_name(chosen)):
            name = next(iter(of.values())).name
            if name not in left_out:
                declared = (f"--{name.replace('_', '-')}", name)
                function = click.option(*declared, cls=SettingOption, of=of, models=len(chosen))(function)
        return function

    return decorate


def text_settings(*left_out: str) -> Callable[[Any], Any]:
    """Give a command the settings of text as options, except those `left_out`."""

    def decorate(function: Any) -> Any:
        for one in reversed(settings_of(CorpusConfig)):
            if one.name not in left_out:
                declared = (f"--{one.name.replace('_', '-')}", one.name)
                function = click.option(*declared, cls=SettingOption, of={"": one}, models=0)(function)
        return function

    return decorate


def model_option(names: Sequence[str]) -> Callable[[Any], Any]:
    """Give a command the option --model with a choice of models."""
    titles = "; ".join(f"{name}: {MODELS[name].title}" for name in names)
    return click.option(
        "--model",
        type=click.Choice(list(names)),
        default=DEFAULT,
        help=f"{titles}. Options marked {' or '.join(f'({name} …)' for name in names)} are for that model only."
        if len(names) > 1
        else f"{titles}.",
    )


def _alike(texts: dict[str, str]) -> list[tuple[str, list[str]]]:
    """Return each text with the names that have it."""
    names: dict[str, list[str]] = {}
    for name, text in texts.items():
        names.setdefault(text, []).append(name)
    return list(names.items())


def _type_of(some: Setting, words: Sequence[str]) -> Any:
    if words:
        return NumberOr(words)
    return click.Choice(some.choices) if some.choices else TYPES[some.kind]


def given_paths(kind: str, options: dict[str, Any]) -> dict[str, Path]:
    """Return by option name the paths among `options` that some model reads ("input") or writes ("output")."""
    groups: tuple[type[Settings], ...] = (CorpusConfig, *(model.settings for model in MODELS.values()))
    names = {one.name for group in groups for one in settings_of(group) if one.kind == kind}
    return {f"--{name.replace('_', '-')}": options[name] for name in sorted(names) if options.get(name) is not None}


def _by_name(models: Sequence[Model]) -> list[dict[str, Setting]]:
    """Return the settings in the order of a help page: those of all models, of some, of the text."""
    of_models: dict[str, dict[str, Setting]] = {}
    for model in models:
        for one in settings_of(model.settings):
            of_models.setdefault(one.name, {})[model.name] = one
    shared = [of for of in of_models.values() if len(of) == len(models)]
    others = [of for of in of_models.values() if len(of) < len(models)]
    return [*shared, *others, *({"": one} for one in settings_of(CorpusConfig))]
