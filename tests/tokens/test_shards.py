"""A token cache in shards: the words, ids and report of the cache in one file, which is its naive twin."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tokens.test_preparing import Listener, content

from w2v.errors import CorpusError, SettingsError, VocabularyError
from w2v.files.kept import entries, kind_named
from w2v.files.own import own_file
from w2v.tokens import TokenCache, prepare, sharding, shards, source_tasks
from w2v.tokens.folder import Caching
from w2v.tokens.settings import CorpusConfig
from w2v.verification import verify

ALL = CorpusConfig(min_count=1)


class Here:
    """Runs all tasks in this process, and notes them. fails: is asked before each task, and may raise."""

    threads, workers = 2, 2

    def __init__(self) -> None:
        self.done: list[tuple[str, int]] = []
        self.fails: Callable[[str, int], None] = lambda name, number: None
        self.ends = ExitStack()

    def at_end(self, action: Callable[[], None]) -> None:
        self.ends.callback(action)

    def run(
        self,
        function: Callable[..., Any],
        items: Sequence[tuple[Any, ...]],
        sizes: Sequence[int],
        told: Any,
        watch: Any,
    ) -> list[Any]:
        results: list[Any] = [None] * len(items)
        for place in reversed(range(len(items))):
            numbers = [each if isinstance(each, int) else getattr(each, "number", None) for each in items[place][1:]]
            number = next(each for each in numbers if each is not None)
            self.fails(function.__name__, number)
            results[place] = function(*items[place])
            self.done.append((function.__name__, number))
            watch()
            told(place, results[place])
        return results

    def times(self, name: str) -> list[int]:
        return sorted(number for each, number in self.done if each == name)


def write(folder: Path, texts: Sequence[str], *, zipped: bool = False) -> list[Path]:
    folder.mkdir(exist_ok=True)
    paths = [folder / f"{number:02}.txt{'.gz' * (zipped and number % 2)}" for number in range(len(texts))]
    for path, text in zip(paths, texts, strict=True):
        path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return paths


def texts_of(number: int) -> list[str]:
    """Texts with words in common and others, of very different sizes; one is empty, one lacks its last line end."""
    random = np.random.default_rng(number)
    texts = []
    for size in random.integers(1, 4_000, number).tolist():
        words = random.zipf(1.3, size) % 300
        lines = np.split(words, np.sort(random.integers(0, size, size // 9)))
        texts.append("\n".join(" ".join(f"w{word}" for word in line) for line in lines) + "\n")
    if number > 1:
        texts[1] = texts[1].rstrip("\n") + "\n\n\nw1 ünlü/straße w2 w3"
        texts[number // 2 + 1] = ""
    return texts


def sharded(paths: Sequence[Path], config: CorpusConfig, folder: Path, spread: Here | None = None, **options) -> Any:
    return prepare(paths, config, cache_dir=Caching(folder, spread=spread or Here()), **options)


def same(one: TokenCache, other: TokenCache) -> None:
    assert content(one) == content(other)
    assert (one.tokens.dtype, one.vocabulary.counts.dtype) == (other.tokens.dtype, other.vocabulary.counts.dtype)
    left = [replace(cache.report, seconds=0.0) for cache in (one, other)]
    assert left[0] == left[1]
    assert left[0].to_dict() == left[1].to_dict()
    for cache in (one, other):
        cache.close()


@pytest.mark.parametrize("number", [1, 3, 7])
@pytest.mark.parametrize("zipped", [False, True])
def test_the_shards_have_what_the_cache_in_one_file_has(number: int, zipped: bool, tmp_path: Path) -> None:
    paths = write(tmp_path / "texts", texts_of(number), zipped=zipped)
    few, words = CorpusConfig(min_count=5, max_vocab=40), CorpusConfig(tokenizer="words", min_count=2)
    for config, block_size in ((ALL, 300), (few, 1 << 22), (words, 1 << 22)):
        found = sharded(paths, config, tmp_path / "shards", block_size=block_size)
        assert (found.path.suffix == ".index") == (number > 1)
        same(found, prepare(paths, config, cache_dir=tmp_path / "alone"))


def test_records_bad_bytes_and_lists_are_reported_alike(tmp_path: Path) -> None:
    table = tmp_path / "a.csv"
    table.write_bytes(b"id,text\n1,the cat sat\n2,\n3,the \xff dog\n")
    lines = tmp_path / "b.jsonl"
    lines.write_text('{"text": "a cat and a dog"}\n{"no": "text"}\n{"text": "the end"}\n')
    stop, keep = tmp_path / "stop", tmp_path / "keep"
    stop.write_text("the\n")
    keep.write_text("end\nnowhere\n")
    config = CorpusConfig(
        input_format="auto",
        column="text",
        min_count=2,
        encoding_errors="replace",
        stop_words=str(stop),
        keep_words=str(keep),
    )
    spread, alone = Listener(), Listener()
    found = sharded([table, lines], config, tmp_path / "shards", progress=spread)
    assert (found.report.kind, found.report.texts, found.report.without_text) == ("csv, json", 4, 2)
    same(found, prepare([table, lines], config, cache_dir=tmp_path / "alone", progress=alone))
    assert spread.messages[:-1] == alone.messages[:-1]  # the last ones say where the cache is


def test_how_far_counting_is_is_told_before_a_source_has_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (sharding, source_tasks):
        monkeypatch.setattr(module, "EVERY", -1.0)
    paths, listener = write(tmp_path / "texts", texts_of(4)), Listener()
    monkeypatch.setattr(sharding.Sharding, "_clean", lambda self: None)
    cache = sharded(paths, ALL, tmp_path / "c", progress=listener, block_size=500)
    (folder,) = (tmp_path / "c").iterdir()
    assert [source_tasks.bytes_read(folder, number) for number in range(4)] == [path.stat().st_size for path in paths]
    names = [name for name, _ in listener.phases if "worker" in name]
    assert names == ["counting 4 files by 2 workers", "writing 4 shards by 2 workers"]
    totals = dict(zip(listener.phases, listener.done, strict=True))
    assert totals[names[0], cache.report.bytes] == cache.report.bytes
    assert totals[names[1], 2 * cache.report.tokens] == 2 * cache.report.tokens


def test_many_sources_share_shards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharding, "MOST", 3)
    paths, spread = write(tmp_path / "texts", texts_of(8)), Here()
    same(sharded(paths, ALL, tmp_path / "c", spread), prepare(paths, ALL, cache_dir=tmp_path / "alone"))
    assert spread.times("count_part") == [0, 1, 2]


def test_a_second_run_makes_nothing_by_workers_or_alone(tmp_path: Path) -> None:
    paths, folder = write(tmp_path / "texts", texts_of(5)), tmp_path / "shards"
    first = sharded(paths, ALL, folder)
    assert not first.reused
    again = Here()
    second = sharded(paths, ALL, folder, again)
    assert second.reused
    assert {name for name, _ in again.done} == {"check_shard"}
    with prepare(paths, ALL, cache_dir=folder) as alone:  # without workers
        assert alone.reused
        assert content(alone) == content(second)
    same(first, second)
    assert len(list(folder.iterdir())) == 1


def test_a_cache_in_one_file_is_used_by_workers(tmp_path: Path) -> None:
    paths, spread = write(tmp_path / "texts", texts_of(3)), Here()
    alone = prepare(paths, ALL, cache_dir=tmp_path / "c")
    found = sharded(paths, ALL, tmp_path / "c", spread)
    assert (found.reused, found.path, spread.done) == (True, alone.path, [])


def test_only_the_index_and_the_shards_stay_and_are_private(tmp_path: Path) -> None:
    cache = sharded(write(tmp_path / "texts", texts_of(3)), ALL, tmp_path / "c")
    folder = cache.path.parent
    names = sorted(path.name for path in folder.iterdir())
    assert names == sorted([cache.path.name, *(f"{cache.path.stem}-{number}.ids" for number in range(3))])
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert cache.size == sum(path.stat().st_size for path in folder.iterdir())


@pytest.mark.parametrize("task", ["count_part", "measure_part", "encode_part"])
def test_what_a_broken_run_has_done_is_not_done_again(task: str, tmp_path: Path) -> None:
    paths, folder, broken = write(tmp_path / "texts", texts_of(6)), tmp_path / "shards", Here()

    def fail(name: str, number: int) -> None:
        if (name, number) == (task, 2):
            raise KeyboardInterrupt

    broken.fails = fail
    with pytest.raises(KeyboardInterrupt):
        sharded(paths, ALL, folder, broken)
    before = {path: path.stat().st_ino for path in folder.rglob("*") if path.is_file() and path.suffix != ".words"}
    again = Here()
    found = sharded(paths, ALL, folder, again)
    assert not found.reused
    lasting = {path: inode for path, inode in before.items() if path.suffix == ".ids"}
    assert len(lasting) == (3 if task == "encode_part" else 0)
    assert all(path.stat().st_ino == inode for path, inode in lasting.items())
    same(found, prepare(paths, ALL, cache_dir=tmp_path / "alone"))


def test_a_run_that_is_stopped_before_a_source_is_counted_leaves_nothing(tmp_path: Path) -> None:
    def stop(name: str, number: int) -> None:
        if len(spread.done) == counted:
            (shards,) = tmp_path.glob("cache/*.shards")
            (shards / f"{number}.progress").write_text("7")
            raise KeyboardInterrupt

    paths = write(tmp_path / "texts", texts_of(3))
    for counted in (0, 1):
        spread = Here()
        spread.fails = stop
        with spread.ends, pytest.raises(KeyboardInterrupt):
            sharded(paths, ALL, tmp_path / "cache", spread)
        left = {path.suffix for path in tmp_path.glob("cache/*.shards/*")}
        assert left == ({".counted", ".numbers"} if counted else set())
        assert len(list(tmp_path.glob("cache/*"))) == counted
    with (last := Here()).ends:
        made = sharded(paths, ALL, tmp_path / "cache", last)
    same(made, prepare(paths, ALL, cache_dir=tmp_path / "alone"))


def test_counts_of_a_broken_run_are_used_if_they_are_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths, folder, broken = write(tmp_path / "texts", texts_of(6)), tmp_path / "shards", Here()

    def fail(name: str, number: int) -> None:
        if name == "measure_part":
            raise KeyboardInterrupt

    broken.fails = fail
    with pytest.raises(KeyboardInterrupt):
        sharded(paths, ALL, folder, broken)
    counted = [*folder.rglob("0-*.counted"), *folder.rglob("2-*.numbers")]
    assert len(counted) == 2
    for path in counted:
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
    read: list[int] = []
    count = source_tasks._count
    monkeypatch.setattr(source_tasks, "_count", lambda work, number, of: read.append(number) or count(work, number, of))
    same(sharded(paths, ALL, folder), prepare(paths, ALL, cache_dir=tmp_path / "alone"))
    assert sorted(read) == [0, 2]


@pytest.mark.parametrize("damage", ["flipped", "cut", "gone"])
def test_damaged_shards_are_made_again_and_no_others(damage: str, tmp_path: Path) -> None:
    paths, folder = write(tmp_path / "texts", texts_of(5)), tmp_path / "shards"
    right = sharded(paths, ALL, folder)
    shard = shards.shard_path(right.path, 3)
    data = bytearray(shard.read_bytes())
    data[-2] ^= 1
    shard.unlink()
    if damage != "gone":
        shard.write_bytes(data if damage == "flipped" else data[:-5])
        shard.chmod(0o600)
    before, again, listener = right.path.read_bytes(), Here(), Listener()
    found = sharded(paths, ALL, folder, again, progress=listener)
    assert (again.times("count_part"), again.times("encode_part")) == ([3], [3])
    assert found.path.read_bytes() == before
    assert "it is made again" in listener.said("warning")
    same(found, right)
    assert sharded(paths, ALL, folder).reused


def test_a_damaged_index_is_made_again(tmp_path: Path) -> None:
    paths, folder = write(tmp_path / "texts", texts_of(3)), tmp_path / "shards"
    right = sharded(paths, ALL, folder)
    data = bytearray(right.path.read_bytes())
    data[len(data) // 2] ^= 1
    right.path.write_bytes(data)
    found = sharded(paths, ALL, folder)
    assert not found.reused
    same(found, right)


def test_files_that_vanish_meanwhile_are_made_again(tmp_path: Path) -> None:
    paths, folder, spread, gone = write(tmp_path / "texts", texts_of(4)), tmp_path / "shards", Here(), set()

    def remove(name: str, number: int) -> None:
        if name not in gone and name != "count_part":
            gone.add(name)
            for path in [*folder.rglob("1-*.numbers"), *folder.rglob("2-*.counted")]:
                path.unlink()

    spread.fails = remove
    same(sharded(paths, ALL, folder, spread), prepare(paths, ALL, cache_dir=tmp_path / "alone"))


def test_a_source_that_a_worker_cannot_read_is_named_with_the_worker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths, spread = write(tmp_path / "texts", texts_of(3)), Here()
    spread.fails = lambda name, number: paths[1].unlink(missing_ok=True)
    with pytest.raises(CorpusError, match=rf"01.txt: cannot be read: no such file.*worker process {os.getpid()} on"):
        sharded(paths, ALL, tmp_path / "c", spread)
    paths[1].write_text("ok \xff".encode("latin-1").decode("latin-1"))
    paths[1].write_bytes(b"ok \xff")
    with pytest.raises(CorpusError, match=r"byte 3 .*is not UTF-8.*worker process"):
        sharded(paths, ALL, tmp_path / "c")


def test_a_source_that_is_another_one_for_a_worker_is_refused(tmp_path: Path) -> None:
    paths, spread = write(tmp_path / "texts", texts_of(3)), Here()
    text = paths[1].read_bytes()

    def swap(name: str, number: int) -> None:
        paths[1].write_bytes(text.swapcase() if number == 1 else text)

    spread.fails = swap
    with pytest.raises(CorpusError, match=r"01.txt: a worker reads other bytes \(sha256"):
        sharded(paths, ALL, tmp_path / "c", spread)
    spread.fails = lambda name, number: paths[1].write_bytes(text + b" more")
    with pytest.raises(CorpusError, match=r"01.txt: it has [\d,]+ bytes here, and"):
        sharded(paths, ALL, tmp_path / "d", spread)


def test_other_rules_of_words_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths, rules = write(tmp_path / "texts", texts_of(3)), iter([("Unicode 3",), ("Unicode 4",)] * 9)
    monkeypatch.setattr(source_tasks, "rules_of", lambda config: next(rules))
    with pytest.raises(SettingsError, match=r"words are found by Unicode .*where the run began"):
        sharded(paths, ALL, tmp_path / "c")


def test_what_cannot_be_cut_is_one_file_and_what_cannot_be_kept_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    paths, spread = write(tmp_path / "texts", texts_of(3)), Here()
    with prepare(paths, replace(ALL, phrases=1), cache_dir=Caching(tmp_path / "c", spread=spread)) as cache:
        assert cache.path.suffix == ".tokens"
    for corpus, keep in ((paths, False), (["w1 w2 w1", "w2 w3"], True)):
        with pytest.raises(SettingsError, match="workers must read the encoded corpus, and this run keeps none"):
            prepare(corpus, ALL, cache_dir=Caching(keep=keep, spread=spread))
    assert not spread.done
    with pytest.raises(SettingsError, match=r"at most 1.00 kB may be kept"):
        prepare(paths, ALL, cache_dir=Caching(limit=1_000, spread=spread))
    with pytest.raises(CorpusError, match="3 files"):
        prepare(write(tmp_path / "none", ["", "\n", ""]), ALL, cache_dir=Caching(tmp_path / "c", spread=spread))
    with pytest.raises(VocabularyError, match="occurs 1,000,000 times or more"):
        prepare(paths, CorpusConfig(min_count=1_000_000), cache_dir=Caching(tmp_path / "c", spread=spread))


def test_shards_are_listed_described_verified_and_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    paths = write(tmp_path / "texts", texts_of(3))
    cache = prepare(paths, ALL, cache_dir=Caching(spread=Here()))
    (entry,) = entries([kind_named("tokens")])
    assert (entry.path, entry.bytes) == (cache.path.parent, cache.size)
    kind = own_file(cache.path)
    assert kind is not None
    assert kind.describe(cache.path, Listener()).values["shards"] == 3
    assert verify(cache.path).whole
    shard = shards.shard_path(cache.path, 2)
    shard.write_bytes(shard.read_bytes()[:-4])
    assert not verify(cache.path).whole
    write(tmp_path / "texts", ["w1 w2 w1 w2"] * 2)
    with prepare(paths[:2], ALL, cache_dir=Caching(limit=cache.size, days=0.0, spread=Here())) as other:
        assert [each.path for each in entries([kind_named("tokens")])] == [other.path.parent]
