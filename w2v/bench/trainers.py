"""The trainers that are measured, each as the command that a user would run. Measuring: measuring.py.

All get the same settings. w2v reads the corpus as it is, the others read the copy of the workplace. What a trainer says
of its phases is taken from it (w2v's run record, gensim's own counts); of a peer only the whole command is known.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from w2v.bench import gensim_script
from w2v.bench.measuring import Usage, measure
from w2v.bench.workplace import LINE, Workplace
from w2v.errors import BenchError, SettingsError
from w2v.formats import read
from w2v.progress import Progress
from w2v.settings import settings_of
from w2v.tokens.settings import CorpusConfig
from w2v.training.models import model_of
from w2v.training.settings import ModelSettings
from w2v.vectors import Vectors

__all__ = ["GENSIM", "Gensim", "Outcome", "Peer", "Trainer", "W2v", "check_gensim"]

# A gensim worker takes 10,000 words and one line more, and trains on 10,000 of what subsampling leaves of them: without
# subsampling it loses up to one in eleven. It stops after the batch in which its share of the words is done.
LOST = 1 / 11
BATCH = 10_000 + LINE


@dataclass(frozen=True)
class Outcome:
    """What came of one run.

    figures: by name, as far as this trainer tells them: corpus_seconds, compile_seconds, train_seconds,
        train_cpu_seconds; trained_words (in-vocabulary tokens over all epochs, counted before subsampling), pairs;
        trained_share of those words, by gensim's own count.
    heldout_loss: of w2v, on a fixed sample of the text, before the first epoch and after each.
    """

    usage: Usage
    vectors: Vectors
    figures: Mapping[str, float]
    version: str = ""
    heldout_loss: tuple[float, ...] = ()


class Trainer(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def doubts(self) -> tuple[str, ...]:
        """What makes a comparison with this trainer unequal, a sentence each."""

    def run(self, place: Workplace, seed: int, progress: Progress) -> Outcome:
        """Train once, from text to file, in a process of its own. Raises BenchError."""


def _text_with_topics() -> str:
    """Return 50 lines of 1,000 tokens; each line is about one of ten topics, which have a hundred words each."""
    draws = random.Random(1)
    lines = ([f"{topic}-{draws.randrange(100)}" for _ in range(1_000)] for topic in range(10) for _ in range(5))
    return "".join(" ".join(line) + "\n" for line in lines)


def _that_learns(settings: ModelSettings) -> ModelSettings:
    """Return settings with the usual learning rate and passes, and without subsampling."""
    usual = type(settings)()
    names = {one.name for one in settings_of(type(settings))}
    changed: dict[str, Any] = {name: getattr(usual, name) for name in ("learning_rate", "epochs") if name in names}
    return replace(settings, **changed, **({"sample": 0.0} if "sample" in names else {}))


@dataclass(frozen=True)
class W2v:
    """`w2v train`, with kernels cached by `warm_up`."""

    text: CorpusConfig
    settings: ModelSettings
    name: str = "w2v"
    doubts: tuple[str, ...] = ()

    def warm_up(self, place: Workplace, progress: Progress) -> None:
        """Compile the kernels that these settings need, or find them compiled, by training on a tiny text.

        Training refuses to write vectors that have learnt nothing. So the text has topics, and settings that can keep
        a short training from learning, and that no kernel depends on, are the usual ones.
        """
        corpus = place.folder / "warm-up.txt"
        corpus.write_text(_text_with_topics(), "ascii")
        text = CorpusConfig(tokenizer=self.text.tokenizer, lowercase=self.text.lowercase)
        W2v(text, _that_learns(self.settings))._train((str(corpus),), place.folder, self.settings.seed, progress)

    def run(self, place: Workplace, seed: int, progress: Progress) -> Outcome:
        usage, vectors = self._train(place.sources, place.folder, seed, progress)
        assert vectors.record is not None
        record = vectors.record
        figures = {
            "corpus_seconds": record.timings["corpus"],
            "compile_seconds": record.timings["compile"],
            "train_seconds": record.timings["train"],
            "train_cpu_seconds": record.trained["cpu_seconds"],
            "trained_words": record.trained["words"],
            "pairs": record.trained["pairs"],
        }
        found = (len(vectors), record.vocabulary["tokens"])
        if found != (place.vocabulary, place.words):
            raise BenchError(
                f"{self.name} found {found[0]:,} words in {found[1]:,} tokens instead of {place.vocabulary:,} in "
                f"{place.words:,}",
                hint="the corpus changed while it was measured: start again",
            )
        return Outcome(usage, vectors, figures, record.environment["w2v"], record.heldout_loss)

    def _train(self, sources: tuple[str, ...], folder: Path, seed: int, progress: Progress) -> tuple[Usage, Vectors]:
        output, cache = folder / "w2v.safetensors", folder / "cache"
        command = [sys.executable, "-m", "w2v", "train", *sources, "-o", str(output), "--cache-dir", str(cache)]
        command += ["--model", model_of(self.settings).name]
        changed: dict[str, Any] = {"seed": seed}
        for group in (self.text, replace(self.settings, **changed)):
            for one in settings_of(type(group)):
                value, option = getattr(group, one.name), f"--{one.name.replace('_', '-')}"
                if one.kind == "flag":
                    command += [option] * value
                elif value is not None:
                    command += [option, str(value)]
        # Neither settings of this folder and environment, nor another w2v, may slip in.
        environment = {key: value for key, value in os.environ.items() if not key.startswith("W2V_")}
        package = str(Path(__file__).parent.parent.parent)
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, (package, environment.get("PYTHONPATH"))))
        try:
            usage = measure(
                [*command, "--quiet"],
                self.name,
                folder / "w2v.log",
                folder=folder,
                environment=environment,
                progress=progress,
            )
            return usage, read(output, progress=False)
        finally:
            output.unlink(missing_ok=True)
            shutil.rmtree(cache, ignore_errors=True)


GENSIM = "gensim"
"""The tool among the peers of a model."""


@dataclass(frozen=True)
class Gensim:
    """gensim with `corpus_file`, its fastest way: its Word2Vec, or its FastText where words have subwords."""

    text: CorpusConfig
    settings: ModelSettings
    doubts: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What reports call it: gensim, or gensim FastText."""
        return "gensim FastText" if self._arguments.get("class") == "FastText" else GENSIM

    @property
    def _arguments(self) -> Mapping[str, Any]:
        return model_of(self.settings).peers[GENSIM](self.settings)

    def run(self, place: Workplace, seed: int, progress: Progress) -> Outcome:
        settings, result, output = (place.folder / f"gensim.{part}" for part in ("settings", "json", "bin"))
        settings.write_text(json.dumps(self._settings(place, output, seed)), "utf-8")
        command = [sys.executable, "-P", gensim_script.__file__, str(settings), str(result)]
        try:
            usage = measure(
                command,
                self.name,
                place.folder / "gensim.log",
                folder=place.folder,
                environment=os.environ,
                progress=progress,
            )
            said = json.loads(result.read_text("utf-8"))
            check_gensim(said, place, self.settings)
            figures = {name: said[f"{name}_seconds"] for name in ("corpus", "train", "train_cpu")}
            figures = {f"{name}_seconds": value for name, value in figures.items()}
            # gensim counts all tokens; as many of them are in the vocabulary as in the whole text.
            figures["trained_share"] = said["trained_tokens"] / (place.tokens * self.settings.epochs)
            figures["trained_words"] = figures["trained_share"] * place.words * self.settings.epochs
            return Outcome(usage, read(output, progress=False), figures, said["version"])
        finally:
            for path in (settings, result, output):
                path.unlink(missing_ok=True)

    def _settings(self, place: Workplace, output: Path, seed: int) -> dict[str, Any]:
        return {
            **self._arguments,
            "corpus_file": str(place.lines),
            "output": str(output),
            "min_count": self.text.min_count,
            "workers": self.settings.worker_threads,
            "seed": seed % 2**32,  # numpy's limit
        }


def check_gensim(said: Mapping[str, int], place: Workplace, config: ModelSettings) -> None:
    """Raise BenchError where gensim counted other words than w2v, or did not train on all of them.

    On one endless line `corpus_file` silently trains each worker on the first 10,000 or 20,000 tokens of its part.
    """
    for name in ("tokens", "vocabulary", "words"):
        if said[name] != getattr(place, name):
            raise BenchError(
                f"gensim counted {said[name]:,} ({name}) where w2v counted {getattr(place, name):,}",
                hint="the two read the corpus differently, so they cannot be compared; please report it",
            )
    expected = place.tokens * config.epochs
    trained = said["trained_tokens"]
    most = expected + BATCH * config.worker_threads * config.epochs
    if not expected * (1 - LOST) <= trained <= most:
        raise BenchError(
            f"gensim trained on {trained:,} tokens instead of {expected:,}",
            hint="its workers share a file out by bytes: try fewer --threads, or a longer corpus",
        )


@dataclass(frozen=True)
class Flags:
    """How a tool names what every trainer is told, and where its vectors are, by what is added to -output.

    verb: which of its flags, if any, is not a flag but the first word. noise_power: the exponent of counts by which
    the tool draws noise words, whatever it is told. fault: what a user should know of the tool, a sentence.
    """

    corpus: str
    output: str
    min_count: str
    threads: str
    others: Mapping[str, Any] = field(default_factory=dict)
    suffix: str = ""
    verb: str = ""
    noise_power: float = 0.75
    fault: str = ""


FLAGS = {
    "word2vec.c": Flags(
        "train",
        "output",
        "min-count",
        "threads",
        {"binary": 1},
        fault="word2vec.c as published trains one epoch of all with one thread, and loses some with more: its threads "
        "do not clear eof before they read the text again; its figures are right if that is mended",
    ),
    "fasttext": Flags(
        "input", "output", "minCount", "thread", {"loss": "ns"}, suffix=".vec", verb="command", noise_power=0.5
    ),
}
ALIASES = {"word2vec": "word2vec.c"}
USUAL = "word2vec.c"  # whose flags a peer takes if its name is not that of a tool above


@dataclass(frozen=True)
class Peer:
    """Any other trainer that takes the flags of word2vec.c, or of the tool in FLAGS that it has the name of.

    command: comes before the flags.
    """

    name: str
    command: tuple[str, ...]
    text: CorpusConfig
    settings: ModelSettings
    program: str = field(init=False)

    def __post_init__(self) -> None:
        if not self.name or self.name.split(" ")[0] in ("w2v", GENSIM):
            raise SettingsError(f"{self.name!r} cannot be the name of a peer", hint="choose another: NAME=COMMAND")
        self._told()
        program = shutil.which(self.command[0]) if self.command else None
        if program is None:
            raise SettingsError(
                f"{self.name}: there is no program {' '.join(self.command[:1])!r}",
                hint="--peer NAME=COMMAND, such as --peer word2vec.c=./word2vec",
            )
        object.__setattr__(self, "program", program)

    @property
    def _named(self) -> str:
        """The tool that the name of the peer is that of, in whatever case; "" for none."""
        name = self.name.lower()
        return name if name in FLAGS else ALIASES.get(name, "")

    @property
    def _tool(self) -> str:
        return self._named or USUAL

    @property
    def doubts(self) -> tuple[str, ...]:
        """What the peer does in another way than w2v, as its flags cannot say it, and what is known of the tool."""
        asked = {one.name for one in settings_of(type(self.settings))}
        found = [FLAGS[self._named].fault] if self._named and getattr(self.settings, "epochs", 1) > 1 else []
        power = getattr(self.settings, "power", None) if "noise_power" in asked else None
        if self._named and power is not None and power != FLAGS[self._named].noise_power:
            theirs = f"{FLAGS[self._named].noise_power:g}"
            found.append(
                f"{self.name} draws noise words by count^{theirs}, and w2v here by count^{power:g}; "
                f"--noise-power {theirs} makes w2v do the same"
            )
        if "window_shrink" in asked and not getattr(self.settings, "window_shrink", True):
            found.append(f"{self.name} cannot be asked for windows of one width, so it may draw their widths at random")
        return tuple(filter(None, found))

    def _told(self) -> dict[str, Any]:
        """Return the model's settings by the names of their flags. Raises SettingsError where these cannot say them."""
        model = model_of(self.settings)
        if self._tool not in model.peers:
            raise SettingsError(
                f"{self.name}: {self._tool}'s flags cannot ask for {model.name}", hint="leave out --peer"
            )
        return dict(model.peers[self._tool](self.settings))

    def run(self, place: Workplace, seed: int, progress: Progress) -> Outcome:
        names, told = FLAGS[self._tool], self._told()
        named = place.folder / "peer.bin"
        output = named.with_name(named.name + names.suffix)
        command = [self.program, *self.command[1:], *([told.pop(names.verb)] if names.verb else [])]
        flags = {
            **told,
            names.corpus: place.lines,
            names.output: named,
            names.min_count: self.text.min_count,
            names.threads: self.settings.worker_threads,
            **names.others,
        }
        for name, value in flags.items():
            command += [f"-{name}", str(value)]
        try:
            usage = measure(
                command,
                self.name,
                place.folder / "peer.log",
                folder=Path.cwd(),
                environment=os.environ,
                progress=progress,
            )
            if not output.exists():
                raise BenchError(
                    f"{self.name} ended well, but wrote no vectors",
                    hint=f"it must take {self._tool}'s -{names.output} FILE",
                )
            return Outcome(usage, read(output, progress=False), {})
        finally:
            for written in place.folder.glob("peer.bin*"):
                written.unlink()
