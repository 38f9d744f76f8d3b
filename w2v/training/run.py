"""What a run is: model, settings, sources; asked for anew, or that of a checkpoint, with which all asked must agree.

Not here: training, and where settings come from (flags, environment, files).
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime
from typing import Any

from w2v.config import MODELS, CorpusConfig, GloveConfig, SgnsConfig
from w2v.errors import CorpusError, FormatError, SettingsError
from w2v.progress import Progress
from w2v.record import environment
from w2v.training.checkpoint_file import Checkpoint

__all__ = ["Model", "Run", "Source"]

Source = str | os.PathLike[str]
Model = str | SgnsConfig | GloveConfig

# How a run is done, not what comes of it (of SGNS on several threads nobody can say that anyhow).
PATHS = {"cooccurrences", "keep_cooccurrences"}
MEANS = {"threads", "memory", *PATHS}


@dataclass(frozen=True)
class Run:
    """model: its name. text, config: settings. sources: of the corpus, as they were named; none with a counted matrix.

    started: of the first attempt, UTC, ISO 8601. resumed: how often it went on from a checkpoint.
    """

    model: str
    text: CorpusConfig
    config: SgnsConfig | GloveConfig
    sources: tuple[str, ...]
    started: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    resumed: int = 0

    @classmethod
    def asked_for(cls, corpus: Sequence[Source], model: Model | None, settings: Mapping[str, Any]) -> Run:
        """A new run. Raises SettingsError for a setting that does not exist or is impossible."""
        name, text, of_model = _sorted_out(model or "sgns", settings)
        config = MODELS[name](**of_model) if model is None or isinstance(model, str) else model
        return cls(name, CorpusConfig(**text), config, tuple(os.fspath(source) for source in corpus))

    @classmethod
    def gone_on_with(
        cls, found: Checkpoint, corpus: Sequence[Source], model: Model | None, settings: Mapping[str, Any]
    ) -> Run:
        """The run of a checkpoint; what is asked for beside must agree with it, or be a matter of means.

        Raises SettingsError, naming all that differs, and FormatError for a checkpoint that does not say what it is of.
        """
        try:
            run = _from_json(found.run)
        except (KeyError, TypeError, ValueError, SettingsError) as error:
            raise FormatError(f"{found.path}: its settings cannot be read ({error})") from error
        name, text, of_model = _sorted_out(run.model if model is None else model, settings)
        whole = {} if model is None or isinstance(model, str) else asdict(model)
        before = {"model": run.model, **asdict(run.text), **asdict(run.config)}
        asked = {"model": name, **text, **(of_model | whole if name == run.model else {})}
        differ = [
            f"{setting} is {value!r}, and was {before[setting]!r}"
            for setting, value in asked.items()
            if setting not in MEANS and value != before[setting]
        ]
        if differ:
            raise SettingsError(
                f"{found.path.parent} is of a run with other settings: {'; '.join(differ)}",
                hint="leave out what differs, or begin anew with --no-resume",
            )
        means = {setting: value for setting, value in asked.items() if setting in MEANS and value is not None}
        sources = tuple(os.fspath(source) for source in corpus) or run.sources
        if not corpus and "-" in sources and "cooccurrences" not in means:
            raise SettingsError(
                "the corpus came from standard input or from Python, and cannot be read again",
                hint="pipe it in once more, and name -; from Python, give the texts once more",
            )
        return replace(run, config=replace(run.config, **means), sources=sources, resumed=run.resumed + 1)

    def check_data(self, found: Checkpoint, data: str) -> None:
        """Raise CorpusError if a checkpoint is of other data (their SHA-256 is `data`)."""
        if found.run.get("data") != data:
            raise CorpusError(
                f"the text has changed: {found.path.parent} is of one with sha256 {str(found.run.get('data'))[:12]}…, "
                f"and this is {data[:12]}…",
                hint="give the same text as before, or begin anew with --no-resume",
            )

    def check_versions(self, found: Checkpoint, progress: Progress) -> None:
        """Warn where other versions may round differently."""
        now, then = environment(), found.run.get("environment")
        then = then if isinstance(then, dict) else {}
        changed = [f"{name} {then.get(name)} → {value}" for name, value in now.items() if then.get(name) != value]
        if changed:
            progress.message(f"bytes may differ from those of an unbroken run: {', '.join(changed)}", "warning")

    def to_json(self, data: str) -> dict[str, Any]:
        """Plain JSON values, paths such as hold from any folder, with the SHA-256 of the data."""
        settings = {
            name: os.path.abspath(value) if name in PATHS and value is not None else value
            for name, value in asdict(self.config).items()
        }
        sources = [source if source == "-" else os.path.abspath(source) for source in self.sources]
        facts = {"model": self.model, "text": asdict(self.text), "settings": settings, "sources": sources}
        return {
            **facts,
            "started": self.started,
            "resumed": self.resumed,
            "data": data,
            "environment": environment(),
        }


def _from_json(values: Mapping[str, Any]) -> Run:
    return Run(
        model=values["model"],
        text=CorpusConfig(**values["text"]),
        config=MODELS[values["model"]](**values["settings"]),
        sources=tuple(map(str, values["sources"])),
        started=str(values["started"]),
        resumed=int(values["resumed"]),
    )


def _sorted_out(model: Model, settings: Mapping[str, Any]) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """The model's name, the settings of the text, and those of the model. Raises SettingsError for unknown ones."""
    whole = not isinstance(model, str)
    name = model if isinstance(model, str) else next((name for name, kind in MODELS.items() if type(model) is kind), "")
    if name not in MODELS:
        raise SettingsError(f"model is {model!r}", hint=f"model must be one of {', '.join(MODELS)}")
    of_text = {setting.name for setting in fields(CorpusConfig)}
    of_model: set[str] = set() if whole else {setting.name for setting in fields(MODELS[name])}
    for given in settings:
        if given not in of_text | of_model:
            known = f"its settings are {', '.join(sorted(of_text | of_model))}"
            others = [other for other, kind in MODELS.items() if hasattr(kind, given)]
            raise SettingsError(
                f"{given!r} is not a setting of {'the text' if whole else name}",
                hint=f"--model {others[0]} has it; {known}" if others and not whole else known,
            )
    text = {given: value for given, value in settings.items() if given in of_text}
    return name, text, {given: value for given, value in settings.items() if given in of_model}
