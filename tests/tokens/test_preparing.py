"""From sources to a token cache: the naive twin, the same bytes on any number of threads, reuse, and every refusal."""

from __future__ import annotations

import errno
import gzip
import io
import json
import lzma
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference.tokenise import corpus as naive_corpus
from safetensors.numpy import load_file

from w2v.errors import CorpusError, OutputError, VocabularyError, W2VError
from w2v.files.caches import user_cache
from w2v.progress import Level, NullProgress
from w2v.tokens import TokenCache, counting, prepare
from w2v.tokens.settings import CorpusConfig

REAL = ["wiki8s", "text8-prefix", "books-en", "wiki-de", "wiki-zh"]


class Listener(NullProgress):
    def __init__(self) -> None:
        self.phases: list[tuple[str, int | None]] = []
        self.done: list[int] = []
        self.messages: list[tuple[Level, str]] = []

    def phase(self, name: str, total: int | None = None, unit: str = "") -> None:
        self.phases.append((name, total))
        self.done.append(0)

    def update(self, done: int, **fields: float | str) -> None:
        assert done >= self.done[-1]
        self.done[-1] = done

    def message(self, text: str, level: Level = "info") -> None:
        self.messages.append((level, text))

    def said(self, level: Level) -> str:
        return "\n".join(text for each, text in self.messages if each == level)


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "corpus.txt"
    path.write_text("b a a c\n\na b\rb zz a\n c \n")
    return path


@pytest.fixture
def cache_dir(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture(scope="module")
def samples(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The first megabyte or so of each real corpus."""
    folder = tmp_path_factory.mktemp("samples")
    for name in REAL:
        with lzma.open(shared / "corpora" / f"{name}.txt.xz") as file:
            (folder / f"{name}.txt").write_text(file.read(1_000_000).decode(errors="ignore"), "utf-8")
    return {name: folder / f"{name}.txt" for name in REAL}


def content(cache: TokenCache) -> tuple[list[str], list[int], list[int]]:
    return list(cache.vocabulary.words), cache.vocabulary.counts.tolist(), cache.tokens.tolist()


def caches(folder: Path) -> list[Path]:
    """All that lies in the cache folder, hidden files too."""
    return sorted(folder.iterdir()) if folder.exists() else []


def test_a_small_corpus(text: Path, cache_dir: Path) -> None:
    with prepare([text], CorpusConfig(min_count=2), cache_dir=cache_dir) as cache:
        assert content(cache) == (["a", "b", "c"], [4, 3, 2], [1, 0, 0, 2, -1, 0, 1, -1, 1, 0, -1, 2, -1])
        assert (cache.tokens.dtype, cache.vocabulary.counts.dtype) == (np.int32, np.int64)
        assert not cache.reused
        report = cache.report
        assert (report.tokens, report.types, report.sentences, report.bytes) == (10, 4, 4, 24)
        assert (report.types_below_min_count, report.tokens_below_min_count) == (1, 1)
        assert report.sources == (str(text),)
        assert json.loads(json.dumps(report.to_dict())) == report.to_dict()
        assert report.seconds > 0
    assert len(cache.tokens) == 0


@pytest.mark.slow
@pytest.mark.parametrize(("tokenizer", "lowercase"), [("whitespace", False), ("whitespace", True), ("words", True)])
def test_twin_on_real_text(samples: dict[str, Path], cache_dir: Path, tokenizer: str, lowercase: bool) -> None:
    """All five corpora as one; words, counts and ids are those of plain Python."""
    config = CorpusConfig(tokenizer=tokenizer, lowercase=lowercase, min_count=2, max_vocab=20_000)  # type: ignore[arg-type]
    texts = [path.read_bytes().decode() for path in samples.values()]
    cache = prepare(list(samples.values()), config, cache_dir=cache_dir, threads=2, block_size=100_000)
    expected = naive_corpus((text.lower() if lowercase else text for text in texts), tokenizer, 2, 20_000)
    words, counts, ids = content(cache)
    assert words == expected[0]
    assert counts == expected[1]
    assert ids == expected[2]
    assert np.array_equal(np.bincount(cache.tokens[cache.tokens >= 0]), counts)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(
    texts=st.lists(st.text(alphabet="ab\u3000 \n\ré東-'0", max_size=60), min_size=1, max_size=4),
    tokenizer=st.sampled_from(["whitespace", "words"]),
    min_count=st.integers(1, 3),
    threads=st.integers(1, 3),
)
def test_twin(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], tokenizer: str, min_count: int, threads: int
) -> None:
    folder = tmp_path_factory.mktemp("twin")
    for number, text in enumerate(texts):
        (folder / f"{number}.txt").write_bytes(text.encode())
    config = CorpusConfig(tokenizer=tokenizer, min_count=min_count)  # type: ignore[arg-type]
    expected = naive_corpus(texts, tokenizer, min_count)
    try:
        cache = prepare([folder], config, cache_dir=folder / ".cache", threads=threads, block_size=1)
    except (CorpusError, VocabularyError):
        assert len(expected[0]) < 2
    else:
        assert content(cache) == expected


@pytest.mark.slow
@pytest.mark.parametrize("tokenizer", ["whitespace", "words"])
def test_the_same_bytes_on_any_threads_and_blocks(samples: dict[str, Path], tmp_path: Path, tokenizer: str) -> None:
    config = CorpusConfig(tokenizer=tokenizer, min_count=1)  # type: ignore[arg-type]
    sources = [samples["wiki-zh"], samples["books-en"]]
    files = set()
    for threads, block_size in [(1, 1 << 30), (2, 1 << 22), (3, 50_000), (2, 1_000)]:
        cache = prepare(
            sources, config, cache_dir=tmp_path / f"{threads}-{block_size}", threads=threads, block_size=block_size
        )
        files.add((cache.path.name, cache.path.read_bytes()))
    assert len(files) == 1


@pytest.mark.slow
def test_text_tables_and_spans_larger_than_their_first_size(cache_dir: Path, tmp_path: Path) -> None:
    """More distinct words, longer words and more words in a block than a worker begins with."""
    path = tmp_path / "many.txt"
    many = 2 * counting._SPAN + 7
    path.write_text(
        " ".join(f"{number:x}" if number % 3 else f"long-word-number-{number}" for number in range(many)) + "\na a"
    )
    cache = prepare([path], CorpusConfig(min_count=1), cache_dir=cache_dir, threads=2)
    assert content(cache) == naive_corpus([path.read_text()], "whitespace")


def test_max_vocab_keeps_the_most_frequent_and_counts_the_rest(text: Path, cache_dir: Path) -> None:
    cache = prepare([text], CorpusConfig(min_count=1, max_vocab=2), cache_dir=cache_dir)
    assert content(cache) == (["a", "b"], [4, 3], [1, 0, 0, -1, 0, 1, -1, 1, 0, -1])
    assert (cache.report.types_over_max_vocab, cache.report.tokens_over_max_vocab) == (2, 3)
    assert (cache.report.types_below_min_count, cache.report.tokens_below_min_count) == (0, 0)


def test_equal_counts_stand_in_the_order_of_bytes(cache_dir: Path, tmp_path: Path) -> None:
    words = ["z", "é", "prefix-eight", "prefix-e", "prefix-eight-and-more", "prefix-ei", "a", "ab", "ﬀ", "𠮷", "東"]
    path = tmp_path / "corpus.txt"
    path.write_text(" ".join(words) + " z z")
    cache = prepare([path], CorpusConfig(min_count=1), cache_dir=cache_dir)
    assert cache.vocabulary.words == ["z", *sorted(words[1:], key=str.encode)]


def test_other_tools_can_read_the_file(text: Path, cache_dir: Path) -> None:
    cache = prepare([text], CorpusConfig(min_count=1), cache_dir=cache_dir)
    tensors = load_file(cache.path)
    offsets, words = tensors["word_offsets"], tensors["words"].tobytes()
    assert [words[a:b].decode() for a, b in pairwise(offsets)] == cache.vocabulary.words
    assert tensors["tokens"].tolist() == cache.tokens.tolist()
    assert tensors["counts"].tolist() == cache.vocabulary.counts.tolist()
    header = int.from_bytes(cache.path.read_bytes()[:8], "little")
    assert (8 + header) % 64 == 0


# Reuse


def test_reuse_goes_by_content(text: Path, cache_dir: Path, tmp_path: Path) -> None:
    config = CorpusConfig(min_count=1)
    first = prepare([text], config, cache_dir=cache_dir)
    moved = text.rename(tmp_path / "elsewhere.txt")
    os.utime(moved, (1, 1))
    listener = Listener()
    second = prepare(moved, config, cache_dir=cache_dir, progress=listener)
    assert (first.reused, second.reused) == (False, True)
    assert content(first) == content(second)
    assert second.report.sources == (str(moved),)
    assert second.report.fingerprint == first.report.fingerprint
    assert "reusing" in listener.said("info")
    assert not any("reading" in name for name, _ in listener.phases)

    status = moved.stat()
    moved.write_bytes(moved.read_bytes().replace(b"zz", b"yy"))
    os.utime(moved, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert not prepare([moved], config, cache_dir=cache_dir).reused


@pytest.mark.parametrize(
    "config",
    [
        CorpusConfig(min_count=2),
        CorpusConfig(min_count=1, max_vocab=3),
        CorpusConfig(min_count=1, lowercase=True),
        CorpusConfig(min_count=1, tokenizer="words"),
        CorpusConfig(min_count=1, encoding_errors="replace"),
    ],
)
def test_another_setting_is_another_cache(text: Path, cache_dir: Path, config: CorpusConfig) -> None:
    prepare([text], CorpusConfig(min_count=1), cache_dir=cache_dir)
    assert not prepare([text], config, cache_dir=cache_dir).reused
    assert prepare([text], config, cache_dir=cache_dir).reused


def test_where_files_end_is_part_of_the_key(cache_dir: Path, tmp_path: Path) -> None:
    contents = []
    for names in (("a b ", "a b c"), ("a b a", " b c")):
        folder = tmp_path / names[0]
        folder.mkdir()
        for number, text in enumerate(names):
            (folder / str(number)).write_text(text)
        cache = prepare([folder], CorpusConfig(min_count=1), cache_dir=cache_dir)
        contents.append(cache.tokens.tolist())
        assert not cache.reused
    assert contents == [[0, 1, -1, 0, 1, 2, -1], [0, 1, 0, -1, 1, 2, -1]]


@pytest.mark.slow
@pytest.mark.parametrize("place", ["header", "middle", "end", "short", "long", "empty"])
def test_a_damaged_cache_is_made_again(text: Path, cache_dir: Path, place: str) -> None:
    config = CorpusConfig(min_count=1)
    good = prepare([text], config, cache_dir=cache_dir)
    data = good.path.read_bytes()
    flipped = {"header": 30, "middle": len(data) - 40, "end": len(data) - 1}
    if place in flipped:
        at = flipped[place]
        damaged = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
    else:
        damaged = {"short": data[:-1], "long": data + b"x", "empty": b""}[place]
    good.path.write_bytes(damaged)
    listener = Listener()
    cache = prepare([text], config, cache_dir=cache_dir, progress=listener)
    assert not cache.reused
    assert "not a whole token cache" in listener.said("warning")
    assert cache.path.read_bytes() == data


# Standard input, pipes, places


def test_standard_input(text: Path, cache_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = CorpusConfig(min_count=1)
    data = text.read_bytes()
    for packed in (data, gzip.compress(data), lzma.compress(data)):
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(packed), closed=False))
        listener = Listener()
        with prepare(["-"], config, cache_dir=cache_dir, progress=listener) as cache:
            assert content(cache) == naive_corpus([data.decode()], "whitespace")
            assert caches(cache_dir) == []
            assert cache.report.sources == ("standard input",)
        assert ("reading the corpus", None) in listener.phases


def test_default_folder(text: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert prepare([text], CorpusConfig(min_count=1)).path.parent == tmp_path / "xdg" / "w2v" / "tokens"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")  # to be ignored, by the XDG base directory specification
    assert user_cache("tokens") == Path.home() / ".cache" / "w2v" / "tokens"


def test_progress(samples: dict[str, Path], cache_dir: Path, tmp_path: Path) -> None:
    """The total of the reading is what lies on the disk, compressed or not, and it is reached."""
    packed = tmp_path / "wiki8s.gz"
    packed.write_bytes(gzip.compress(samples["wiki8s"].read_bytes(), 1))
    size = packed.stat().st_size + samples["books-en"].stat().st_size
    listener = Listener()
    cache = prepare([packed, samples["books-en"]], cache_dir=cache_dir, progress=listener, block_size=100_000)
    kept = cache.vocabulary.tokens
    assert listener.phases[1:] == [("reading the corpus", size), ("writing the token cache", kept)]
    assert listener.done[1:] == [size, len(cache.tokens)]
    assert cache.report.bytes == size
    assert cache.report.text_bytes == sum(samples[name].stat().st_size for name in ("wiki8s", "books-en"))
    assert "MB in" in listener.said("info")
    assert str(cache.path) in listener.said("info")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "expected"),
    [("wiki8s", False), ("text8-prefix", False), ("books-en", True), ("wiki-de", True), ("wiki-zh", True)],
)
def test_hint(samples: dict[str, Path], cache_dir: Path, name: str, expected: bool) -> None:
    listener = Listener()
    prepare([samples[name]], CorpusConfig(min_count=2), cache_dir=cache_dir, progress=listener)
    assert ("--tokenizer words" in listener.said("hint")) == expected
    listener = Listener()
    prepare([samples[name]], CorpusConfig(min_count=2, tokenizer="words"), cache_dir=cache_dir, progress=listener)
    assert not listener.said("hint")


def test_what_was_replaced_is_said(tmp_path: Path, cache_dir: Path) -> None:
    path = tmp_path / "bad.txt"
    path.write_bytes(b"a b \xff\xfe a \xe2\x82 b\0 c\n")
    listener = Listener()
    config = CorpusConfig(min_count=1, encoding_errors="replace")
    cache = prepare([path], config, cache_dir=cache_dir, progress=listener)
    assert sorted(cache.vocabulary.words) == ["a", "b", "b\ufffd", "c", "\ufffd", "\ufffd\ufffd"]
    assert (cache.report.replaced_places, cache.report.replaced_bytes) == (4, 5)
    assert "5 bytes in 4 places" in listener.said("warning")
    assert prepare([path], config, cache_dir=cache_dir).report.replaced_bytes == 5


def test_a_reused_cache_says_what_the_first_run_said(tmp_path: Path, cache_dir: Path) -> None:
    path = tmp_path / "bad.txt"
    path.write_bytes(b'"Well," he said, "well, well." \xff\xfe Yes: he did, he said.\n' * 3 + b"once\n")
    heard = []
    for reused in (False, True):
        listener = Listener()
        config = CorpusConfig(min_count=2, max_vocab=8, encoding_errors="replace")
        assert prepare([path], config, cache_dir=cache_dir, progress=listener).reused == reused
        assert listener.said("hint").startswith("many words have punctuation attached")
        assert "not UTF-8" in listener.said("warning")
        assert "dropped 1 (1 tokens) seen fewer than 2 times; dropped" in listener.said("info")
        heard.append([each for each in listener.messages if not each[1].startswith("token cache")])
    assert heard[0] == heard[1]


def test_the_hint_comes_before_an_empty_vocabulary(tmp_path: Path, cache_dir: Path) -> None:
    path = tmp_path / "corpus.txt"
    path.write_text("A whole sentence, without any spaces. ".replace(" ", "_") + " and, another, one.")
    listener = Listener()
    with pytest.raises(VocabularyError):
        prepare([path], cache_dir=cache_dir, progress=listener)
    assert "--tokenizer words" in listener.said("hint")


# Refusals


@pytest.mark.parametrize(
    ("text", "config", "error", "message", "cure"),
    [
        ("", {}, CorpusError, "corpus.txt is empty", "give a text"),
        (" \n\u3000\r\n", {}, CorpusError, "holds no words in 7 bytes", "give a text"),
        ("... -- '", {"tokenizer": "words"}, CorpusError, "holds no words in 8 bytes", "give a text"),
        ("word word\nword", {}, VocabularyError, "one distinct word, 'word'", "--tokenizer words"),
        ("x" * 99, {}, VocabularyError, f"one distinct word, '{'x' * 40}…'", "--tokenizer words"),
        (
            "a a a b b c",
            {},
            VocabularyError,
            "no word occurs 5 times or more; the most frequent, 'a', occurs 3",
            "to 2",
        ),
        ("a a a b b c", {"min_count": 3}, VocabularyError, "only one word occurs 3 times or more", "in Python) to 2"),
    ],
)
def test_too_few_words(
    tmp_path: Path,
    cache_dir: Path,
    text: str,
    config: dict[str, object],
    error: type[W2VError],
    message: str,
    cure: str,
) -> None:
    path = tmp_path / "corpus.txt"
    path.write_text(text, "utf-8")
    with pytest.raises(error) as caught:
        prepare([path], CorpusConfig(**config), cache_dir=cache_dir)  # type: ignore[arg-type]
    assert message in caught.value.message
    assert cure in caught.value.hint
    assert caches(cache_dir) == []


@pytest.mark.parametrize("block_size", [64, 1 << 22])
def test_a_bad_byte_at_the_end_leaves_nothing(
    samples: dict[str, Path], cache_dir: Path, tmp_path: Path, block_size: int
) -> None:
    path = tmp_path / "corpus.txt"
    path.write_bytes(samples["books-en"].read_bytes()[:200_000] + b" \xff")
    with pytest.raises(CorpusError, match="byte 200,001"):
        prepare([path], cache_dir=cache_dir, threads=2, block_size=block_size)
    assert caches(cache_dir) == []


@pytest.mark.parametrize("phase", ["reading the corpus", "writing the token cache"])
def test_an_interrupt_leaves_nothing(samples: dict[str, Path], cache_dir: Path, phase: str) -> None:
    class Interrupting(Listener):
        def update(self, done: int, **fields: float | str) -> None:
            if self.phases[-1][0] == phase:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        prepare([samples["books-en"]], cache_dir=cache_dir, progress=Interrupting(), block_size=50_000)
    assert caches(cache_dir) == []


@pytest.mark.parametrize("call", ["pwrite", "fsync", "replace"])
def test_a_failing_disk_is_one_line_and_leaves_nothing(
    text: Path, cache_dir: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    counting.compile_kernels("whitespace")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(counting, "compile_kernels", lambda *_: None)
        patch.setattr(os, call, full)
        with pytest.raises(OutputError) as caught:
            prepare([text], CorpusConfig(min_count=1), cache_dir=cache_dir)
    assert str(cache_dir) in caught.value.message
    assert "no space left on device" in caught.value.message
    assert "--cache-dir" in caught.value.hint
    assert caches(cache_dir) == []


def test_too_little_space_is_found_while_reading(
    samples: dict[str, Path], cache_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=300_000))
    listener = Listener()
    with pytest.raises(OutputError, match=r"it needs [\d,]+ bytes, and 300,000 are free there .*--cache-dir"):
        prepare([samples["text8-prefix"]], cache_dir=cache_dir, progress=listener, block_size=10_000)
    assert 0 < listener.done[-1] < 500_000
    assert caches(cache_dir) == []


def test_the_cache_folder_cannot_be_made(text: Path, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"cannot make the cache folder .*corpus\.txt.cache.*--cache-dir"):
        prepare([text], cache_dir=text / "cache")


@pytest.mark.parametrize("home", ["a file", "none"])
def test_without_the_usual_folder_the_cache_is_temporary(
    text: Path, home: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    monkeypatch.setenv("XDG_CACHE_HOME", str(text) if home == "a file" else "")
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)  # what it does where nobody has a home
    before = set(tmp_path.iterdir())
    for _ in range(2):
        listener = Listener()
        with prepare([text], CorpusConfig(min_count=1), progress=listener) as cache:
            assert content(cache) == naive_corpus([text.read_text()], "whitespace")
            assert not cache.reused
            assert caches(temporary) == []
        assert [level for level, _ in listener.messages].count("warning") == 1
        assert str(temporary) in listener.said("warning")
        assert "until this run ends" in listener.said("info")
    assert set(tmp_path.iterdir()) == before


def test_a_cache_in_a_usual_folder_that_is_read_only_is_reused(
    text: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    config = CorpusConfig(min_count=1)
    prepare([text], config)

    def refuse(path: Path, size: int = 0) -> None:
        raise OutputError(f"cannot write {path}: read-only file system")

    monkeypatch.setattr("w2v.tokens.folder.check_writable", refuse)
    listener = Listener()
    assert prepare([text], config, progress=listener).reused
    assert not listener.said("warning")


@pytest.mark.slow
def test_ctrl_c_while_standard_input_is_silent(cache_dir: Path) -> None:
    """A pipe that never says anything: an interrupt ends the process and leaves the folder empty."""
    code = f"""
import os, signal, sys, threading
from w2v.tokens import prepare
from w2v.progress import NullProgress
class Listener(NullProgress):
    def phase(self, name, total=None, unit=""):
        if name == "reading the corpus":
            threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
try:
    prepare(["-"], cache_dir={str(cache_dir)!r}, progress=Listener())
except KeyboardInterrupt:
    sys.exit(130)
"""
    process = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE)
    assert process.stdin is not None
    process.stdin.write(b"a b c " * 100_000)
    process.stdin.flush()
    assert process.wait(60) == 130
    process.stdin.close()
    assert caches(cache_dir) == []


def test_no_kernel_is_loaded_for_a_cache_that_is_there(text: Path, cache_dir: Path) -> None:
    prepare([text], CorpusConfig(min_count=1), cache_dir=cache_dir)
    code = f"""
import sys
from w2v.tokens.settings import CorpusConfig
from w2v.tokens import prepare
assert prepare([{str(text)!r}], CorpusConfig(min_count=1), cache_dir={str(cache_dir)!r}).reused
assert not any(name in sys.modules for name in ("numba", "scipy", "pandas", "gensim"))
"""
    subprocess.run([sys.executable, "-c", code], check=True)


# Two runs at once


@pytest.mark.slow
def test_a_corpus_that_another_run_is_preparing_is_waited_for(text: Path, cache_dir: Path) -> None:
    """The other run stops in the middle until this one says that it waits."""
    code = f"""
import sys
from w2v.tokens.settings import CorpusConfig
from w2v.progress import NullProgress
from w2v.tokens import prepare
class Listener(NullProgress):
    def phase(self, name, total=None, unit=""):
        if name == "writing the token cache":
            print("in", flush=True)
            sys.stdin.read()
prepare([{str(text)!r}], CorpusConfig(min_count=1), cache_dir={str(cache_dir)!r}, progress=Listener())
"""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", code], **pipes) as other:  # type: ignore[call-overload]
        assert other.stdout.readline() == b"in\n"

        class Waiting(Listener):
            def phase(self, name: str, total: int | None = None, unit: str = "") -> None:
                super().phase(name, total, unit)
                if name == "waiting for another run":
                    other.stdin.close()

        listener = Waiting()
        cache = prepare([text], CorpusConfig(min_count=1), cache_dir=cache_dir, progress=listener)
    assert other.returncode == 0
    assert f"another run (process {other.pid} on " in listener.said("info")
    assert cache.reused
    assert not any(name == "reading the corpus" for name, _ in listener.phases)
    assert content(cache) == naive_corpus([text.read_text()], "whitespace")
    assert caches(cache_dir) == [cache.path]


@pytest.mark.slow
def test_what_a_killed_run_left_is_removed(text: Path, cache_dir: Path) -> None:
    code = f"""
import os, signal
from w2v.tokens.settings import CorpusConfig
from w2v.progress import NullProgress
from w2v.tokens import prepare
class Listener(NullProgress):
    def update(self, done, **fields):
        if self.name == "writing the token cache":
            os.kill(os.getpid(), signal.SIGKILL)
    def phase(self, name, total=None, unit=""):
        self.name = name
prepare([{str(text)!r}], CorpusConfig(min_count=1), cache_dir={str(cache_dir)!r}, progress=Listener())
"""
    assert subprocess.run([sys.executable, "-c", code]).returncode == -9
    assert {path.suffix for path in caches(cache_dir)} == {".lock", ".tmp"}
    cache = prepare([text], CorpusConfig(min_count=2), cache_dir=cache_dir)
    assert caches(cache_dir) == [cache.path]


def test_words_are_packed_as_they_are_spelt(monkeypatch: pytest.MonkeyPatch) -> None:
    spelt = ["für", "a", "東京", "zz"]
    text = "".join(spelt).encode()
    offsets = np.cumsum([0, *(len(word.encode()) for word in spelt)])
    words = counting.Words(np.frombuffer(text, dtype=np.uint8), offsets, np.ones(4, dtype=np.int64))
    monkeypatch.setattr(counting, "_SPAN", 2)  # words at a time
    for ids in ([0, 1, 2, 3], [3, 1, 0], [2]):
        assert list(words.packed(np.array(ids))) == words.spell(np.array(ids))
