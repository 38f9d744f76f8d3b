"""The settings of a training run as options, shared by the commands that train. Not here: what they do (w2v.config).

Names and defaults are those of the fields of `CorpusConfig` and `SgnsConfig`; each help text is written once, here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from w2v.config import CorpusConfig, SgnsConfig

__all__ = ["training_settings"]


def _setting(name: str, kind: Any, described: str, **more: Any) -> Callable[[Any], Any]:
    home = CorpusConfig if hasattr(CorpusConfig, name) else SgnsConfig
    more = {"metavar": "N" if kind is int else None, **more}
    return click.option(
        f"--{name.replace('_', '-')}", name, type=kind, default=getattr(home, name), help=described, **more
    )


SETTINGS = {
    "dim": _setting("dim", int, "Dimensions of a vector."),
    "window": _setting("window", int, "Greatest distance between a word and its context."),
    "negative": _setting("negative", int, "Noise words for each centre."),
    "sample": _setting("sample", float, "Threshold of subsampling; 0 keeps every token.", metavar="X"),
    "epochs": _setting("epochs", int, "Passes over the corpus."),
    "learning_rate": _setting(
        "learning_rate", float, "Where the learning rate starts; it falls linearly.", metavar="X"
    ),
    "shared_negatives": _setting(
        "shared_negatives",
        bool,
        "Draw noise words once a centre (on), or for every pair in word2vec.c's order (off: exact, slower).",
        metavar="on|off",
    ),
    "threads": _setting(
        "threads", int, "Worker threads; with one, the same seed gives the same bytes.", show_default="all cores"
    ),
    "seed": _setting("seed", int, "Of every random choice."),
    "min_count": _setting("min_count", int, "Drop words that occur less often."),
    "max_vocab": _setting("max_vocab", int, "Keep the N most frequent words only."),
    "tokenizer": _setting(
        "tokenizer",
        click.Choice(["whitespace", "words"]),
        "Split at white space, or find the words in running text with punctuation.",
    ),
    "lowercase": _setting("lowercase", bool, "Lower-case the text.", is_flag=True),
    "encoding_errors": _setting(
        "encoding_errors",
        click.Choice(["strict", "replace"]),
        "Stop at bytes that are not UTF-8, or put U+FFFD in their place.",
    ),
}


def training_settings(*left_out: str) -> Callable[[Any], Any]:
    """All settings as options of a command, but those `left_out`; the function receives them by their names."""

    def decorate(function: Any) -> Any:
        for name, option in reversed(SETTINGS.items()):
            if name not in left_out:
                function = option(function)
        return function

    return decorate
