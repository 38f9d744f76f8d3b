"""Which model, settings and sources a run has: those asked for, or those of the checkpoint that it is resumed from.

Where settings come from: w2v/cli/settings.py. What a run does: session.py.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import Any

from w2v.errors import CorpusError, FormatError, SettingsError
from w2v.gensim_names.table import SETTINGS
from w2v.progress import Progress
from w2v.record import environment
from w2v.settings import Settings, plain_values, settings_of
from w2v.tokens.phrase_lists import ALL_LISTS
from w2v.tokens.settings import CorpusConfig
from w2v.tokens.word_lists import names_a_list
from w2v.training.checkpoint_file import Checkpoint
from w2v.training.model import Model
from w2v.training.models import DEFAULT, MODELS, model_named, model_of
from w2v.training.settings import ModelSettings
from w2v.training.trainer import Trainer

__all__ = ["ModelChoice", "Run", "Source"]

Source = str | os.PathLike[str]
ModelChoice = str | ModelSettings


@dataclass(frozen=True)
class Run:
    """What is trained, how, and on what.

    text, settings: how the corpus is read, and the model's own settings. sources: of the corpus, as they were named;
    empty where the model trains on a file instead. started: of the first attempt, UTC, ISO 8601. resumed: how often the
    run went on from a checkpoint. by_workers: whether other processes train, and not
    this one alone.
    """

    model: Model
    text: CorpusConfig
    settings: ModelSettings
    sources: tuple[str, ...]
    started: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    resumed: int = 0
    by_workers: bool = False

    @classmethod
    def asked_for(cls, corpus: Sequence[Source], choice: ModelChoice | None, given: Mapping[str, Any]) -> Run:
        """Return a new run. Raises SettingsError for a setting that does not exist or is impossible."""
        model, whole = _chosen(choice or DEFAULT)
        of_text, of_model = _sorted_out(model, given, whole=whole is not None)
        settings = model.settings(**of_model) if whole is None else whole
        return cls(model, CorpusConfig(**of_text), settings, tuple(os.fspath(source) for source in corpus))

    @classmethod
    def resumed_from(
        cls, found: Checkpoint, corpus: Sequence[Source], choice: ModelChoice | None, given: Mapping[str, Any]
    ) -> Run:
        """Return the run of a checkpoint. What is asked for beside must agree with it, or not change the result.

        Raises SettingsError, naming all that differs, and FormatError for a checkpoint that does not say what it is of.
        """
        run = _from_json(found)
        model, whole = (run.model, None) if choice is None else _chosen(choice)
        of_text, of_model = _sorted_out(model, given, whole=whole is not None)
        if whole is not None:
            of_model = plain_values(whole)
        asked = {"model": model.name, **of_text, **(of_model if model is run.model else {})}
        before = {"model": run.model.name, **plain_values(run.text), **plain_values(run.settings)}
        asked |= _absolute_lists(asked) | _absolute_files(run.model, asked)
        free = {one.name for one in settings_of(run.model.settings) if not one.changes_result}
        differ = [
            f"{name} is {value!r}, and was {before[name]!r}"
            for name, value in asked.items()
            if name not in free and value != before[name]
        ]
        if differ:
            raise SettingsError(
                f"{found.path.parent} is of a run with other settings: {'; '.join(differ)}",
                hint="leave out what differs, or start again with --no-resume",
            )
        changed: dict[str, Any] = {name: asked[name] for name in free & asked.keys() if asked[name] is not None}
        sources = tuple(os.fspath(source) for source in corpus) or run.sources
        if not corpus and "-" in sources and model.instead_of_corpus not in changed:
            raise SettingsError(
                "the corpus came from standard input or from Python, and cannot be read again",
                hint="pipe it in once more, and name -; from Python, give the texts once more",
            )
        settings = replace(run.settings, **changed)
        return replace(run, settings=settings, sources=sources, resumed=run.resumed + 1)

    @property
    def names_data(self) -> bool:
        """Whether there is a corpus to train on, or the file that the model takes in place of one."""
        instead = self.model.instead_of_corpus
        return bool(self.sources) or (instead is not None and getattr(self.settings, instead) is not None)

    def starts_again(self, found: Checkpoint, corpus: Sequence[Source], data: str) -> bool:
        """Return whether the text has changed since the checkpoint, so that training must start from the beginning.

        corpus: as it is named now; data: the SHA-256 of its text. Raises CorpusError where the text has changed, and
        nobody has named the corpus again, or only under other names: going on with the old text may have been meant.
        """
        if found.run.get("data") == data:
            return False
        then = set(map(str, found.run.get("sources", ())))
        if then.isdisjoint(source if source == "-" else _absolute(source) for source in corpus):
            raise CorpusError(
                f"the text has changed: {found.path.parent} is of one with sha256 {str(found.run.get('data'))[:12]}…, "
                f"and this is {data[:12]}…",
                hint="give the same text as before, or start again with --no-resume",
            )
        return True

    def anew(self) -> Run:
        """Return a run with the same settings that starts from the beginning now."""
        return Run(self.model, self.text, self.settings, self.sources, by_workers=self.by_workers)

    @property
    def trainer(self) -> type[Trainer[Any]]:
        """The class that trains. Raises SettingsError where workers cannot train with such settings."""
        if not self.by_workers:
            return self.model.trainer_for(self.settings)
        return self.model.trainer_by_workers(self.settings)

    def check_versions(self, found: Checkpoint, progress: Progress) -> None:
        """Warn where other versions of the software may round differently."""
        now, then = environment(), found.run.get("environment")
        then = then if isinstance(then, dict) else {}
        changed = [f"{name} {then.get(name)} → {value}" for name, value in now.items() if then.get(name) != value]
        if changed:
            progress.message(f"bytes may differ from those of an unbroken run: {', '.join(changed)}", "warning")

    def to_json(self, data: str) -> dict[str, Any]:
        """Return plain JSON values, with the SHA-256 of the data; paths hold from any folder."""
        values = plain_values(self.settings)
        text = plain_values(self.text)
        return {
            "model": self.model.name,
            "text": text | _absolute_lists(text),
            "settings": values | _absolute_files(self.model, values),
            "sources": [source if source == "-" else _absolute(source) for source in self.sources],
            "started": self.started,
            "resumed": self.resumed,
            "data": data,
            "environment": environment(),
        }


def _absolute(path: Source | None) -> str | None:
    return None if path is None else os.path.abspath(os.fspath(path))


def _absolute_files(model: Model, settings: Mapping[str, Any]) -> dict[str, str | None]:
    """The files among the settings of a model, by paths that hold from any folder."""
    names = {one.name for one in settings_of(model.settings) if one.kind in ("input", "output")}
    return {name: _absolute(settings[name]) for name in names & settings.keys()}


def _absolute_lists(text: Mapping[str, Any]) -> dict[str, Any]:
    """The lists of words among the settings of the text, by paths that hold from any folder; not the languages."""
    lists = {name: text[name] for name in ALL_LISTS if text.get(name) is not None}
    return {name: os.path.abspath(path) for name, path in lists.items() if names_a_list(path)}


def _from_json(found: Checkpoint) -> Run:
    values = found.run
    try:
        model = model_named(values["model"])
        return Run(
            model=model,
            text=CorpusConfig(**values["text"]),
            settings=model.settings(**values["settings"]),
            sources=tuple(map(str, values["sources"])),
            started=str(values["started"]),
            resumed=int(values["resumed"]),
        )
    except (KeyError, TypeError, ValueError, SettingsError) as error:
        raise FormatError(f"{found.path}: its settings cannot be read ({error})") from error


def _chosen(choice: ModelChoice) -> tuple[Model, ModelSettings | None]:
    """Return a model, and its settings where they were given as a whole. Raises SettingsError for an unknown model."""
    if isinstance(choice, ModelSettings):
        return model_of(choice), choice
    return model_named(choice), None


def _sorted_out(model: Model, given: Mapping[str, Any], *, whole: bool) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the settings of the text and those of the model, which is given none of them where it has a `whole`.

    Raises SettingsError for unknown ones.
    """
    of_text, of_model = _names(CorpusConfig), set() if whole else _names(model.settings)
    for name in given:
        if name not in of_text | of_model:
            whose = "text" if whole else model.name
            known = f"the settings of {whose} are {', '.join(sorted(of_text | of_model))}"
            if name in SETTINGS:
                raise SettingsError(
                    f"{name!r} is not a setting of {whose}", hint=f"what gensim calls {name} is {SETTINGS[name]} here"
                )
            if name in model.lacks:
                raise SettingsError(f"{name!r} is not a setting of {whose}: {model.lacks[name]}", hint=known)
            near = _meant(name, of_text | of_model)
            if near:
                raise SettingsError(
                    f"{name!r} is not a setting of {whose}", hint=f"did you mean {' or '.join(map(repr, near))}?"
                )
            others = [other.name for other in MODELS.values() if name in _names(other.settings)]
            raise SettingsError(
                f"{name!r} is not a setting of {whose}",
                hint=f"{_models_with(others)}; {known}" if others and not whole else known,
            )
    for name, value in given.items():
        _refuse_word(model, name, value)
    text = {name: value for name, value in given.items() if name in of_text}
    return text, {name: value for name, value in given.items() if name in of_model}


def _models_with(models: Sequence[str]) -> str:
    named = " and ".join(f"--model {model}" for model in models)
    return f"{named} {'has' if len(models) == 1 else 'have'} it"


def _meant(name: str, known: Iterable[str]) -> list[str]:
    """The settings that may be meant by an unknown name: those that begin alike, else those that are spelt alike."""
    listed = sorted(known)
    begun = [each for each in listed if len(each) > 2 and (each.startswith(name) or name.startswith(each))]
    return begun if begun and len(name) > 2 else get_close_matches(name, listed, cutoff=0.75)


def _refuse_word(model: Model, name: str, value: object) -> None:
    """Raise SettingsError for a word, such as the window 'whole', that only other models take as a value."""
    own = {one.name: one for one in settings_of(model.settings)}.get(name)
    if own is None or not isinstance(value, str) or value in own.words:
        return
    others = [
        other.name
        for other in MODELS.values()
        if any(one.name == name and value in one.words for one in settings_of(other.settings))
    ]
    if others:
        raise SettingsError(
            f"{name} is {value!r}, which only {' and '.join(others)} take",
            hint=f"with {model.name}, {name} must be {own.allowed}",
        )


def _names(group: type[Settings]) -> set[str]:
    return {each.name for each in fields(group)}
