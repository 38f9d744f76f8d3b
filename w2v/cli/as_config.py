"""The record of a run as a file of settings with which `w2v train --config` runs it again."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from w2v.cli.settings import to_toml_value
from w2v.errors import FormatError
from w2v.report.characters import ONE_LINE
from w2v.settings import Setting, settings_of
from w2v.tokens.settings import CorpusConfig
from w2v.training.models import MODELS

if TYPE_CHECKING:
    from w2v.record import RunRecord

__all__ = ["as_config"]


def as_config(record: RunRecord, path: Path) -> str:
    """Return TOML for `w2v train --config`; comments say what it cannot hold, or what may differ.

    Raises FormatError for a run that only Python can run again.
    """
    tokenizer = record.settings.get("tokenizer")
    tokenizers = next(one.choices for one in settings_of(CorpusConfig) if one.name == "tokenizer")
    if tokenizer is not None and tokenizer not in tokenizers and not _trained_on_a_matrix(record):
        raise FormatError(
            f"{path} cannot be run again from a file of settings: a function of Python, {tokenizer!r:.80}, found its "
            "words",
            hint="run it again in Python: w2v.train(corpus, tokenize=FUNCTION, …); --json shows its settings",
        )
    comments = (f"# {' '.join(line.split()).translate(ONE_LINE)}" for line in _comments(record, path))
    return "\n".join([*comments, "", "[train]", *_settings(record)])


def _comments(record: RunRecord, path: Path) -> Iterator[str]:
    begun = f"begun {record.started}, {record.corpus.get('tokens', 0):,} tokens"
    yield f"The run of {path.name}: {record.model}, {begun}."
    yield "Run it again: w2v train --config THIS_FILE -o again.safetensors"
    versions = ", ".join(f"{name} {version}" for name, version in record.environment.items())
    yield f"Versions: {versions or 'unknown'}"
    if not _trained_on_a_matrix(record) and not _files(record):
        names = ", ".join(map(str, record.corpus.get("sources", ()))) or "from Python"
        yield f"The text is not here: it was {names}. Name it on the command line."
    if not _gives_the_same(record):
        yield f"{record.threads} threads trained without locks, so the numbers will differ a little."
    unknown = sorted(record.settings.keys() - {one.name for one in (*_known(record), *settings_of(CorpusConfig))})
    if unknown:
        yield f"Left out, as 'w2v train' has no such settings: {', '.join(unknown)}"


def _settings(record: RunRecord) -> Iterator[str]:
    yield f"model = {to_toml_value(record.model)}"
    files = _files(record)
    if files:
        yield f"corpus = {to_toml_value(files)}"
    fingerprint = str(record.corpus.get("fingerprint", ""))
    if re.fullmatch("[0-9a-f]{64}", fingerprint):
        yield f"expect_text = {to_toml_value(fingerprint)}"
    for one in _known(record):
        value = to_toml_value(_typed(record.settings.get(one.name), one))
        if value and one.kind != "output":
            yield f"{one.name} = {value}"


def _typed(value: Any, one: Setting) -> Any:
    """Return a value as the command line takes it."""
    return ("on" if value else "off") if one.kind == "switch" and isinstance(value, bool) else value


def _known(record: RunRecord) -> list[Setting]:
    """Return the settings of the model and of the text; without those of the text where no text was read."""
    model = MODELS.get(record.model)
    of_text = () if _trained_on_a_matrix(record) else settings_of(CorpusConfig)
    return [*(settings_of(model.settings) if model is not None else ()), *of_text]


def _trained_on_a_matrix(record: RunRecord) -> bool:
    model = MODELS.get(record.model)
    instead = None if model is None else model.instead_of_corpus
    return instead is not None and record.settings.get(instead) is not None


def _files(record: RunRecord) -> list[str]:
    """Return the names of the texts, where they are files that can be read again."""
    sources = [str(source) for source in record.corpus.get("sources", ())]
    return sources if not _trained_on_a_matrix(record) and all(map(os.path.exists, sources)) else []


def _gives_the_same(record: RunRecord) -> bool:
    model = MODELS.get(record.model)
    if record.threads == 1 or model is None:
        return True
    own = {one.name for one in settings_of(model.settings)}
    settings = model.settings(**{name: value for name, value in record.settings.items() if name in own})
    return model.reproducible(settings)
