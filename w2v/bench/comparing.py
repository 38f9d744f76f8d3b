"""The measurements in their order: trainers in turn, round by round, each scored after its run. Not here: how one runs.

Interleaving lets a slow change of the machine (heat, a neighbour) fall on all trainers alike.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace

from w2v.bench.machine import Peak, cpu_name, load_average, measure_peak
from w2v.bench.report import METRICS, BenchReport, Run, Spread, TrainerReport
from w2v.bench.trainers import Gensim, Peer, Trainer, W2v
from w2v.bench.workplace import Workplace, open_workplace
from w2v.config import CorpusConfig, SgnsConfig
from w2v.data import find, manifest_of
from w2v.errors import DataError, SettingsError
from w2v.evaluation import DEFAULT_SUITES, Suite, evaluate_suite
from w2v.evaluation.suites import load
from w2v.machine import available_threads
from w2v.progress import NullProgress, Progress
from w2v.record import environment

__all__ = ["available_suites", "bench", "run_once"]

FEW = 0.98  # of the words: gensim may leave out a few at the end of the file
COMPILED = 3.0  # seconds: kernels that are cached take less than one
NOISY = 0.1  # of a core busy with something else, for each core: enough to move a figure
SCORES = {metric.name for metric in METRICS if metric.better == "score"}
Suites = Sequence[Suite]


def bench(
    corpus: Sequence[str | os.PathLike[str]],
    text: CorpusConfig | None = None,
    sgns: SgnsConfig | None = None,
    *,
    peers: Sequence[tuple[str, Sequence[str]]] = (),
    repeat: int = 3,
    data_dir: str | os.PathLike[str] | None = None,
    progress: Progress | None = None,
) -> BenchReport:
    """Train w2v, gensim and peers in turn, `repeat` times, each as a command of its own, and compare them.

    corpus: files, folders or globs. peers: (name, command) of trainers that take word2vec.c's flags. The seed of the
    settings is that of the first round; each further round takes the next. Scores are those of w2v's evaluator on the
    sets of DEFAULT_SUITES that are on this computer; data_dir is where to look for them first.

    Raises SettingsError, what reading a corpus raises, and BenchError where a trainer fails or does other work.
    """
    text, sgns, progress = text or CorpusConfig(), sgns or SgnsConfig(), progress or NullProgress()
    trainers = _trainers(text, sgns, peers)
    if repeat < 1:
        raise SettingsError(f"repeat is {repeat}", hint="measure at least once")
    load_before = load_average()
    suites = available_suites(data_dir, progress)
    rounds: list[_Round] = []
    with open_workplace(corpus, text, sgns.worker_threads, progress) as place:
        progress.phase("compiling kernels (first run only)")
        W2v(text, sgns).warm_up(place, progress)
        for number in range(repeat):
            progress.phase("measuring the peak of the cores")
            current = _Round(measure_peak(sgns.worker_threads))
            for trainer in trainers:
                progress.phase(f"{trainer.name}, run {number + 1} of {repeat}")
                version, run = run_once(trainer, place, sgns.seed + number, suites, progress)
                current.add(trainer.name, version, run, sgns)
            rounds.append(current)
    reports = tuple(
        TrainerReport(trainer.name, rounds[0].versions[trainer.name], tuple(each.runs[trainer.name] for each in rounds))
        for trainer in trainers
    )
    return BenchReport(
        corpus=_facts(place),
        settings={**asdict(text), **asdict(sgns), "threads": sgns.worker_threads},
        machine={
            "cpu": cpu_name(),
            "cores": available_threads(),
            "load_before": load_before,
            "versions": environment() | {"gensim": reports[1].version},
        },
        core_peak=Spread.of([each.peak.core for each in rounds]),
        machine_peak=Spread.of([each.peak.machine for each in rounds]),
        trainers=reports,
        warnings=tuple(_warnings(load_before, reports)),
    )


def _trainers(text: CorpusConfig, sgns: SgnsConfig, peers: Sequence[tuple[str, Sequence[str]]]) -> list[Trainer]:
    if text.max_vocab is not None:
        raise SettingsError("max_vocab cannot be compared", hint="only w2v has it; a higher min_count does the same")
    names = [name for name, _ in peers]
    if len(set(names)) < len(names):
        raise SettingsError("two peers have the same name", hint="give each a name of its own: NAME=COMMAND")
    return [W2v(text, sgns), Gensim(text, sgns), *(Peer(name, tuple(command), text, sgns) for name, command in peers)]


@dataclass
class _Round:
    """One run of each trainer, w2v's first, and the peak of the cores just before."""

    peak: Peak
    versions: dict[str, str] = field(default_factory=dict)
    runs: dict[str, Run] = field(default_factory=dict)

    def add(self, name: str, version: str, run: Run, sgns: SgnsConfig) -> None:
        """Keep a run, with the share of the peak that it reached, where the trainer tells how long it trained.

        FLOP = 6·dim for each pair and target: 2 for the score and 2 for the update of either row, whatever a trainer
        spends on them in truth. The same settings make as many pairs a word for every trainer as for w2v.
        """
        self.versions[name], self.runs[name] = version, run
        ours = self.runs["w2v"].figures
        words, seconds, cpu = (run.figures.get(key) for key in ("trained_words", "train_seconds", "train_cpu_seconds"))
        if words and seconds and cpu:
            pairs = words * (ours["pairs"] or 0) / (ours["trained_words"] or 1)
            flop = 6 * sgns.dim * (1 + sgns.negative) * pairs
            rates = {
                "flop_per_second": flop / seconds,
                "peak_share": flop / seconds / self.peak.machine,
                "core_peak_share": flop / cpu / self.peak.core,
            }
            self.runs[name] = replace(run, figures={**run.figures, **rates})


def available_suites(data_dir: str | os.PathLike[str] | None, progress: Progress) -> Suites:
    """Those of DEFAULT_SUITES that are on this computer; `progress` hears of the others."""
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
    """Train, and score what came of it: the trainer's version, and the run."""
    outcome = trainer.run(place, seed, progress)
    usage = outcome.usage
    figures: dict[str, float | None] = {**outcome.figures, **asdict(usage)}
    del figures["others"]
    words = outcome.figures.get("trained_words")
    if words:
        figures["words_per_second"] = words / outcome.figures["train_seconds"]
        figures["words_per_cpu_second"] = words / outcome.figures["train_cpu_seconds"]
    doubts = {}
    for suite in suites:
        report = evaluate_suite(outcome.vectors, suite)
        figures |= {name: value for name, value in report.metrics().items() if name in SCORES}
        doubts[suite.name] = report.doubt
    return outcome.version, Run(seed, usage.others, figures, doubts, outcome.probe_loss)


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
    """What makes the figures doubtful: other programs at work, scores from too few items."""
    found = []
    if load_before is not None and load_before > NOISY * available_threads():
        found.append(f"the machine was not quiet: its load was {load_before:.2f} before the first run")
    busiest = max((run.others or 0.0 for report in reports for run in report.runs), default=0.0)
    if busiest > NOISY * available_threads():
        found.append(
            f"other programs kept up to {busiest:.1f} of {available_threads()} cores busy during the runs; "
            "ratios by CPU time suffer less from that than those by the clock"
        )
    gensim = min((run.figures["trained_share"] or 0.0 for run in reports[1].runs), default=1.0)
    if gensim < FEW:
        found.append(f"gensim trained on {gensim:.1%} of the words only; its speed counts those that it did")
    compiled = max(run.figures["compile_seconds"] or 0.0 for run in reports[0].runs)
    if compiled > COMPILED:
        found.append(f"w2v compiled its kernels in a run ({compiled:.1f} s): they are not cached, or changed meanwhile")
    doubts = reports[0].runs[0].doubts  # all trainers know the same words
    return found + [f"{suite}: {doubt}" for suite, doubt in doubts.items() if doubt]
