"""The measurements in order: trainers in turn, round by round, each scored after its run. How one runs: trainers.py.

Interleaving lets a slow change of the machine (heat, a neighbour) fall on all trainers alike.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace

from w2v.bench.machine import Peak, cpu_name, load_average, measure_peak
from w2v.bench.report import METRICS, BenchReport, Run, Spread, TrainerReport
from w2v.bench.trainers import GENSIM, Gensim, Peer, Trainer, W2v
from w2v.bench.workplace import Workplace, open_workplace
from w2v.data import find, manifest_of
from w2v.errors import DataError, SettingsError
from w2v.evaluation import DEFAULT_SUITES, Suite, evaluate_suite
from w2v.evaluation.suites import load
from w2v.machine import available_threads
from w2v.progress import NullProgress, Progress
from w2v.record import environment
from w2v.settings import plain_values
from w2v.tokens.settings import CorpusConfig
from w2v.training.models import DEFAULT, MODELS, model_of
from w2v.training.settings import ModelSettings

__all__ = ["available_suites", "bench", "run_once"]

FEW = 0.98  # of the words: gensim may leave out a few at the end of the file
COMPILED = 3.0  # seconds: kernels that are cached take less than one
NOISY = 0.1  # of a core busy with something else, for each core: enough to move a figure
SCORES = {metric.name for metric in METRICS if metric.better == "score"}
Suites = Sequence[Suite]


def bench(
    corpus: Sequence[str | os.PathLike[str]],
    text: CorpusConfig | None = None,
    settings: ModelSettings | None = None,
    *,
    peers: Sequence[tuple[str, Sequence[str]]] = (),
    repeat: int = 3,
    data_dir: str | os.PathLike[str] | None = None,
    progress: Progress | None = None,
) -> BenchReport:
    """Train w2v, gensim and peers in turn, `repeat` times, each as a command of its own, and compare them.

    corpus: files, folders or globs. settings: of a model that other tools can train as well (`Model.peers`); None takes
    the default model. peers: (name, command) of trainers that take word2vec.c's flags. The seed of the settings is that
    of the first round; each further round takes the next. Scores are those of w2v's evaluator on the sets of
    DEFAULT_SUITES that are on this computer; data_dir is where to look for them first.

    Raises SettingsError, what reading a corpus raises, and BenchError where a trainer fails or does other work.
    """
    text, progress = text or CorpusConfig(), progress or NullProgress()
    settings = (settings or MODELS[DEFAULT].settings()).settled()
    trainers = _trainers(text, settings, peers)
    if repeat < 1:
        raise SettingsError(f"repeat is {repeat}", hint="measure at least once")
    load_before = load_average()
    suites = available_suites(data_dir, progress)
    rounds: list[_Round] = []
    with open_workplace(corpus, text, settings.worker_threads, progress) as place:
        from w2v.kernels.llvm.compilation import compiling  # Numba is imported when it is first needed

        with compiling(progress):
            W2v(text, settings).warm_up(place, progress)
        for number in range(repeat):
            progress.phase("measuring the peak of the cores")
            current = _Round(measure_peak(settings.worker_threads))
            for trainer in trainers:
                progress.phase(f"{trainer.name}, run {number + 1} of {repeat}")
                version, run = run_once(trainer, place, settings.seed + number, suites, progress)
                current.add(trainer.name, version, run, settings)
            rounds.append(current)
    reports = tuple(
        TrainerReport(trainer.name, rounds[0].versions[trainer.name], tuple(each.runs[trainer.name] for each in rounds))
        for trainer in trainers
    )
    return BenchReport(
        corpus=_facts(place),
        settings={
            "model": model_of(settings).name,
            **plain_values(text),
            **plain_values(settings),
            "threads": settings.worker_threads,
        },
        machine={
            "cpu": cpu_name(),
            "cores": available_threads(),
            "load_before": load_before,
            "versions": environment() | {report.name: report.version for report in reports[1:] if report.version},
        },
        core_peak=Spread.of([each.peak.core for each in rounds]),
        machine_peak=Spread.of([each.peak.machine for each in rounds]),
        trainers=reports,
        warnings=(*_warnings(load_before, reports), *(doubt for trainer in trainers for doubt in trainer.doubts)),
    )


def _trainers(text: CorpusConfig, settings: ModelSettings, peers: Sequence[tuple[str, Sequence[str]]]) -> list[Trainer]:
    if text.max_vocab is not None:
        raise SettingsError("max_vocab cannot be compared", hint="only w2v has it; a higher min_count does the same")
    names = [name for name, _ in peers]
    if len(set(names)) < len(names):
        raise SettingsError("two peers have the same name", hint="give each a name of its own: NAME=COMMAND")
    gensim = [Gensim(text, settings)] if GENSIM in model_of(settings).peers else []
    others = [Peer(name, tuple(command), text, settings) for name, command in peers]
    if not gensim and not others:
        raise SettingsError(f"there is no other tool to compare {model_of(settings).name} with", hint="name a --peer")
    return [W2v(text, settings), *gensim, *others]


@dataclass
class _Round:
    """One run of each trainer, w2v's first, and the peak of the cores just before."""

    peak: Peak
    versions: dict[str, str] = field(default_factory=dict)
    runs: dict[str, Run] = field(default_factory=dict)

    def add(self, name: str, version: str, run: Run, settings: ModelSettings) -> None:
        """Keep a run, with the share of the peak that it reached, where the trainer tells how long it trained.

        FLOP are what the model needs for a pair (`Model.flop_per_pair`), whatever a trainer really spends on it. The
        same settings make as many pairs a word for every trainer as for w2v.
        """
        self.versions[name], self.runs[name] = version, run
        ours = self.runs["w2v"].figures
        words, seconds, cpu = (run.figures.get(key) for key in ("trained_words", "train_seconds", "train_cpu_seconds"))
        flop_per_pair = model_of(settings).flop_per_pair
        if words and seconds and cpu and flop_per_pair is not None:
            pairs = words * (ours["pairs"] or 0) / (ours["trained_words"] or 1)
            flop = flop_per_pair(settings) * pairs
            rates = {
                "flop_per_second": flop / seconds,
                "peak_share": flop / seconds / self.peak.machine,
                "core_peak_share": flop / cpu / self.peak.core,
            }
            self.runs[name] = replace(run, figures={**run.figures, **rates})


def available_suites(data_dir: str | os.PathLike[str] | None, progress: Progress) -> Suites:
    """Return the suites of DEFAULT_SUITES that are on this computer; `progress` is told of the others."""
    found = []
    for name in DEFAULT_SUITES:
        try:
            find(manifest_of(name), data_dir)
        except DataError as error:
            progress.message(f"no scores on {name}: {error.message}", "warning")
        else:
            found.append(load(name, data_dir))
    return found


def run_once(trainer: Trainer, place: Workplace, seed: int, suites: Suites, progress: Progress) -> tuple[str, Run]:
    """Train, and score the vectors; return the trainer's version, and the run."""
    outcome = trainer.run(place, seed, progress)
    usage = outcome.usage
    figures: dict[str, float | None] = {**outcome.figures, **asdict(usage)}
    del figures["others"]
    words = outcome.figures.get("trained_words")
    if words:
        figures["words_per_second"] = words / outcome.figures["train_seconds"]
        figures["words_per_cpu_second"] = words / outcome.figures["train_cpu_seconds"]
    warnings = {}
    for suite in suites:
        report = evaluate_suite(outcome.vectors, suite)
        figures |= {name: value for name, value in report.metrics().items() if name in SCORES}
        warnings[suite.name] = report.warning
    return outcome.version, Run(seed, usage.others, figures, warnings, outcome.heldout_loss)


def _facts(place: Workplace) -> dict[str, object]:
    return {
        "sources": list(place.sources),
        "fingerprint": place.fingerprint,
        "bytes": place.size,
        "tokens": place.tokens,
        "vocabulary": place.vocabulary,
        "words": place.words,
    }


def _warnings(load_before: float | None, reports: Sequence[TrainerReport]) -> list[str]:
    """Return what makes the figures uncertain: other programs at work, scores from too few items."""
    found = []
    if load_before is not None and load_before > NOISY * available_threads():
        found.append(f"the machine was not quiet: its load was {load_before:.2f} before the first run")
    busiest = max((run.others or 0.0 for report in reports for run in report.runs), default=0.0)
    if busiest > NOISY * available_threads():
        found.append(
            f"other programs kept up to {busiest:.1f} of {available_threads()} cores busy during the runs; "
            "ratios by CPU time suffer less from that than those by the clock"
        )
    for report in reports:
        shares = [share for run in report.runs if (share := run.figures.get("trained_share")) is not None]
        if shares and min(shares) < FEW:
            found.append(
                f"{report.name} trained on {min(shares):.1%} of the words only; its speed counts those that it did"
            )
    compiled = max(run.figures["compile_seconds"] or 0.0 for run in reports[0].runs)
    if compiled > COMPILED:
        found.append(f"w2v compiled its kernels in a run ({compiled:.1f} s): they are not cached, or changed meanwhile")
    of_suites = reports[0].runs[0].warnings  # all trainers have the same vocabulary
    return found + [f"{suite}: {warning}" for suite, warning in of_suites.items() if warning]
