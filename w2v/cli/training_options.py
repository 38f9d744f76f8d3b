"""The settings of a training run as options, shared by the commands that train. Not here: what they do (w2v.config).

Names and defaults are those of the fields of `CorpusConfig` and of the models' settings; each help text is
written here, once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import click

from w2v.config import MODELS, CorpusConfig
from w2v.text.kinds import KINDS
from w2v.text.reading import AUTO

__all__ = ["Size", "training_settings"]


UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "KI": 2**10, "MI": 2**20, "GI": 2**30, "TI": 2**40}


class Size(click.ParamType[int]):
    """Bytes, with a unit or without: 200MB, 1.5GB, 512MiB."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        match = re.fullmatch(r"(\d+(?:\.\d+)?) *([KMGT]?I?)B?", str(value).upper())
        if match is None or match[2] not in UNITS:
            self.fail(f"{value!r} is no size such as 200MB or 1.5GB", param, ctx)
        return int(float(match[1]) * UNITS[match[2]])


SETTINGS: dict[str, dict[str, Any]] = {
    "dim": {"type": int, "help": "Dimensions of a vector."},
    "window": {
        "type": int,
        "help": "Greatest distance between a word and its context.",
        "show_default": "sgns 5; glove 15, from 100 M tokens 10",
    },
    "negative": {"type": int, "help": "Noise words for each centre."},
    "sample": {"type": float, "help": "Threshold of subsampling; 0 keeps every token."},
    "epochs": {"type": int, "help": "Passes over the corpus, or over the matrix that glove makes of it."},
    "learning_rate": {"type": float, "help": "Where the learning rate starts; it falls, for sgns linearly."},
    "shared_negatives": {
        "type": bool,
        "help": "Draw noise words once a centre (on), or for every pair in word2vec.c's order (off: exact, slower).",
        "metavar": "on|off",
        "show_default": "sgns on",
    },
    "deterministic": {
        "type": bool,
        "help": "The same bytes at any number of threads, at about half the speed; glove always gives them.",
        "is_flag": True,
        "show_default": False,
    },
    "x_max": {
        "type": float,
        "help": "Co-occurrences from there on count alike in the cost.",
        "show_default": "glove 10, from 100 M tokens 100",
    },
    "alpha": {"type": float, "help": "Smaller co-occurrences x count (x / x_max)^alpha."},
    "contexts": {
        "type": click.Choice(["symmetric", "left"]),
        "help": "Count words on both sides, or a word with those after it alone (-symmetric 0 of Stanford's tools).",
        "show_default": "glove symmetric",
    },
    "weighting": {
        "type": click.Choice(["distance", "flat"]),
        "help": "Count a pair as 1 / its distance, or as 1.",
        "show_default": "glove distance",
    },
    "tolerance": {"type": float, "help": "Stop when the cost falls by less than this share of itself; 0 never does."},
    "output_vectors": {
        "type": click.Choice(["sum", "w", "c", "both"]),
        "help": "Word and context vectors added up, one of them, or both side by side.",
    },
    "memory": {
        "type": Size(),
        "metavar": "SIZE",
        "help": "Memory to work in; what it does not hold of the co-occurrences goes to the disk.",
        "show_default": "glove half of what is free",
    },
    "cooccurrences": {
        "type": click.Path(path_type=Path),
        "metavar": "FILE",
        "help": "Train on this matrix, kept by an earlier run, instead of CORPUS.",
    },
    "keep_cooccurrences": {
        "type": click.Path(path_type=Path),
        "metavar": "FILE",
        "help": "Keep the matrix of co-occurrences there.",
    },
    "threads": {
        "type": int,
        "help": "Worker threads. A seed gives the same bytes: sgns with one or --deterministic, glove with any number.",
        "show_default": "all cores",
    },
    "seed": {"type": int, "help": "Of every random choice."},
    "min_count": {"type": int, "help": "Drop words that occur less often."},
    "max_vocab": {"type": int, "help": "Keep the N most frequent words only."},
    "tokenizer": {
        "type": click.Choice(["whitespace", "words"]),
        "help": "Split at white space, or find the words in running text with punctuation.",
    },
    "input_format": {
        "type": click.Choice([AUTO, *KINDS]),
        "metavar": "KIND",
        "help": f"What the files are: {', '.join(KINDS)}; {AUTO} recognises each of them.",
        "show_default": "plain; with --column csv or json",
    },
    "column": {
        "type": str,
        "metavar": "NAME",
        "help": "Read the texts of this column of CSV (its name or number), or of this key of JSON (title.en).",
    },
    "encoding": {"type": str, "metavar": "NAME", "help": "The encoding of the files, such as cp1252 or utf-16."},
    "lowercase": {"type": bool, "help": "Lower-case the text.", "is_flag": True},
    "encoding_errors": {
        "type": click.Choice(["strict", "replace"]),
        "help": "Stop at bytes that are not of the encoding, or put U+FFFD in their place.",
    },
}
LETTERS = {int: "N", float: "X"}


def training_settings(*left_out: str, models: Sequence[str] = ("sgns",)) -> Callable[[Any], Any]:
    """The settings of `models` as options of a command, but those `left_out`; its function receives them by name.

    A setting that not all of the models have, or that they have different defaults for, is None unless it was given.
    """

    def decorate(function: Any) -> Any:
        for name, facts in reversed(SETTINGS.items()):
            defaults = _defaults(name, models)
            if defaults and name not in left_out:
                function = _option(name, facts, defaults, len(models))(function)
        return function

    return decorate


def _defaults(name: str, models: Sequence[str]) -> dict[str, Any]:
    """The default of a setting by model; by "" where it belongs to the text."""
    if hasattr(CorpusConfig, name):
        return {"": getattr(CorpusConfig, name)}
    return {model: getattr(MODELS[model], name) for model in models if name in {f.name for f in fields(MODELS[model])}}


def _option(name: str, facts: dict[str, Any], defaults: dict[str, Any], models: int) -> Callable[[Any], Any]:
    values = set(defaults.values())
    shared = len(values) == 1 and ("" in defaults or len(defaults) == models)
    shown: str | bool = True
    if not shared:
        shown = "; ".join(f"{model} {value}" for model, value in defaults.items() if value is not None) or False
    elif models == 1 and values != {None}:
        facts = {fact: value for fact, value in facts.items() if fact != "show_default"}
    default = values.pop() if shared else None
    if isinstance(default, bool) and not facts.get("is_flag"):  # in words, so that the help shows what one types
        default = "on" if default else "off"
    more = {"metavar": LETTERS.get(facts["type"]), "show_default": shown, **facts}
    return click.option(f"--{name.replace('_', '-')}", name, default=default, **more)
