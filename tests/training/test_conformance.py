"""What every model of the registry promises. A new model is tried here without a line of its own.

The toy of hardening/toys/model is registered as well, so the tests do not lean on anything that only w2v's own models
have.
"""

from __future__ import annotations

import importlib
import json
import tomllib
import tracemalloc
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from training.toy import TOY, TOY_TREE

import w2v
import w2v.cli
from w2v import workers
from w2v.bench.comparing import _trainers
from w2v.cli import main
from w2v.errors import SettingsError
from w2v.progress import NullProgress
from w2v.settings import Setting, Settings, markdown_table, plain_values, settings_of
from w2v.tokens.settings import CorpusConfig
from w2v.training.model import Model
from w2v.training.models import MODELS
from w2v.training.settings import ModelSettings
from w2v.training.trainer import KeptData

SMALL = {"dim": 16, "epochs": 2, "threads": 1, "seed": 3}
ALL = {**MODELS, TOY.name: TOY}
ROOT = Path(__file__).parent.parent.parent


CHOICES = {
    "cbow_gradient": "mean",
    "subwords": "3-5",
    "window_weights": "1,0.5,0,2,0.25",
}  # settings that are no switches, and that choose other code
COMPOSED = {"subwords": "3-5", "buckets": 5_000}
TOGETHER: tuple[dict[str, Any], ...] = (
    {"cbow_gradient": "mean", "subwords": "3-5"},
    {"phrases": 1, "phrase_threshold": 0.5},
    {"init": "plain"},
    {"init": "composed", "keep_contexts": True, **COMPOSED},
    {"init": "plain", "freeze": "contexts"},
    {"init": "composed", "freeze": "old", "keep_contexts": True, **COMPOSED},
)  # settings that change data or beginning; where a model lacks one of them, it is not tried
OF_TEXT = {each.name for each in fields(CorpusConfig)}


def variants() -> Iterator[tuple[Model, dict[str, Any]]]:
    """Each model as it is, with each of its switches turned, and with what is tried together, where it has that."""
    for model in ALL.values():
        yield model, {}
        for one in settings_of(model.settings):
            if one.kind in ("switch", "flag"):
                yield model, {one.name: not one.default}
            elif one.name in CHOICES:
                yield model, {one.name: CHOICES[one.name]}
        names = OF_TEXT | {one.name for one in settings_of(model.settings)}
        yield from ((model, changes) for changes in TOGETHER if changes.keys() <= names)


def with_files(changes: dict[str, Any], corpus: Path) -> dict[str, Any]:
    """Return settings with the file of vectors to begin with, which lies beside the corpus."""
    return changes | {name: str(corpus.parent / f"{changes[name]}.safetensors") for name in {"init"} & changes.keys()}


VARIANTS = [pytest.param(*each, id="-".join([each[0].name, *each[1]])) for each in variants()]
EACH = pytest.mark.parametrize(("model", "changes"), VARIANTS)
EACH_MODEL = pytest.mark.parametrize("model", ALL.values(), ids=list(ALL))


class Listener(NullProgress):
    """Remembers phases and messages; raises KeyboardInterrupt, as Ctrl-C does, after some updates of an epoch."""

    def __init__(self, epoch: int = 0, updates: int = 0) -> None:
        self.phases: list[tuple[str, str]] = []
        self.messages: list[str] = []
        self.epoch, self.wanted, self.seen = epoch, updates, 0

    def _stop(self) -> None:
        if self.phases and self.phases[-1][0].startswith(f"epoch {self.epoch}/") and self.seen >= self.wanted:
            raise KeyboardInterrupt

    def phase(self, name: str, total: int | None = None, unit: str = "", done: int = 0) -> None:
        self.phases.append((name, unit))
        self.seen = 0
        self._stop()

    def update(self, done: int, **fields: float | str) -> None:
        self.seen += 1
        self._stop()

    def message(self, text: str, level: str = "info") -> None:
        self.messages.append(text)


@pytest.fixture(scope="module", autouse=True)
def registered() -> Iterator[None]:
    """The toy is in the registry, and the commands are made anew with it."""
    commands = [importlib.import_module(f"w2v.cli.{name}") for name in ("train", "bench")]

    def renew() -> None:
        for module in commands:
            importlib.reload(module)
            w2v.cli.cli.commands.pop(module.__name__.rpartition(".")[2], None)

    MODELS[TOY.name] = TOY
    renew()
    yield
    del MODELS[TOY.name]
    renew()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Look at the workers so often that an epoch of a few milliseconds is seen half done."""
    monkeypatch.setattr(workers, "POLL", 0.0005)
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few chunks of tokens."""
    path = tmp_path_factory.mktemp("corpus") / "corpus.txt"
    words = np.random.default_rng(0).zipf(1.3, 90_000)
    lines = words[words <= 2000][:60_000].reshape(-1, 20)
    path.write_text("\n".join(" ".join(map(str, line)) for line in lines), "utf-8")
    before = [" ".join(map(str, line + 1)) for line in lines[:500]]
    for name, changes in (("plain", {}), ("composed", COMPOSED)):
        w2v.save(w2v.train(before, **SMALL, **changes, keep_contexts=True), path.with_name(f"{name}.safetensors"))
    return path


@pytest.fixture(scope="module")
def unbroken(corpus: Path) -> dict[str, w2v.Vectors]:
    """The vectors of each variant that was never stopped."""
    return {
        repr((model.name, changes)): w2v.train(corpus, model.name, **SMALL, **with_files(changes, corpus))
        for model, changes in variants()
    }


def same(one: w2v.Vectors, other: w2v.Vectors) -> None:
    assert one.matrix.tobytes() == other.matrix.tobytes()
    assert one.record is not None
    assert other.record is not None
    for name in ("loss", "heldout_loss", "settings", "vocabulary"):
        assert getattr(one.record, name) == getattr(other.record, name), name
    for name in ("words", "pairs"):
        assert one.record.trained[name] == other.record.trained[name], name


def settings_for(model: Model, changes: dict[str, Any]) -> ModelSettings:
    return model.settings(**{**SMALL, **{name: value for name, value in changes.items() if name not in OF_TEXT}})


@EACH
@pytest.mark.slow
def test_stopped_at_any_moment_and_resumed_it_gives_the_same_bytes(
    model: Model, changes: dict[str, Any], corpus: Path, unbroken: dict[str, Any], tmp_path: Path
) -> None:
    whole, folder = unbroken[repr((model.name, changes))], tmp_path / "run.checkpoint"
    changes = with_files(changes, corpus)
    for epoch, updates in ((1, 1), (1, 2), (2, 0), (2, 1), (2, 3)):
        try:  # a fast machine may give fewer updates
            w2v.train(corpus, model.name, **SMALL, **changes, checkpoint=folder, progress=Listener(epoch, updates))
            assert updates > 1
        except KeyboardInterrupt:
            same(w2v.train(checkpoint=folder, resume=True), whole)
        assert not folder.exists()


@EACH
@pytest.mark.slow
def test_threads_change_nothing_where_that_is_promised(
    model: Model, changes: dict[str, Any], corpus: Path, unbroken: dict[str, Any]
) -> None:
    whole = unbroken[repr((model.name, changes))]
    changes = with_files(changes, corpus)
    threads = 3 if model.reproducible(settings_for(model, changes)) else 1
    again = w2v.train(corpus, model.name, **{**SMALL, **changes, "threads": threads})
    assert again.matrix.tobytes() == whole.matrix.tobytes()


@EACH
@pytest.mark.slow
def test_memory_stays_below_what_is_announced(model: Model, changes: dict[str, Any], corpus: Path) -> None:
    changes = with_files(changes, corpus)
    settings = settings_for(model, changes)
    text = CorpusConfig(**{name: value for name, value in changes.items() if name in OF_TEXT})
    with model.open_data()([str(corpus)], text, settings, cache_dir=None, progress=NullProgress()) as data:
        kind = model.trainer_for(settings)
        required = kind.requirements(data.vocabulary, settings)
        tracemalloc.start()
        trainer = kind.open(data, settings, KeptData(), NullProgress())
        vectors = trainer.vectors()
        held = list(trainer.arrays(trainer.begin(w2v.training.state.Position(), None)).values())
        held += [one for one in vectors.values() if not any(np.may_share_memory(one, array) for array in held)]
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert vectors["words"].shape == (len(data.vocabulary), required.width)
    assert sum(array.nbytes for array in held) <= required.memory + 100_000
    assert peak <= required.memory + 64_000_000  # what does not grow with the vocabulary


@pytest.mark.slow
@EACH_MODEL
def test_progress_and_record_speak_of_the_model(model: Model, corpus: Path) -> None:
    listener = Listener()
    record = w2v.train(corpus, model.name, **SMALL, progress=listener).record
    assert record is not None
    assert record.model == model.name
    assert [phase for phase in listener.phases if phase[0].startswith("epoch")] == [
        (f"epoch {epoch}/2", model.unit) for epoch in (1, 2)
    ]
    assert len(record.loss) == 2
    assert model.loss in model.account(record)
    assert f"{int(record.trained[model.counted]):,} {model.unit} in" in model.account(record)
    assert any(text.startswith(f"epoch 2: {model.loss} ") for text in listener.messages)
    assert {one.name for one in settings_of(model.settings)} <= record.settings.keys()
    assert {name: record.settings[name] for name in SMALL} == SMALL
    assert json.loads(json.dumps(record.to_dict(), allow_nan=False)) == json.loads(json.dumps(record.to_dict()))


def example(one: Setting) -> Any:
    """Another value than the default."""
    if one.choices:
        return next(choice for choice in one.choices if choice != one.default)
    if one.kind in ("switch", "flag"):
        return not one.default
    if one.kind in ("whole", "bytes"):
        return int(max(one.at_least or 0, 1)) + 2
    if one.kind == "real":
        return 0.125
    return f"{one.name}.file"


@EACH_MODEL
def test_each_setting_goes_through_options_files_and_json(
    model: Model, corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for one in settings_of(model.settings):
        value = example(one)
        try:
            settings = model.settings(**{one.name: value})
        except SettingsError:  # it contradicts the default of another setting
            continue
        assert model.settings(**json.loads(json.dumps(plain_values(settings)))) == settings
        option = f"--{one.name.replace('_', '-')}"
        given = [option] if one.kind == "flag" else [option, str(value)]
        assert main(["train", str(corpus), "--model", model.name, *given, "--show-config"]) == 0
        shown = capsys.readouterr().out
        assert tomllib.loads(shown)["train"][one.name] == value
        Path("run.toml").write_text(shown, "utf-8")
        assert main(["train", "--config", "run.toml", "--show-config"]) == 0
        assert capsys.readouterr().out == shown
    assert main(["train", "--model", model.name, "--show-config"]) == 0
    shown = capsys.readouterr().out
    for one in settings_of(model.settings):
        if one.default is not None and one.kind not in ("switch", "flag"):  # in force, whether given or not
            assert f"\n{one.name} = " in shown or f"\n# {one.name} = " in shown, one.name


@EACH_MODEL
@pytest.mark.parametrize("value", [-1, "many", float("nan"), None])
def test_impossible_values_are_refused_with_what_is_allowed(model: Model, value: object) -> None:
    for one in settings_of(model.settings):
        if one.kind in ("input", "output") or (value is None and one.optional):
            continue
        with pytest.raises(SettingsError, match=f"^{one.name} is ") as caught:
            model.settings(**{one.name: value})
        assert caught.value.hint == f"{one.name} must be {one.allowed}"


@pytest.mark.slow
@EACH_MODEL
def test_the_command_trains_it_and_its_help_has_it(
    model: Model, corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [word for name, value in SMALL.items() for word in (f"--{name}", str(value))]
    assert main(["train", str(corpus), "--model", model.name, *given, "-o", "v.bin"]) == 0
    assert f" {model.unit} in " in capsys.readouterr().err
    assert w2v.load("v.bin").dim == 16
    assert main(["train", "--help"]) == 0
    page = " ".join(capsys.readouterr().out.split())
    assert f"{model.name}: {model.title}" in page
    for one in settings_of(model.settings):
        assert f"--{one.name.replace('_', '-')} " in page, one.name


@EACH_MODEL
def test_bench_covers_models_that_other_tools_can_train(model: Model, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--help"]) == 0
    page = " ".join(capsys.readouterr().out.split())
    assert (f"{model.name}: {model.title}" in page) == bool(model.peers)
    settings = model.settings(**SMALL)
    if not model.peers:
        with pytest.raises(SettingsError, match="no other tool"):
            _trainers(CorpusConfig(), settings, [])
        return
    peers = [("mine", ["true"])] if "word2vec.c" in model.peers else []
    names = [trainer.name for trainer in _trainers(CorpusConfig(), settings, peers)]
    assert names == ["w2v", *(name for name in model.peers if name == "gensim"), *(name for name, _ in peers)]
    assert model.flop_per_pair is not None
    assert model.flop_per_pair(settings) > 0


@EACH_MODEL
def test_its_page_has_every_setting(model: Model) -> None:
    """The table in docs/settings is the one that the settings make of themselves."""
    folder = TOY_TREE if model is TOY else ROOT
    check_page(folder / "docs" / "settings" / f"{model.name}.md", model.settings)


def test_the_page_on_text_has_every_setting() -> None:
    check_page(ROOT / "docs" / "settings.md", CorpusConfig)


def check_page(page: Path, settings: type[Settings]) -> None:
    table = markdown_table(settings)
    assert table in page.read_text("utf-8"), f"put this into {page}:\n{table}"
