"""Train w2v and gensim with several seeds and compare their scores, as a table with its command. It takes an hour.

    python -m benchmarks.seeds_study wiki8s.txt --seeds 1 2 3 --exact

Each run is a process of its own, as in `w2v bench`. Each run is kept in the folder --work as soon as it has ended, so
that an interrupted study continues where it stopped. A kept run counts only for the same corpus, settings and code.
--exact trains w2v also with noise words that are drawn for each pair, as word2vec.c draws them, and compares the losses
of both on the same sample of windows. --deterministic trains w2v also with `w2v train --deterministic`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import statistics
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import w2v
from w2v.bench import Gensim, Trainer, W2v, Workplace, available_suites, open_workplace, run_once
from w2v.bench.machine import cpu_name
from w2v.progress import NullProgress
from w2v.record import environment
from w2v.tokens.settings import CorpusConfig
from w2v.training.sgns.model import SgnsConfig

COLUMNS = {  # title, decimals, factor, and how far below gensim's mean w2v's may be
    "google-analogies.30k": ("Google, first 30k", 2, 100, 0.5),
    "google-analogies": ("Google, all", 2, 100, 0.5),
    "wordsim353": ("WordSim-353", 3, 1, 0.01),
    "simlex999": ("SimLex-999", 3, 1, 0.01),
}
SETTINGS = ("dim", "window", "negative", "sample", "epochs", "learning_rate", "threads")


@dataclass(frozen=True)
class Result:
    """The result of one run: scores, speed, and w2v's held-out loss before the first epoch and after each epoch."""

    trainer: str
    seed: int
    figures: Mapping[str, float | None]
    heldout_loss: Sequence[float]


class Kept:
    """Finished runs in a JSON file; the key of a run names everything that the run depends on."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / "runs.json"
        self.runs: dict[str, dict[str, Any]] = json.loads(self.path.read_text()) if self.path.exists() else {}

    def get(self, key: str) -> Result | None:
        return Result(**self.runs[key]) if key in self.runs else None

    def put(self, key: str, result: Result) -> None:
        self.runs[key] = asdict(result)
        new = self.path.with_suffix(".new")
        new.write_text(json.dumps(self.runs, indent=1))
        new.replace(self.path)


def key_of(trainer: Trainer, text: CorpusConfig, sgns: SgnsConfig, seed: int, place: Workplace) -> str:
    """Everything that the result of a run depends on, as text that a person can read."""
    code = metadata.version("gensim")
    if trainer.name != "gensim":
        digest = hashlib.sha256()
        for source in sorted(Path(w2v.__file__).parent.glob("[kt]*/**/*.py")):  # kernels, tokens and training
            digest.update(source.read_bytes())
        code = digest.hexdigest()[:12]
    facts = {**asdict(text), **asdict(sgns), "seed": seed, "corpus": place.fingerprint, "code": code}
    return f"{trainer.name} {json.dumps(facts, sort_keys=True)}"


def study(arguments: argparse.Namespace, text: CorpusConfig, sgns: SgnsConfig) -> tuple[list[Result], Workplace]:
    """Run every trainer with every seed, in turns, so that a slow hour of the machine affects all trainers alike."""
    kept, quiet = Kept(arguments.work), NullProgress()
    suites = available_suites(arguments.data_dir, quiet)
    trainers: list[Trainer] = [W2v(text, sgns)]
    if not arguments.without_gensim:
        trainers.append(Gensim(text, sgns))
    if arguments.exact:
        trainers.append(W2v(text, replace(sgns, shared_negatives=False), "w2v exact"))
    if arguments.deterministic:
        trainers.append(W2v(text, replace(sgns, deterministic=True), "w2v deterministic"))
    results = []
    with open_workplace([arguments.corpus], text, sgns.worker_threads, quiet) as place:
        for trainer in trainers:
            if isinstance(trainer, W2v):
                trainer.warm_up(place, quiet)
        for seed in arguments.seeds:
            for trainer in trainers:
                key = key_of(trainer, text, sgns, seed, place)
                result = kept.get(key)
                if result is None:
                    _, run = run_once(trainer, place, seed, suites, quiet)
                    result = Result(trainer.name, seed, run.figures, run.heldout_loss)
                    kept.put(key, result)
                say(result)
                results.append(result)
    return results, place


def say(result: Result) -> None:
    shown = (f"{title} {_number(name, [result.figures.get(name)])}" for name, (title, *_) in COLUMNS.items())
    print(f"{result.trainer}, seed {result.seed}: {', '.join(shown)}", file=sys.stderr)


def _number(name: str, values: Iterable[float | None]) -> str:
    """The mean and spread of some values, in the units of the column."""
    _, decimals, factor, _ = COLUMNS[name]
    known = [value * factor for value in values if value is not None]
    return _spread(known, decimals) if known else "–"


def _of(results: Sequence[Result], trainer: str, name: str) -> list[float]:
    return [
        value for result in results if result.trainer == trainer and (value := result.figures.get(name)) is not None
    ]


def scores_table(results: Sequence[Result]) -> str:
    """A row for each trainer, then w2v's means relative to gensim's; a difference below the threshold is marked."""
    trainers = list(dict.fromkeys(result.trainer for result in results))
    lines = [
        f"| mean ± SD | seeds | {' | '.join(title for title, *_ in COLUMNS.values())} |",
        f"| --- | ---: | {' | '.join('---:' for _ in COLUMNS)} |",
    ]
    for trainer in trainers:
        seeds = sum(result.trainer == trainer for result in results)
        cells = " | ".join(_number(name, _of(results, trainer, name)) for name in COLUMNS)
        lines.append(f"| {trainer} | {seeds} | {cells} |")
    for trainer in trainers:
        if trainer != "gensim" and "gensim" in trainers:
            cells = " | ".join(_difference(results, trainer, name) for name in COLUMNS)
            lines.append(f"| {trainer} against gensim | | {cells} |")
    return "\n".join(lines)


def _difference(results: Sequence[Result], trainer: str, name: str) -> str:
    ours, theirs = _of(results, trainer, name), _of(results, "gensim", name)
    if not ours or not theirs:
        return "–"
    _, decimals, factor, limit = COLUMNS[name]
    difference = round((statistics.fmean(ours) - statistics.fmean(theirs)) * factor, decimals)
    shown = f"{difference:+.{decimals}f}".replace("-", "−")
    return f"**{shown}: too low**" if difference < -limit else shown


def losses_table(results: Sequence[Result]) -> str:
    """The held-out loss by epoch, a column for each way of training, and their difference seed by seed."""
    curves: dict[str, list[Sequence[float]]] = {}
    for result in results:
        if result.heldout_loss:
            curves.setdefault(result.trainer, []).append(result.heldout_loss)
    columns = {name: list(zip(*runs, strict=True)) for name, runs in curves.items()}  # [epoch][seed]
    if len(columns) == 2:
        (first, ours), (second, theirs) = columns.items()
        columns[f"{second} − {first}"] = [
            tuple(b - a for a, b in zip(*pair, strict=True)) for pair in zip(ours, theirs, strict=True)
        ]
    lines = [f"| epoch | {' | '.join(columns)} |", f"| ---: | {' | '.join('---:' for _ in columns)} |"]
    for epoch, cells in enumerate(zip(*columns.values(), strict=True)):
        lines.append(f"| {epoch} | {' | '.join(_spread(losses, 4) for losses in cells)} |")
    return "\n".join(lines)


def _spread(values: Sequence[float], decimals: int) -> str:
    """Mean ± standard deviation of a sample (ddof 1)."""
    mean = f"{statistics.fmean(values) + 0.0:.{decimals}f}".replace("-", "−")
    return mean if len(values) < 2 else f"{mean} ± {statistics.stdev(values):.{decimals}f}"


def report(arguments: argparse.Namespace, sgns: SgnsConfig, results: Sequence[Result], place: Workplace) -> str:
    versions = environment() | {"gensim": metadata.version("gensim")}
    command = f"python -m benchmarks.seeds_study {arguments.corpus.name} --seeds {' '.join(map(str, arguments.seeds))}"
    asked = [f"--{name.replace('_', '-')} {getattr(sgns, name)}" for name in SETTINGS]
    more = [
        f"--{name}"
        for name in ("without-gensim", "exact", "deterministic")
        if getattr(arguments, name.replace("-", "_"))
    ]
    return f"""# Seeds study

Scores of w2v and gensim with the same settings over several seeds, by w2v's evaluator; analogies in per cent, rated
pairs as Spearman's ρ. w2v's mean may be below gensim's by 0.5 points, or by .01 for ρ.

    {" ".join([command, *more, *asked, f"--min-count {arguments.min_count}"])}

{datetime.now(UTC).date()}, {cpu_name()}; {", ".join(f"{name} {version}" for name, version in versions.items())}.
Corpus: sha256 {place.fingerprint}, {place.words:,} words an epoch of {place.vocabulary:,} kinds.

{scores_table(results)}

## Loss on the probe

Mean loss a pair on a fixed, seeded sample of windows, before the first epoch (0) and after each.

{losses_table(results)}
"""


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--without-gensim", action="store_true", help="compare the ways of w2v alone")
    parser.add_argument("--exact", action="store_true", help="also train w2v with --shared-negatives off")
    parser.add_argument("--deterministic", action="store_true", help="also train w2v with --deterministic")
    parser.add_argument("--min-count", type=int, default=CorpusConfig.min_count)
    for name in SETTINGS:
        default = {"sample": 1e-4, "threads": SgnsConfig().worker_threads}.get(name, getattr(SgnsConfig, name))
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(default), default=default)
    parser.add_argument("--data-dir", type=Path, help="where to look for evaluation sets first (or $W2V_DATA)")
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "w2v-seeds-study")
    parser.add_argument("--output", type=Path, default=Path(__file__).with_suffix(".md"))
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> None:
    arguments = parse(argv)
    text = CorpusConfig(min_count=arguments.min_count)
    sgns = SgnsConfig(**{name: getattr(arguments, name) for name in SETTINGS})
    results, place = study(arguments, text, sgns)
    arguments.output.write_text(report(arguments, sgns, results, place), "utf-8")
    print(f"wrote {arguments.output}", file=sys.stderr)


if __name__ == "__main__":
    main()
