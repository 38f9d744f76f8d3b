"""From a corpus to vectors: one call. Not here: what a training algorithm does (sgns.py, glove.py), and kernels."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from w2v.config import MODELS, CorpusConfig, GloveConfig, SgnsConfig
from w2v.cooccurrences.matrix import Cooccurrences
from w2v.errors import FormatError, SettingsError, TrainingError
from w2v.files.whole import check_writable, locked
from w2v.progress import NullProgress, Progress
from w2v.record import RunRecord
from w2v.text.python_texts import Corpus, PythonTexts, names_or_texts
from w2v.text.sources import STDIN
from w2v.tokens import TokenCache, prepare, writable_folder
from w2v.training.checkpoint_file import Checkpoint
from w2v.training.checkpoints import Checkpoints, Every, checkpoint_files, stands
from w2v.training.glove import GloveTrainer
from w2v.training.matrix import count_matrix, load_matrix
from w2v.training.needs import check_needs
from w2v.training.rotation import RotationTrainer
from w2v.training.run import Model, Run, Source
from w2v.training.sgns import SgnsTrainer
from w2v.training.trainer import State, Trained, Trainer, check_position
from w2v.vectors import Vectors
from w2v.vocab import Vocabulary

__all__ = ["MODELS", "Trained", "train", "training"]


def train(
    corpus: Corpus = (),
    model: Model | None = None,
    *,
    cache_dir: Source | None = None,
    checkpoint: Source | None = None,
    checkpoint_every: str = "10m",
    resume: bool | None = None,
    progress: Progress | None = None,
    **settings: Any,
) -> Vectors:
    """Train word vectors on text and return them, with the record of the run.

    corpus: a file, a folder, a glob, "-" for standard input, or several of them; plain or .gz, .bz2, .xz, .zst. Or an
        iterable of texts: strings, or lists of tokens, such as a list, a generator or a column of pandas. None at all
        where GloVe is trained on a matrix that was counted before (cooccurrences=FILE).
    model: "sgns", skip-gram with negative sampling, which is the default, or "glove"; or a whole `SgnsConfig` or
        `GloveConfig`.
    cache_dir: where the encoded corpus is kept for the next run; None takes the user's cache folder, or a
        temporary one if nothing can be written there.
    checkpoint: a folder for checkpoints; None writes none. It goes when training has ended.
    checkpoint_every: "10m", "90s", "1.5h", "2epochs"; "off" writes none. One is also written when training is stopped
        by an exception, KeyboardInterrupt above all.
    resume: True goes on from the newest checkpoint, if there is one: corpus and settings are those of the checkpoint,
        and what is given beside must agree; False drops it; None refuses to train where there is one. Wherever a run
        is deterministic, it gives the same bytes as if it had never stopped.
    settings: any field of `CorpusConfig`, and of `SgnsConfig` or `GloveConfig`, by its name (dim=100, window=5, …).

    Raises SettingsError, CorpusError, VocabularyError, FormatError, OutputError or TrainingError.
    """
    with training(
        corpus,
        model,
        cache_dir=cache_dir,
        checkpoint=checkpoint,
        checkpoint_every=checkpoint_every,
        resume=resume,
        progress=progress,
        **settings,
    ) as vectors:
        return vectors


@contextmanager
def training(
    corpus: Corpus = (),
    model: Model | None = None,
    *,
    cache_dir: Source | None = None,
    checkpoint: Source | None = None,
    checkpoint_every: str = "10m",
    resume: bool | None = None,
    outputs: Sequence[Path] = (),
    progress: Progress | None = None,
    **settings: Any,
) -> Iterator[Vectors]:
    """`train`, for whoever writes the vectors inside the block: if that fails, they are in the checkpoint.

    outputs: the files that will be written; whether their disks have room is known before training begins.
    """
    listener = progress or NullProgress()
    given = names_or_texts(corpus)
    texts = given if isinstance(given, PythonTexts) else None
    sources = (STDIN,) if isinstance(given, PythonTexts) else given  # like standard input, they come only once
    checkpoints = Checkpoints(None if checkpoint is None else Path(checkpoint), Every.parse(checkpoint_every), listener)
    with ExitStack() as stack:
        if checkpoint is not None:
            stack.enter_context(locked(f"{os.fspath(checkpoint)}.run"))
        found = checkpoints.find(resume)
        where = "anywhere" if checkpoint is None else f"in {os.fspath(checkpoint)}"
        if found is None:
            if resume and not sources and settings.get("cooccurrences") is None:
                raise SettingsError(f"there is no checkpoint {where}, and no corpus", hint="name the corpus to begin")
            if resume:
                listener.message(f"there is no checkpoint {where}: training begins at the beginning", "warning")
            run = Run.asked_for(sources, model, settings)
        else:
            run = Run.gone_on_with(found, sources, model, settings)
        data = stack.enter_context(_data(run, texts, None if cache_dir is None else Path(cache_dir), listener))
        if found is not None:
            run.check_data(found, data.fingerprint)
            run.check_versions(found, listener)
        check_needs(run.config, data.vocabulary, outputs, checkpoints, listener)
        trained = _trained(run, data, found, checkpoints, listener, resume=bool(resume))
        try:
            record = _record(run, data, trained)
            yield Vectors(data.vocabulary.words, trained.matrix, data.vocabulary.counts, record)
        except BaseException:
            _keep(checkpoints, trained.to_state)
            raise
        checkpoints.clear()


@dataclass
class _Data:
    """What training reads: a corpus with its token cache, or a matrix that was counted before.

    fingerprint: SHA-256 of what matters. report, seconds: of the corpus. folder: for what memory does not hold.
    """

    vocabulary: Vocabulary
    fingerprint: str
    report: Mapping[str, Any]
    seconds: float
    folder: Path
    cache: TokenCache | None = None
    matrix: Cooccurrences | None = None


@contextmanager
def _data(run: Run, texts: PythonTexts | None, cache_dir: Path | None, progress: Progress) -> Iterator[_Data]:
    config = run.config
    if isinstance(config, GloveConfig) and config.keep_cooccurrences is not None:
        check_writable(config.keep_cooccurrences)
    if isinstance(config, GloveConfig) and config.cooccurrences is not None:
        if run.sources or run.text != CorpusConfig():
            raise SettingsError(
                f"the words come from {config.cooccurrences}: there is no corpus to read",
                hint="leave out the corpus and its settings, or the matrix of co-occurrences",
            )
        folder, _ = writable_folder(cache_dir, progress)
        matrix = load_matrix(config, folder, progress=progress)
        yield _Data(matrix.vocabulary, matrix.sha256, matrix.corpus, 0.0, folder, matrix=matrix)
        return
    corpus = run.sources if texts is None else texts
    with prepare(corpus, run.text, cache_dir=cache_dir, threads=config.worker_threads, progress=progress) as cache:
        report = cache.report
        yield _Data(
            cache.vocabulary, report.fingerprint, report.to_dict(), report.seconds, cache.path.parent, cache=cache
        )


def _trained(
    run: Run, data: _Data, found: Checkpoint | None, checkpoints: Checkpoints, progress: Progress, *, resume: bool
) -> Trained:
    """Train to the end, from where `found` stands or from the beginning."""
    state = None
    if found is not None:
        progress.message(f"going on from {found.path}: {stands(found)}")
        position = dict(found.position)
        try:
            state = State(position, found.arrays, position.pop("seconds", 0.0), position.pop("cpu_seconds", 0.0))
            if "finished" in position:
                checkpoints.begin(run.to_json(data.fingerprint), state, resumed=True)
                return Trained.from_state(state, len(data.vocabulary))
        except (KeyError, TypeError, ValueError) as error:
            raise FormatError(f"{found.path}: it does not say where training stands ({error!r})") from error
    trainer = _trainer(run, data, checkpoints, progress, resume=resume)
    if found is not None and state is not None:
        try:
            fresh = trainer.state()
            check_position(position, {} if fresh is None else fresh.position)
            trainer.restore(state)
        except (KeyError, TypeError, ValueError) as error:
            raise FormatError(f"{found.path}: it does not say where training stands ({error!r})") from error
    checkpoints.begin(run.to_json(data.fingerprint), trainer.state(), resumed=found is not None)
    try:
        while not trainer.run(checkpoints.due):
            checkpoints.keep(trainer.state())
        trained = trainer.result()
    except TrainingError:
        if checkpoints.folder is not None and checkpoint_files(checkpoints.folder):
            progress.message(f"the last good state is kept in {checkpoints.folder}")
        raise
    except BaseException:
        _keep(checkpoints, trainer.state)
        raise
    if not trained.pairs:
        raise TrainingError(
            "no two words stood near each other in training: nothing has been learnt, and nothing is written",
            hint="give text with longer lines, and more of it; a very small one needs --sample 0",
        )
    return trained


def _trainer(run: Run, data: _Data, checkpoints: Checkpoints, progress: Progress, *, resume: bool) -> Trainer:
    if isinstance(run.config, SgnsConfig):
        assert data.cache is not None
        of_sgns = RotationTrainer if run.config.deterministic else SgnsTrainer
        return of_sgns(data.cache.tokens, data.vocabulary, run.config, progress=progress)
    matrix = data.matrix
    if matrix is None:
        assert data.cache is not None
        left = (checkpoints.kept_matrix(), run.config.keep_cooccurrences) if resume else ()
        again = [Path(path) for path in left if path is not None]
        keep = checkpoints.matrix_to_keep
        matrix = count_matrix(data.cache, run.text, run.config, progress=progress, again=again, keep=keep)
    return GloveTrainer(matrix, run.config, folder=data.folder, progress=progress)


def _keep(checkpoints: Checkpoints, state: Callable[[], State | None]) -> None:
    """Training or writing was stopped: keep where it stands."""
    checkpoints.progress.phase("writing a checkpoint")
    if checkpoints.keep(state()):
        checkpoints.progress.message(f"where training stands is kept in {checkpoints.folder}")


def _record(run: Run, data: _Data, trained: Trained) -> RunRecord:
    counted = {"words": len(data.vocabulary), "tokens": data.vocabulary.tokens}
    config = trained.config or run.config
    if trained.config is not None:
        counted["cooccurrences"] = trained.records
    report = dict(data.report)
    text = report.pop("text", {}) if data.cache is None else asdict(run.text)
    settings = {**text, **asdict(config), "threads": config.worker_threads}
    facts = {"words": trained.words, "pairs": trained.pairs, "cpu_seconds": trained.cpu_seconds}
    return RunRecord(
        model=run.model,
        settings={name: str(value) if isinstance(value, os.PathLike) else value for name, value in settings.items()},
        corpus=report,
        vocabulary=counted,
        threads=config.worker_threads,
        timings={"corpus": data.seconds, **trained.seconds},
        trained=facts | ({"resumed": run.resumed} if run.resumed else {}),
        loss=trained.loss,
        probe_loss=trained.probe_loss,
        started=run.started,
    )
