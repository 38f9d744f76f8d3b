"""GloVe as a whole: from text or a kept matrix to vectors; the same bytes whatever the means; failures that say why."""

from __future__ import annotations

import json
import os
import threading
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from attacks.layout import joined, parts
from click.testing import CliRunner
from listening import Listening
from reference import glove as naive
from training.test_sgns import join_all_but

import w2v
from w2v.cli import cli
from w2v.cooccurrences import counting, overflow
from w2v.cooccurrences.file import is_cooccurrence_file, load_cooccurrences
from w2v.errors import FormatError, OutputError, SettingsError, TrainingError
from w2v.files.whole import scratch
from w2v.progress import NullProgress
from w2v.training.glove.model import GloveConfig
from w2v.training.glove.trainer import GloveTrainer
from w2v.vocab import Vocabulary

WORDS = 1100


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two topics: a sentence draws its words from the even or from the odd half of the vocabulary; many parts."""
    random = np.random.default_rng(0)
    frequency = 1 / np.arange(1, WORDS // 2 + 1)
    lines = []
    for line in range(4000):
        words = random.choice(WORDS // 2, 15, p=frequency / frequency.sum())
        lines.append(" ".join(f"{'even' if line % 2 == 0 else 'odd'}{word}" for word in words))
    for side in ("even", "odd"):
        lines += [" ".join(f"{side}{word}" for word in range(WORDS // 2))] * 5
    path = tmp_path_factory.mktemp("glove") / "corpus.txt"
    path.write_text("\n".join(lines), "utf-8")
    return path


# The mean cost of each epoch of glove.c's update in double precision, over records shuffled once: window 15, x_max 10,
# 50 dimensions, on text8-prefix.txt with min_count 5 (15,440 words, 6,646,233 records).
COSTS_OF_GLOVE_C = (0.065132, 0.048796, 0.045103, 0.042101, 0.039000)


@pytest.mark.slow
def test_costs_by_epoch_are_those_of_the_c_tool(shared: Path) -> None:
    record = w2v.train(shared / "corpora" / "text8-prefix.txt.xz", model="glove", dim=50, epochs=5).record
    assert record.vocabulary["cooccurrences"] == 6_646_233
    np.testing.assert_allclose(record.loss, COSTS_OF_GLOVE_C, rtol=0.01)


def train(corpus: Path | tuple, progress: NullProgress | None = None, **settings) -> w2v.Vectors:
    settings = {"dim": 16, "epochs": 3, "threads": 1, "seed": 3, **settings}
    return w2v.train(corpus, model="glove", progress=progress, **settings)


@pytest.mark.slow
def test_topics_come_apart(corpus: Path) -> None:
    vectors = train(corpus, epochs=15)
    unit = vectors.unit[[vectors.index[f"{side}{i}"] for side in ("even", "odd") for i in range(1, 21)]]
    cosines = unit @ unit.T
    within, across = cosines[:20, :20].mean(), cosines[:20, 20:].mean()
    assert within > across + 0.2
    loss = vectors.record.loss
    assert all(later < earlier for earlier, later in pairwise(loss))


@pytest.mark.slow
def test_threads_memory_and_a_kept_matrix_change_no_byte(corpus: Path, tmp_path: Path, monkeypatch) -> None:
    kept = tmp_path / "corpus.cooc"
    first = train(corpus, keep_cooccurrences=kept)
    monkeypatch.setattr(counting, "CHUNK_RECORDS", 5000)
    for settings in ({"threads": 2}, {"threads": 4, "memory": 1_500_000}, {"memory": 1_000_000}):
        other = train(corpus, **settings)
        assert other.matrix.tobytes() == first.matrix.tobytes(), settings
        assert other.record.loss == first.record.loss
    again = train((), cooccurrences=kept, threads=3)
    assert again.matrix.tobytes() == first.matrix.tobytes()
    assert again.words == first.words
    assert (again.counts == first.counts).all()
    assert again.record.corpus["fingerprint"] == first.record.corpus["fingerprint"]
    read_again, read = ({**record.settings} for record in (again.record, first.record))
    for settings in (read_again, read):  # what differs is where the matrix came from, and the means
        for name in ("cooccurrences", "keep_cooccurrences", "threads"):
            del settings[name]
    assert read_again == read
    assert read["window"] == 15
    assert read["min_count"] == 5
    assert again.record.corpus.keys() == first.record.corpus.keys() - {"sources", "seconds"}
    assert train(corpus, seed=4).matrix.tobytes() != first.matrix.tobytes()


def test_memory_spills_to_files_without_names(corpus: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(counting, "CHUNK_RECORDS", 5000)
    listener = Listening()
    train(corpus, progress=listener, memory=1_000_000, cache_dir=tmp_path / "cache")
    assert any("on the disk" in text and "M records" in text for text in listener.messages)
    assert any("blocks for training" in text for text in listener.messages)
    assert [path.suffix for path in (tmp_path / "cache").iterdir()] == [".tokens"]


@pytest.mark.slow
def test_vectors_larger_than_memory_are_announced(corpus: Path) -> None:
    listener = Listening()
    train(corpus, progress=listener, memory=1_000_000, dim=100, epochs=1)
    assert any("MB, more than the 1 MB allowed" in text for text in listener.messages)


@pytest.mark.slow
@pytest.mark.parametrize(("output", "width"), [("w", 16), ("c", 16), ("sum", 16), ("both", 32)])
def test_output_vectors(corpus: Path, output: str, width: int) -> None:
    both = train(corpus, output_vectors="both").matrix
    wanted = {"w": both[:, :16], "c": both[:, 16:], "sum": both[:, :16] + both[:, 16:], "both": both}[output]
    found = train(corpus, output_vectors=output).matrix
    assert found.shape == (WORDS, width) == wanted.shape
    np.testing.assert_array_equal(found, wanted)


def test_tolerance_stops_early(corpus: Path) -> None:
    listener = Listening()
    loss = train(corpus, progress=listener, epochs=30, tolerance=0.05).record.loss
    assert len(loss) < 30
    falls = [1 - later / earlier for earlier, later in pairwise(loss)]
    assert falls[-1] < 0.05 <= min(falls[:-1])
    assert any("stopped after epoch" in text for text in listener.messages)


def test_without_a_tolerance_no_cost_stops_training(tmp_path: Path) -> None:
    """Two words alone: the first steps overshoot, so the cost rises before it falls."""
    pairs = tmp_path / "pairs.txt"
    pairs.write_text("a b\n" * 50)
    loss = train(pairs, epochs=15, dim=100).record.loss
    assert len(loss) == 15
    assert loss[1] > loss[0] > 1.5 * loss[14]


def test_a_cost_that_rises_is_no_silent_success(tmp_path: Path) -> None:
    pairs, listener = tmp_path / "pairs.txt", Listening()
    pairs.write_text("a b\n" * 50)
    train(pairs, progress=listener, epochs=5, learning_rate=10.0, x_max=0.001)
    assert any("the cost rose from" in text for text in listener.messages)


def test_no_cost_is_told_before_there_is_one(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from w2v.training import loop

    told: list[float] = []

    class Costs(NullProgress):
        def update(self, done: int, **fields: float | str) -> None:
            told.extend(float(fields[name]) for name in fields.keys() & {"loss"})

    def looked_at_soon(work, threads, watch, segment, run=loop.run_workers):
        watch(segment.so_far)
        return run(work, threads, watch, segment)

    monkeypatch.setattr(loop, "run_workers", looked_at_soon)
    train(corpus, progress=Costs())
    assert len(told) >= 3
    assert np.isfinite(told).all()


def test_a_matrix_that_could_not_be_kept_is_not_counted(corpus: Path, tmp_path: Path) -> None:
    listener = Listening()
    with pytest.raises(OutputError, match="no such file or directory"):
        train(corpus, progress=listener, keep_cooccurrences=tmp_path / "missing" / "corpus.cooc")
    assert listener.phases == []


def test_defaults_follow_the_corpus_and_are_recorded(corpus: Path) -> None:
    assert [getattr(GloveConfig().for_corpus(10**8 - 1), name) for name in ("window", "x_max")] == [15, 10]
    assert [getattr(GloveConfig().for_corpus(10**8), name) for name in ("window", "x_max")] == [10, 100]
    chosen = GloveConfig(window=7, x_max=3, contexts="left", weighting="flat")
    assert chosen.for_corpus(10**9) == chosen
    listener = Listening()
    record = train(corpus, progress=listener).record
    assert (record.settings["window"], record.settings["x_max"], record.settings["dim"]) == (15, 10.0, 16)
    assert "16 dimensions, window 15, x_max 10, 3 epochs, learning rate 0.05" in listener.messages
    assert record.vocabulary["cooccurrences"] > 0
    assert record.trained["pairs"] == 3 * record.vocabulary["cooccurrences"]
    json.dumps(record.to_dict())


def test_a_wide_window_says_that_it_rounds(corpus: Path) -> None:
    listener = Listening()
    train(corpus, progress=listener, window=25, epochs=1)
    assert "1/distance is rounded to multiples of 1/4,294,967,296" in listener.messages


def test_divergence_is_an_error(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from w2v.training.glove import trainer

    first = trainer._first_model

    def poisoned(*arguments):
        model = first(*arguments)
        model.rows[0, 0] = np.nan
        return model

    monkeypatch.setattr(trainer, "compile_kernels", lambda *_: 0.0)
    monkeypatch.setattr(trainer, "_first_model", poisoned)
    with pytest.raises(TrainingError, match="not finite in epoch 1"):
        train(corpus, epochs=2)


@pytest.mark.parametrize("phase", ["counting co-occurrences", "epoch "])
def test_ctrl_c_stops_everything(corpus: Path, tmp_path: Path, phase: str) -> None:
    class Interrupter(Listening):
        def update(self, done: int, **fields) -> None:
            if self.phases[-1].startswith(phase):
                raise KeyboardInterrupt

    before = set(threading.enumerate())
    with pytest.raises(KeyboardInterrupt):
        train(corpus, progress=Interrupter(), epochs=1000, threads=2, cache_dir=tmp_path)
    join_all_but(before)
    assert [path.suffix for path in tmp_path.iterdir()] == [".tokens"]


def test_a_full_disk_is_an_error_and_leaves_nothing(corpus: Path, tmp_path: Path, monkeypatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(counting, "CHUNK_RECORDS", 5000)
    monkeypatch.setattr(overflow, "write_at", full)
    with pytest.raises(OutputError, match="no space left"):
        train(corpus, memory=1_000_000, cache_dir=tmp_path)
    assert [path.suffix for path in tmp_path.iterdir()] == [".tokens"]


@pytest.mark.parametrize("output", ["sum", "both"])
def test_memory_is_announced(output: str) -> None:
    from w2v.cooccurrences.matrix import Parts
    from w2v.training.glove import trainer

    config = GloveConfig(dim=100, output_vectors=output)
    model = trainer._first_model(Parts(WORDS), config)
    vectors = trainer._vectors(model, Parts(WORDS), config)
    required = GloveTrainer.requirements(Vocabulary([*map(str, range(WORDS))], np.ones(WORDS, np.int64)), config)
    assert model.rows.nbytes + model.columns.nbytes + vectors.nbytes == required.memory
    assert vectors.shape[1] == required.width


# --- the kept matrix


@pytest.fixture(scope="module")
def kept(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("kept") / "corpus.cooc"
    train(corpus, keep_cooccurrences=path, epochs=1, cache_dir=path.parent, window=4)
    return path


@pytest.mark.slow
def test_the_kept_matrix_is_the_twins(corpus: Path, kept: Path) -> None:
    matrix = load_cooccurrences(kept)
    index = matrix.vocabulary.index
    tokens = [index[word] if word else -1 for line in corpus.read_text().splitlines() for word in [*line.split(), ""]]
    wanted = naive.cooccurrences(tokens, 4)
    sparse = w2v.load_cooccurrences(kept).to_scipy()
    assert sparse.shape == (WORDS, WORDS)
    assert sparse.dtype == np.float32
    assert sparse.nnz == len(wanted)
    assert all(sparse[cell] == np.float32(float(wanted[cell])) for cell in list(wanted)[::50])
    assert abs(sparse - sparse.T).max() == 0


def test_other_tools_read_it_as_safetensors(kept: Path) -> None:
    from safetensors import safe_open

    with safe_open(kept, framework="numpy") as file:
        assert file.metadata()["format"] == "w2v.cooccurrences/1"
        assert file.get_tensor("counts").sum() == 60_000 + 5 * WORDS
        assert (file.get_tensor("values") > 0).all()


def test_the_same_corpus_gives_the_same_file(corpus: Path, kept: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(counting, "CHUNK_RECORDS", 5000)
    train(corpus, keep_cooccurrences=tmp_path / "again", epochs=1, window=4, threads=3, memory=1_000_000)
    assert (tmp_path / "again").read_bytes() == kept.read_bytes()


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda data: data[:-1], "bytes of data"),
        (lambda data: data[:100], "not a whole file"),
        (lambda data: b"", "not a whole file"),
        (lambda data: data[:5000] + b"x" + data[5001:], "it is damaged: the sha256 of block 0"),
        (lambda data: data.replace(b"cooccurrences/1", b"cooccurrences/9"), "a newer w2v wrote it"),
        (lambda data: data.replace(b'"dtype":"U16"', b'"dtype":"I16"'), "it is damaged: its sha256 is not the one"),
    ],
)
def test_damaged_files_are_refused(kept: Path, tmp_path: Path, damage, reason: str) -> None:
    bad = tmp_path / "bad.cooc"
    bad.write_bytes(damage(kept.read_bytes()))
    with pytest.raises(FormatError, match=reason):
        load_cooccurrences(bad)


@pytest.mark.parametrize("name", ["rows", "columns", "lengths", "values", "block_runs", "word_offsets"])
def test_numbers_that_would_lead_kernels_astray_are_refused(kept: Path, tmp_path: Path, name: str) -> None:
    """With the right hash: whoever made the file, no place outside a part reaches a kernel."""
    data = bytearray(kept.read_bytes())
    start = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:start])
    begin, end = (start + offset for offset in header[name]["data_offsets"])
    data[begin : begin + 4] = b"\xff\xff\xff\xff"
    bad = tmp_path / "bad.cooc"
    bad.write_bytes(joined(*parts(bytes(data))))
    assert is_cooccurrence_file(bad)
    assert end > begin
    with pytest.raises(FormatError, match=r"not a whole file of co-occurrences \((?!it is damaged)"):
        load_cooccurrences(bad)


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"window": 5}, "window is 5"),
        ({"weighting": "flat"}, "counted with 'distance'"),
        ({"contexts": "left"}, "counted with 'symmetric'"),
        ({"min_count": 2}, "no corpus to read"),
        ({"keep_cooccurrences": "x"}, "both given"),
        ({"negative": 5}, "not a setting of glove"),
    ],
)
def test_settings_that_contradict_the_matrix(kept: Path, settings: dict, reason: str) -> None:
    with pytest.raises(SettingsError, match=reason):
        train((), cooccurrences=kept, **settings)


def test_even_a_default_contradicts_when_it_is_named(tmp_path: Path) -> None:
    text, left = tmp_path / "text.txt", tmp_path / "left.cooc"
    text.write_text("a b c d\n" * 9)
    train(text, contexts="left", keep_cooccurrences=left)
    assert train((), cooccurrences=left).record.settings["contexts"] == "left"
    with pytest.raises(SettingsError, match=r"contexts is 'symmetric', but .* was counted with 'left'"):
        train((), cooccurrences=left, contexts="symmetric")


def test_there_is_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="there is no file"):
        train((), cooccurrences=tmp_path / "none.cooc")


# --- the command


def run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments])
    return result.exit_code, result.output


@pytest.mark.slow
def test_the_command_keeps_trains_again_and_describes(corpus: Path, tmp_path: Path) -> None:
    common = ("--model", "glove", "--dim", 8, "--epochs", 1, "--threads", 1)
    kept, first, second = (tmp_path / name for name in ("c.cooc", "a.bin", "b.bin"))
    assert run("train", corpus, *common, "-o", first, "--keep-cooccurrences", kept, "--memory", "0.1GB")[0] == 0
    assert run("train", *common, "-o", second, "--cooccurrences", kept)[0] == 0
    assert first.read_bytes() == second.read_bytes()
    code, described = run("info", kept, "--json")
    assert code == 0
    facts = json.loads(described)
    assert (facts["schema"], facts["words"], facts["window"]) == ("w2v.info.cooccurrences/1", WORDS, 15)
    assert facts["records"] == load_cooccurrences(kept).records
    assert "cells" in run("info", kept)[1]


@pytest.mark.parametrize("size", ["plenty", "-5MB", "10MB/s", "1e9"])
def test_a_size_is_a_number_and_a_unit(corpus: Path, size: str) -> None:
    code, output = run("train", corpus, "--model", "glove", f"--memory={size}", "-o", "x.bin")
    assert code == 2
    assert "no size such as 200MB" in output


def test_a_corpus_or_a_matrix_is_needed() -> None:
    code, output = run("train", "--model", "glove")
    assert code == 2
    assert "Missing argument 'CORPUS...'" in output


def test_settings_of_the_other_model_are_refused(corpus: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["train", str(corpus), "--x-max", "5", "-o", str(tmp_path / "x.bin")])
    assert isinstance(result.exception, SettingsError)
    assert "'x_max' is not a setting of sgns" in str(result.exception)
    assert result.exception.hint.startswith("--model glove has it; the settings of sgns are ")
    with pytest.raises(SettingsError, match="'noise_power' is not a setting of glove") as caught:
        w2v.train(corpus, model="glove", noise_power=0.5)
    assert str(caught.value.hint).startswith("--model sgns and --model cbow have it; the settings of glove are ")


def test_scratch_is_gone_when_its_block_ends(tmp_path: Path) -> None:
    with scratch(tmp_path) as file:
        overflow.write_at(file, np.arange(4), 0)
        content = overflow.mapped(file)
    assert np.frombuffer(content, np.int64).tolist() == [0, 1, 2, 3]
    assert not any(tmp_path.iterdir())
