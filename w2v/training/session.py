"""One run from corpus to vectors: data, training, checkpoints, record. What is computed: trainers in sgns/, glove/."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from w2v.arrays import F32
from w2v.errors import FormatError, SettingsError, TrainingError
from w2v.files.rows import FileRows, whole_rows
from w2v.files.whole import locked, temporary_folder
from w2v.given import rows_not_finite
from w2v.progress import NullProgress, Progress, ProgressChoice, Remembering, reporting
from w2v.record import RunRecord
from w2v.settings import plain_values
from w2v.text.python_texts import Corpus, Names, PythonTexts, names_or_texts
from w2v.text.reading import UTF8
from w2v.text.sources import STDIN
from w2v.text.tokenized import Tokenize, name_of, tokenized
from w2v.tokens.folder import Caching
from w2v.training.beginning import Beginning
from w2v.training.checkpoint_file import Checkpoint
from w2v.training.checkpoints import Checkpoints, Every, describe_progress
from w2v.training.cluster.input import ByWorkers
from w2v.training.cluster.run_folder import RunFolder
from w2v.training.data import Data
from w2v.training.loop import Loop
from w2v.training.models import MODELS, model_named
from w2v.training.outcome import check_outcome
from w2v.training.requirements import check_requirements
from w2v.training.run import ModelChoice, Run, Source
from w2v.training.sgns.model import SgnsConfig
from w2v.training.state import State, Trained
from w2v.training.sufficiency import advice_on_little_text
from w2v.training.trainer import KeptData, Trainer, without_gaps
from w2v.vectors import Vectors

if TYPE_CHECKING:
    from w2v.training.cluster.graph import Engine, Share

__all__ = ["has_checkpoint", "train", "training"]


def train(
    corpus: Corpus = (),
    model: ModelChoice | None = None,
    *,
    cache_dir: Source | None = None,
    cache: bool = True,
    cache_limit: int | None = None,
    cache_days: float | None = None,
    checkpoint: Source | None = None,
    checkpoint_every: str = "10m",
    resume: bool | None = None,
    workers: int | None = None,
    cluster: Source | None = None,
    insecure: bool = False,
    run_dir: Source | None = None,
    progress: ProgressChoice = None,
    tokenize: Tokenize | None = None,
    **settings: Any,
) -> Vectors:
    """Train word vectors on text and return them, with the record of the run.

    corpus: a file, a folder, a glob, "-" for standard input, or several of them; plain or .gz, .bz2, .xz, .zst. Or an
        iterable of texts: strings, or lists of tokens, such as a list, a generator or a column of pandas. A string by
        itself is always a name, never a text; a list of strings holds names where half of them exist, or where all look
        like "a.txt", and texts otherwise. Left out where GloVe trains on a matrix that was counted before
        (cooccurrences=FILE).
    model: "sgns", skip-gram with negative sampling, which is the default, "cbow" or "glove"; or all settings of a
        model, as `SgnsConfig`, `CbowConfig` or `GloveConfig`.
    cache_dir: where the encoded corpus is kept for the next run; None takes the user's cache folder, or a
        temporary one if nothing can be written there.
    cache: False neither uses what an earlier run has kept there, nor keeps anything; so does $W2V_NO_CACHE.
    cache_limit: bytes of all corpora in the user's cache folder, of which the least recently used go; None takes
        $W2V_CACHE_LIMIT, or 2 GB.
    cache_days: after which a corpus there goes, if it was not used; None takes $W2V_CACHE_DAYS, or 30.
    checkpoint: a folder for checkpoints; None writes none. The folder is removed when training has ended.
    checkpoint_every: "10m", "90s", "1.5h", "2epochs"; "off" writes none. A checkpoint is also written when training is
        stopped by an exception, KeyboardInterrupt above all.
    resume: True goes on from the newest checkpoint, if there is one: corpus and settings are those of the checkpoint,
        and what is given beside must agree; where the corpus is named again and its text has changed, training starts
        from the beginning, with a warning. False drops the checkpoint; None refuses to train where there is one.
        Wherever a run is deterministic, it gives the same bytes as if it had never stopped.
    workers: train by so many processes of this machine, with the bytes of deterministic=True; sgns only. It needs the
        extra w2v[cluster]. Where one process has memory enough, one process is faster (docs/cluster.md); what gensim
        calls workers is threads here.
    cluster: train by the workers of a scheduler of Dask that others have started, in the place of `workers`: its
        address, as "tls://host:8786", or its scheduler file. `threads` are those of each worker there.
    insecure: True allows an address tcp://… of another machine, though whoever reaches that port can run
        anything there.
    run_dir: the folder for the checkpoints of workers, in place of `checkpoint`, or a URL that fsspec knows; None takes
        a temporary one, and with a cluster it must be one that all workers share. Workers write a checkpoint about once
        a minute.
    progress: an object with the methods of `w2v.progress.Progress`; False says nothing; True also writes lines where
        standard error is no terminal. Without it, a notebook or a terminal shows a line, and scripts show nothing.
    tokenize: a function that takes a line of text and returns its tokens, in place of a tokenizer of w2v.
    settings: any field of `CorpusConfig`, and of `SgnsConfig`, `CbowConfig` or `GloveConfig`, by its name (dim=100, …).

    Raises SettingsError, CorpusError, VocabularyError, FormatError, OutputError or TrainingError, and ClusterError, a
    kind of TrainingError, where a scheduler or its workers are gone and the run can go on later.
    """
    with training(
        corpus,
        model,
        cache_dir=cache_dir,
        cache=cache,
        cache_limit=cache_limit,
        cache_days=cache_days,
        checkpoint=checkpoint,
        checkpoint_every=checkpoint_every,
        resume=resume,
        workers=workers,
        cluster=cluster,
        insecure=insecure,
        run_dir=run_dir,
        progress=progress,
        tokenize=tokenize,
        **settings,
    ) as vectors:  # workers have their rows only inside of the block
        matrix, contexts = vectors.matrix, None if vectors.contexts is None else whole_rows(vectors.contexts)
    vectors.stored = without_gaps(matrix)  # not before there is no checkpoint any more to be written of it
    vectors.contexts = None if contexts is None else without_gaps(contexts)
    return vectors


@contextmanager
def training(
    corpus: Corpus = (),
    model: ModelChoice | None = None,
    *,
    cache_dir: Source | None = None,
    cache: bool = True,
    cache_limit: int | None = None,
    cache_days: float | None = None,
    checkpoint: Source | None = None,
    checkpoint_every: str = "10m",
    resume: bool | None = None,
    workers: int | None = None,
    cluster: Source | None = None,
    insecure: bool = False,
    run_dir: Source | None = None,
    outputs: Sequence[Path] = (),
    ready: Callable[[Data], None] = lambda data: None,
    progress: ProgressChoice = None,
    tokenize: Tokenize | None = None,
    **settings: Any,
) -> Iterator[Vectors]:
    """Do what `train` does, for a caller that writes the vectors inside the block; if that fails, they are kept.

    Inside the block the vectors are a view of what was trained, with gaps between the rows: there is no second copy. Of
    a run by workers they stay with the workers, and are fetched in segments where files are written; `vectors.matrix`
    fetches them all.

    outputs: the files that will be written; whether their disks have room is checked before training begins.
    ready: called with the data when they and the settings have been found to be good, before the first epoch.
    """
    without_blanks = tokenize is not None or settings.get("tokenizer") == "icu"
    given = names_or_texts(corpus, without_blanks=without_blanks)
    # Like standard input, texts from Python come only once; so do files that a function of Python splits into tokens.
    sources = (STDIN,) if isinstance(given, PythonTexts) else given
    sources = (STDIN,) if sources and tokenize is not None else sources
    with ExitStack() as stack:
        listener = stack.enter_context(reporting(progress))
        folder = None if checkpoint is None else Path(checkpoint)
        checkpoints = Checkpoints(folder, Every.parse(checkpoint_every), listener)
        by_workers = workers is not None or cluster is not None
        if by_workers or insecure or run_dir is not None:
            from w2v.training.cluster import starting

            starting.refuse_contradictions(workers, cluster, run_dir, insecure=insecure)
        address = None if cluster is None else os.fspath(cluster)
        if by_workers:
            starting.refuse_settings(settings)
            starting.refuse_texts_without_files(
                standard_input=not isinstance(given, PythonTexts) and STDIN in given,
                python_texts=isinstance(given, PythonTexts),
                tokenize=tokenize is not None,
                cache=cache,
            )
            checkpoints = _run_folder(run_dir, checkpoints, stack)
            folder, settings = checkpoints.folder, {**settings, "deterministic": True}
            _refuse_other_models(model)
        if folder is not None:
            stack.enter_context(locked(f"{folder}.run"))
        found = checkpoints.find(resume)
        if found is None:
            run = Run.asked_for(sources, model, settings)
            if resume:
                _tell_of_no_checkpoint(run, checkpoints)
        else:
            run = Run.resumed_from(found, sources, model, settings)
        run = replace(run, by_workers=by_workers)
        trainer = run.trainer
        engine: Engine | None = None
        spread: ByWorkers | None = None
        if isinstance(checkpoints, RunFolder):
            engine = starting.engine_for(workers, address, checkpoints.where, listener, insecure=insecure)
            at_end = stack.enter_context(ExitStack()).callback
            stack.enter_context(engine)  # its workers stay until the vectors are written
            spread = ByWorkers(engine, _share(engine, run).threads, listener, at_end)
        caching = Caching(cache_dir, cache, cache_limit, cache_days, spread)
        data = stack.enter_context(_opened(run, given, tokenize, caching, listener))
        if found is not None and run.starts_again(found, sources, data.fingerprint):
            listener.message(
                f"the text has changed since {found.path} was written: training starts from the beginning", "warning"
            )
            found, run = None, run.anew()
        if found is not None:
            run.check_versions(found, listener)
        if data.beginning is not None:
            _warn_of_lengths(data.beginning, listener)
        check_requirements(run, data, outputs, checkpoints, listener, workers)
        ready(data)
        heard = Remembering(listener)
        trained = _trained(run, trainer, data, found, checkpoints, heard, engine, resume=bool(resume))
        stack.callback(trained.end)
        if (advice := advice_on_little_text(trained, run.settings)) is not None:
            heard.message(advice, "warning")
        try:
            yield _vectors(run, data, trained, heard.warnings)
        except BaseException:
            _keep(checkpoints, trained.to_state)
            raise
        checkpoints.clear()


@contextmanager
def _opened(
    run: Run, given: Names | PythonTexts, tokenize: Tokenize | None, caching: Caching, progress: Progress
) -> Iterator[Data]:
    """Open what a run trains on. given: the corpus as the caller names it; a run that goes on has its own names."""
    read: Names | PythonTexts = given if isinstance(given, PythonTexts) else Names(run.sources)
    text = run.text
    if tokenize is not None:
        read = tokenized(given, text.reading, tokenize, progress.message)
        text = replace(text, input_format=None, column=None, encoding=UTF8)
    opens = run.model.open_data()
    with opens(read, text, run.settings, cache_dir=caching, progress=progress) as data:
        if tokenize is not None:
            data.text = {**data.text, "tokenizer": name_of(tokenize)}
        yield data


def _vectors(run: Run, data: Data, trained: Trained, warnings: Sequence[str]) -> Vectors:
    """Return what was trained, with the record of the run. Raises TrainingError where vectors are not finite."""
    words, counts = data.vocabulary.words, data.vocabulary.counts
    vectors = Vectors.unchecked(
        words,
        _finite(trained.matrix, words),
        counts,
        replace(_record(run, data, trained), warnings=tuple(warnings)),
        norms=trained.norms,
        contexts=trained.arrays.get("contexts"),
        subwords=run.model.subwords_of(run.settings, data.vocabulary, trained.arrays),
    )
    return vectors if data.beginning is None else data.beginning.complete(vectors)


def has_checkpoint(where: Source) -> bool:
    """Return whether an interrupted run is saved in a folder: of one process, or of workers (where it may be a URL)."""
    nothing = NullProgress()
    folder = RunFolder(os.fspath(where), Every(), nothing)
    return not folder.is_empty or not Checkpoints(folder.folder, Every(), nothing).is_empty


def _warn_of_lengths(beginning: Beginning, progress: Progress) -> None:
    """Warn where training begins with vectors of a model whose lengths suit no other."""
    name = beginning.trained_with
    if name is not None and (name not in MODELS or not MODELS[name].suits_others):
        progress.message(f"{beginning.old.name} was trained by {name}: its lengths suit other models badly", "warning")


def _finite(matrix: F32 | FileRows, words: Sequence[str]) -> F32 | FileRows:
    """Return the vectors as they are. Raises TrainingError where they hold NaN or infinity."""
    bad = rows_not_finite(matrix)
    if bad.size:
        raise TrainingError(
            f"training diverged: {bad.size:,} of {len(words):,} vectors hold NaN or infinity, that of "
            f"{words[bad[0]]!r} first; nothing was written",
            hint="train again with a smaller --learning-rate",
        )
    return matrix


def _tell_of_no_checkpoint(run: Run, checkpoints: Checkpoints) -> None:
    """Say that a run which was to be resumed starts from the beginning. Raises SettingsError where it cannot."""
    where = f"in {checkpoints.name}" if checkpoints.name else "anywhere"
    if not run.names_data:
        raise SettingsError(f"there is no checkpoint {where}, and no corpus", hint="name the corpus to begin")
    checkpoints.progress.message(f"there is no checkpoint {where}: training starts from the beginning")


def _run_folder(run_dir: Source | None, checkpoints: Checkpoints, stack: ExitStack) -> RunFolder:
    """Return the folder for a run by workers; without a name, a temporary one."""
    where = stack.enter_context(temporary_folder("run")) / "run" if run_dir is None else run_dir
    return RunFolder(os.fspath(where), checkpoints.every, checkpoints.progress, is_temporary=run_dir is None)


def _share(engine: Engine, run: Run) -> Share:
    """Return what each worker of a run may use."""
    assert isinstance(run.settings, SgnsConfig)
    return engine.share(run.settings)


def _refuse_other_models(choice: ModelChoice | None) -> None:
    """Raise SettingsError where workers cannot train a model, before it is asked about its settings."""
    if isinstance(choice, str) and (model := model_named(choice)).on_workers is None:
        model.trainer_by_workers(model.settings())


def _trained(
    run: Run,
    trains: type[Trainer[Any]],
    data: Data,
    found: Checkpoint | None,
    checkpoints: Checkpoints,
    heard: Remembering,
    engine: Engine | None,
    *,
    resume: bool,
) -> Trained:
    """Train to the end, from where `found` stands or from the beginning. `heard` keeps the warnings of the result.

    engine: runs the tasks of a run by workers.
    """
    state, progress = None, checkpoints.progress
    if found is not None:
        progress.message(f"continuing from {found.path}: {describe_progress(found)}")
        with _naming_the_checkpoint(found):
            state = _state_of(found)
            if "finished" in state.position:
                checkpoints.begin(run.to_json(data.fingerprint), state, resumed=True)
                return Trained.from_state(state, len(data.vocabulary))
    kept = KeptData(resume, checkpoints.kept_data() if resume else None, checkpoints.place_for_data)
    if engine is not None:
        from w2v.training.cluster.trainer import Workers

        assert isinstance(checkpoints, RunFolder)
        kept = Workers(engine=engine, share=_share(engine, run), run_folder=checkpoints)
    trainer = trains.open(data, run.settings, kept, progress)
    loop = Loop(trainer, run.model, run.settings.epochs, progress)
    if found is not None and state is not None:
        with _naming_the_checkpoint(found):
            loop.restore(state)
    checkpoints.begin(run.to_json(data.fingerprint), loop.state(), resumed=found is not None)
    trained = _run(loop, data, checkpoints)
    goes_on = data.beginning is not None
    check_outcome(trained, trainer.words_without_pairs(), data.vocabulary, heard, goes_on=goes_on)
    return trained


def _run(loop: Loop, data: Data, checkpoints: Checkpoints) -> Trained:
    """Train to the end, with checkpoints on the way and where training is stopped."""

    def should_pause(epochs: int) -> bool:
        data.check(checkpoints.progress)
        return checkpoints.should_pause(epochs)

    try:
        while not loop.run(should_pause):
            checkpoints.keep(loop.state())
        return loop.result()
    except TrainingError:
        if not checkpoints.is_empty and checkpoints.name:
            checkpoints.progress.message(f"the last good state is saved in {checkpoints.name}")
        raise
    except BaseException:
        _keep(checkpoints, loop.state)
        raise


def _state_of(found: Checkpoint) -> State:
    position = dict(found.position)
    seconds, cpu_seconds = position.pop("seconds", 0.0), position.pop("cpu_seconds", 0.0)
    return State(position, found.arrays, seconds, cpu_seconds)


@contextmanager
def _naming_the_checkpoint(found: Checkpoint) -> Iterator[None]:
    try:
        yield
    except (KeyError, TypeError, ValueError) as error:
        raise FormatError(f"{found.path}: it does not say how far training has come ({error!r})") from error


def _keep(checkpoints: Checkpoints, state: Callable[[], State | None]) -> None:
    """Write a checkpoint because training, or writing the vectors, was stopped."""
    with suppress(Exception):  # what cannot be told any more must not cost the checkpoint
        checkpoints.progress.phase("writing a checkpoint")
    if checkpoints.keep(state()):
        checkpoints.progress.message(f"the run so far is saved in {checkpoints.name}")


def _record(run: Run, data: Data, trained: Trained) -> RunRecord:
    threads = run.settings.worker_threads
    facts = {"words": trained.words, "pairs": trained.pairs, "cpu_seconds": trained.cpu_seconds}
    return RunRecord(
        model=run.model.name,
        settings={**data.text, **plain_values(run.settings), **trained.settings, "threads": threads},
        corpus={name: value for name, value in data.report.items() if name != "text"},
        vocabulary={"words": len(data.vocabulary), "tokens": data.vocabulary.tokens, **trained.sizes},
        threads=threads,
        timings={"corpus": data.seconds, **trained.seconds},
        trained=facts | dict(trained.shares) | ({"resumed": run.resumed} if run.resumed else {}),
        loss=trained.loss,
        heldout_loss=trained.heldout_loss,
        started=run.started,
    )
