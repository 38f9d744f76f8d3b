"""The settings of texts as options of commands that read a text beside vectors: `w2v why --corpus`.

Where one of them is not given, it is as it was when the vectors were trained; so none has a default of its own. The
options of `w2v train` are in training_options.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import click

from w2v.cli.training_options import SettingOption
from w2v.settings import Setting, settings_of
from w2v.tokens.settings import CorpusConfig

__all__ = ["corpus_options", "given_settings"]

SETTINGS = (
    "tokenizer",
    "keep_tags",
    "lowercase",
    "locale",
    "normalize",
    "input_format",
    "column",
    "encoding",
    "encoding_errors",
)


class _AsInTraining(SettingOption):
    def _default(self, some: Setting) -> None:
        return None

    def _shown(self, some: Setting) -> str | bool:
        return "as in training"


def corpus_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the settings that say how a text is read and cut into words."""
    settings = {one.name: one for one in settings_of(CorpusConfig)}
    for name in reversed(SETTINGS):
        declared = (f"--{name.replace('_', '-')}", name)
        function = click.option(*declared, cls=_AsInTraining, of={"": settings[name]}, models=0)(function)
    return function


def given_settings(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings among options that have a value."""
    return {name: options[name] for name in SETTINGS if options.get(name) is not None}
