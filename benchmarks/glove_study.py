"""Compare GloVe in blocks with a plain loop: do blocks, float32 or vector code change what is learnt? It takes hours.

    python -m benchmarks.glove_study wiki8s.txt --seeds 1 2 3 --dim 100 --window 10 --x-max 10 --epochs 15

The plain loop is the update of Stanford's glove.c, in float64 on one thread, over all records of the same matrix in one
random order. The order is the same in every epoch, as in glove.c; --orders fresh draws a new one for each epoch. Each
run is kept in the folder --work as soon as it has ended, so that an interrupted study continues where it stopped.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import numba
import numpy as np
import numpy.typing as npt

import w2v
from w2v.bench.machine import cpu_name
from w2v.record import environment
from w2v.training.glove.model import GloveConfig

SUITES = {  # title, decimals, factor
    "google-analogies.30k": ("Google, first 30k", 2, 100),
    "google-analogies": ("Google, all", 2, 100),
    "wordsim353": ("WordSim-353", 3, 1),
    "wordsim353-sim": ("… similarity", 3, 1),
    "wordsim353-rel": ("… relatedness", 3, 1),
    "men": ("MEN", 3, 1),
    "mturk771": ("MTurk-771", 3, 1),
    "rare-words": ("rare words", 3, 1),
    "simlex999": ("SimLex-999", 3, 1),
    "simverb": ("SimVerb", 3, 1),
}
SETTINGS = ("dim", "window", "x_max", "epochs")


@numba.njit(cache=True)
def shuffle(order: npt.NDArray[np.int32], seed: int) -> None:
    np.random.seed(seed)
    for i in range(order.size - 1, 0, -1):
        j = np.random.randint(0, i + 1)
        order[i], order[j] = order[j], order[i]


@numba.njit(cache=True, fastmath={"reassoc", "contract"}, error_model="numpy")
def plain_epoch(
    rows: npt.NDArray[np.int32],
    columns: npt.NDArray[np.int32],
    values: npt.NDArray[np.float32],
    order: npt.NDArray[np.int32],
    w: npt.NDArray[np.float64],
    c: npt.NDArray[np.float64],
    acc_w: npt.NDArray[np.float64],
    acc_c: npt.NDArray[np.float64],
    x_max: float,
    alpha: float,
    rate: float,
) -> float:
    """Train on all records in `order`; w, c and their accumulators are float64 [V, D + 1], the bias in the last column.

    Returns the mean of ½·f(x)·diff² before each step.
    """
    dim = w.shape[1] - 1
    pulled_w, pulled_c = np.empty(dim), np.empty(dim)
    cost = 0.0
    for record in order:
        row, column, x = rows[record], columns[record], np.float64(values[record])
        mine, theirs, acc_mine, acc_theirs = w[row], c[column], acc_w[row], acc_c[column]
        diff = mine[dim] + theirs[dim] - math.log(x)
        for k in range(dim):
            diff += mine[k] * theirs[k]
        pull = diff if x > x_max else (x / x_max) ** alpha * diff
        cost += 0.5 * pull * diff
        for k in range(dim):
            pulled_w[k] = min(max(pull * theirs[k], -100.0), 100.0) * rate
        for k in range(dim):
            pulled_c[k] = min(max(pull * mine[k], -100.0), 100.0) * rate
        for k in range(dim):
            mine[k] -= pulled_w[k] / math.sqrt(acc_mine[k])
        for k in range(dim):
            theirs[k] -= pulled_c[k] / math.sqrt(acc_theirs[k])
        for k in range(dim):
            acc_mine[k] += pulled_w[k] * pulled_w[k]
        for k in range(dim):
            acc_theirs[k] += pulled_c[k] * pulled_c[k]
        mine[dim] -= pull / math.sqrt(acc_mine[dim])
        theirs[dim] -= pull / math.sqrt(acc_theirs[dim])
        acc_mine[dim] += pull * pull
        acc_theirs[dim] += pull * pull
    return cost / order.size


def train_plainly(matrix: Path, config: GloveConfig, fresh: bool) -> tuple[w2v.Vectors, list[float]]:
    counted = w2v.load_cooccurrences(matrix)
    cells = counted.to_scipy().tocoo()
    rows, columns, values = cells.row.astype(np.int32), cells.col.astype(np.int32), cells.data
    order = np.arange(len(values), dtype=np.int32)
    random = np.random.default_rng([config.seed, 0x91A1])
    sides = [(random.random((len(counted.vocabulary), config.dim + 1)) - 0.5) / config.dim for _ in range(2)]
    accumulators = [np.ones_like(side) for side in sides]
    costs = []
    for epoch in range(config.epochs):
        if fresh or not epoch:
            shuffle(order, int(random.integers(2**31)))
        costs.append(
            plain_epoch(
                rows, columns, values, order, *sides, *accumulators, config.x_max, config.alpha, config.learning_rate
            )
        )
    vectors = (sides[0] + sides[1])[:, : config.dim].astype(np.float32)
    return w2v.Vectors(counted.vocabulary.words, vectors, counted.vocabulary.counts), costs


@dataclass(frozen=True)
class Result:
    """The result of one run: its scores by suite, and its mean cost by epoch."""

    trainer: str
    seed: int
    scores: dict[str, float]
    costs: list[float]


def run(trainer: str, matrix: Path, config: GloveConfig) -> Result:
    if trainer == "w2v":
        vectors = w2v.train((), model=config)
        assert vectors.record is not None
        costs = list(vectors.record.loss)
    else:
        vectors, costs = train_plainly(matrix, config, fresh=trainer.endswith("fresh orders"))
    report = w2v.evaluate(vectors, [suite for suite in SUITES if "." not in suite])
    scores = {name: value for name, value in report.metrics().items() if name in SUITES and value is not None}
    return Result(trainer, config.seed, scores, costs)


def scores_table(results: Sequence[Result]) -> str:
    """A row for each suite: mean ± SD of each trainer, and the first trainer's mean minus each other mean."""
    runs: dict[str, list[Result]] = {}
    for result in results:
        runs.setdefault(result.trainer, []).append(result)
    first, *others = runs
    titles = [f"{trainer} ({len(of)} seed{'s' * (len(of) > 1)})" for trainer, of in runs.items()]
    titles += [f"{first} − {other}" for other in others]
    lines = [f"| mean ± SD | {' | '.join(titles)} |", f"| --- | {' | '.join('---:' for _ in titles)} |"]
    for suite, (title, decimals, factor) in SUITES.items():
        columns = {
            trainer: [factor * result.scores[suite] for result in of if suite in result.scores]
            for trainer, of in runs.items()
        }
        if all(columns.values()):
            cells = [_spread(values, decimals) for values in columns.values()]
            cells += [_difference(columns[first], columns[other], decimals) for other in others]
            lines.append(f"| {title} | {' | '.join(cells)} |")
    return "\n".join(lines)


def costs_table(results: Sequence[Result]) -> str:
    """Mean cost by epoch, a column for each run."""
    titles = [f"{result.trainer}, {result.seed}" for result in results]
    lines = [f"| epoch | {' | '.join(titles)} |", f"| ---: | {' | '.join('---:' for _ in titles)} |"]
    for epoch, costs in enumerate(zip(*(result.costs for result in results), strict=True), 1):
        lines.append(f"| {epoch} | {' | '.join(f'{cost:.6f}' for cost in costs)} |")
    return "\n".join(lines)


def _spread(values: Sequence[float], decimals: int) -> str:
    mean = f"{statistics.fmean(values):.{decimals}f}"
    return mean if len(values) < 2 else f"{mean} ± {statistics.stdev(values):.{decimals}f}"


def _difference(ours: Sequence[float], theirs: Sequence[float], decimals: int) -> str:
    difference = statistics.fmean(ours) - statistics.fmean(theirs)
    shown = f"{difference:+.{decimals}f}"
    if min(len(ours), len(theirs)) > 1:
        error = math.sqrt(statistics.variance(ours) / len(ours) + statistics.variance(theirs) / len(theirs))
        shown += f" ({difference / error:+.1f} SE)" if error else ""
    return shown.replace("-", "−")


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--plain-seeds", type=int, nargs="*", help="seeds of the plain loop; all if not given")
    parser.add_argument("--orders", choices=["one", "fresh"], default="one")
    parser.add_argument("--min-count", type=int, default=5)
    for name, default in (("dim", 100), ("window", 10), ("x_max", 10.0), ("epochs", 15), ("threads", 2)):
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(default), default=default)
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "w2v-glove-study")
    parser.add_argument("--output", type=Path, default=Path(__file__).with_suffix(".md"))
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> None:
    options = parse(argv)
    options.work.mkdir(parents=True, exist_ok=True)
    matrix = options.work / f"{options.corpus.stem}-{options.window}-{options.min_count}.cooc"
    settings = {name: getattr(options, name) for name in (*SETTINGS, "threads")}
    if not matrix.exists():
        small = {**settings, "dim": 1, "epochs": 1, "min_count": options.min_count}
        w2v.train(options.corpus, model="glove", keep_cooccurrences=matrix, **small)
    plain = "plain loop" if options.orders == "one" else "plain loop, fresh orders"
    wanted = [("w2v", seed) for seed in options.seeds]
    wanted += [(plain, seed) for seed in (options.seeds if options.plain_seeds is None else options.plain_seeds)]
    results = []
    for trainer, seed in wanted:
        kept = options.work / ("-".join([matrix.stem, trainer, *map(str, settings.values()), str(seed)]) + ".json")
        if kept.exists():
            result = Result(**json.loads(kept.read_text()))
        else:
            result = run(trainer, matrix, GloveConfig(**settings, cooccurrences=matrix, seed=seed))
            kept.write_text(json.dumps(asdict(result)))
        print(f"{trainer}, seed {seed}: {result.scores}, cost {result.costs[-1]:.6f}", file=sys.stderr, flush=True)
        results.append(result)
    options.output.write_text(report(options, results), "utf-8")
    print(f"wrote {options.output}", file=sys.stderr)


def report(options: argparse.Namespace, results: Sequence[Result]) -> str:
    asked = " ".join(f"--{name.replace('_', '-')} {getattr(options, name):g}" for name in SETTINGS)
    seeds = " ".join(map(str, options.seeds))
    if options.plain_seeds is not None:
        seeds += f" --plain-seeds {' '.join(map(str, options.plain_seeds))}"
    return f"""# GloVe study

w2v's blocks (float32, vector instructions) against a plain loop (float64, one thread, records in one random order), on
the same matrix. Analogies in per cent, rated pairs as Spearman's ρ; SE is the standard error of a difference of means.

    python -m benchmarks.glove_study {options.corpus.name} --seeds {seeds} --orders {options.orders} {asked}

{datetime.now(UTC).date()}, {cpu_name()}; {", ".join(f"{name} {version}" for name, version in environment().items())}.

{scores_table(results)}

## Cost

Mean of ½·f(x)·diff² over the records of an epoch, each before its step.

{costs_table(results)}
"""


if __name__ == "__main__":
    main()
