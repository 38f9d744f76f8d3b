"""The settings of texts as options of commands that read a text beside vectors: `w2v why --corpus`, `w2v encode`.

Where one of them is not given, it is as it was when the vectors were trained; so none has a default of its own. The
options of `w2v train` are in training_options.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click

from w2v.cli.training_options import SettingOption
from w2v.settings import Setting, settings_of
from w2v.tokens.settings import CorpusConfig

__all__ = ["corpus_options", "file_options", "given_settings", "reading_options", "word_options"]

OF_WORDS = ("tokenizer", "keep_tags", "lowercase", "locale")
OF_FILES = ("input_format", "column", "encoding", "encoding_errors")
SETTINGS = (*OF_WORDS, "normalize", *OF_FILES)


class _AsInTraining(SettingOption):
    def _default(self, some: Setting) -> None:
        return None

    def _shown(self, some: Setting) -> str | bool:
        return "as in training"


def corpus_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the settings that say how a text is read and cut into words."""
    return _with_options(function, SETTINGS, _AsInTraining)


def word_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the settings that say how a text is cut into words, as in training where they are not given."""
    return _with_options(function, OF_WORDS, _AsInTraining)


def reading_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the settings that say how files are read, with their own defaults."""
    return _with_options(function, OF_FILES, SettingOption)


def file_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the settings that say how files are read, but for their kind, which the command has itself."""
    return _with_options(function, OF_FILES[1:], SettingOption)


def _with_options(function: Callable[..., Any], names: Sequence[str], kind: type[SettingOption]) -> Callable[..., Any]:
    settings = {one.name: one for one in settings_of(CorpusConfig)}
    for name in reversed(names):
        declared = (f"--{name.replace('_', '-')}", name)
        function = click.option(*declared, cls=kind, of={"": settings[name]}, models=0)(function)
    return function


def given_settings(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings among options that have a value."""
    return {name: options[name] for name in SETTINGS if options.get(name) is not None}
