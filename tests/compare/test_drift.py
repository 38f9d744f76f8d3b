"""`w2v.drift`: words of planted worlds that moved, words of one file alone, and a file against itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import w2v
from w2v.arrays import F32
from w2v.cli import main
from w2v.compare.changes import WordChange
from w2v.compare.comparing import bands_of, like_frequency
from w2v.compare.drift_document import document_of
from w2v.errors import SettingsError, UnknownWordsError
from w2v.record import RunRecord
from w2v.report.blocks import Block, Items, Note, text_of
from w2v.vectors import Vectors

SIZE, DIM = 600, 12
MOVED = "w040"


def turned(rows: F32, seed: int) -> F32:
    by = np.linalg.qr(np.random.default_rng(seed).standard_normal((DIM, DIM)))[0]
    made: F32 = (rows @ by).astype(np.float32)
    return made


@pytest.fixture(scope="module")
def periods() -> list[Vectors]:
    """Three files of one world, each turned; a word trades its place with another in the last, one goes, one comes."""
    rng = np.random.default_rng(3)
    words = [f"w{number:03}" for number in range(SIZE)]
    counts = (100_000 // np.arange(10, 10 + SIZE)).astype(np.int64)
    rows = rng.standard_normal((SIZE, DIM)).astype(np.float32)
    found = []
    for number, name in enumerate(["1950", "1970", "1990"]):
        noisy = rows + 0.05 * rng.standard_normal(rows.shape).astype(np.float32)
        if number == 2:
            noisy[[40, 300]] = noisy[[300, 40]]
        spelt = [*words[:-1], {0: "telegram", 1: "wire", 2: "email"}[number]]
        found.append(Vectors(spelt, turned(noisy, number), counts, name=f"{name}.bin"))
    return found


@pytest.fixture(scope="module")
def files(periods: list[Vectors], tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("periods")
    paths = [folder / f"{each.name.removesuffix('.bin')}.safetensors" for each in periods]
    for each, path in zip(periods, paths, strict=True):
        w2v.save(each, path)
    return [str(path) for path in paths]


def test_words_that_traded_places_moved_most(periods: list[Vectors]) -> None:
    found = w2v.drift(periods[0], periods[2])
    assert [each.word for each in found.most_changed(2)] in (["w040", "w300"], ["w300", "w040"])
    changed = found[MOVED]
    assert changed.procrustes > 10 * np.median(found.scores.procrustes)
    assert changed.above == 1.0
    assert changed.counts == (2_000, 2_000)
    assert changed.kept + len(changed.lost) == changed.of == 10
    assert len(changed.gained) == len(changed.lost)
    assert found.spaces.only_in == (("telegram",), ("email",))
    assert len(found) == SIZE - 1
    assert not found.same


def test_ranks_are_within_bands_too(periods: list[Vectors]) -> None:
    found = w2v.drift(periods[0], periods[2])
    every = found.most_changed(len(found))
    assert [each.rank for each in every] == list(range(1, SIZE))
    for band in found.bands:
        inside = [each for each in every if each.band == band.title]
        assert [each.band_rank for each in inside] == list(range(1, len(band) + 1))
        assert {each.band_words for each in inside} == {len(band)}


def test_other_measures_order_words_as_well(periods: list[Vectors]) -> None:
    for by in ("local", "second_order", "neighbours"):
        found = w2v.drift(periods[0], periods[2], by=by)
        top = [getattr(each, by) for each in found.most_changed(50)]
        assert top == sorted(top, reverse=True)


def test_a_word_has_a_path_over_several_files(periods: list[Vectors]) -> None:
    found = w2v.drift(*periods, words=[MOVED, "telegram"])
    moved, gone = found.histories
    first, middle, last = moved.periods
    assert [first.from_first, first.from_previous] == [None, None]
    assert middle.from_first is not None
    assert last.from_first is not None
    assert last.from_previous is not None
    assert middle.from_first < 0.05 < last.from_previous
    assert moved.change == found[MOVED]
    assert [each.file for each in moved.periods] == ["1950.bin", "1970.bin", "1990.bin"]
    assert found.history(MOVED) == moved
    assert 40 not in found.scores.anchors
    assert gone.change is None
    assert gone.reason == "'telegram' is not in 1970.bin and 1990.bin."
    assert [each.is_there for each in gone.periods] == [True, False, False]
    assert [len(each.neighbours) for each in gone.periods] == [10, 0, 0]


def test_neighbours_of_a_shared_word_are_those_of_its_prepared_rows(periods: list[Vectors]) -> None:
    found = w2v.drift(periods[0], periods[2], words=[MOVED], shown=4)
    for rows, period in zip(found.spaces.rows, found.histories[0].periods, strict=True):
        row = found.row_of(MOVED)
        cosines = rows @ rows[row]
        order = [found.spaces.words[at] for at in np.argsort(-cosines).tolist() if at != row][:4]
        assert [near.word for near in period.neighbours] == order
        assert period.neighbours[0].cosine == pytest.approx(np.sort(cosines)[-2], abs=1e-6)


@pytest.mark.parametrize("change", ["none", "turned"])
def test_a_file_compared_with_itself_says_so(periods: list[Vectors], change: str) -> None:
    old = periods[0]
    new = old if change == "none" else Vectors(old.words, turned(old.matrix, 9), old.counts, name="again.bin")
    found = w2v.drift(old, new)
    assert found.same
    assert "same vectors" in found.remarks[0]
    assert ("one of them turned" in found.remarks[0]) == (change == "turned")
    assert found.most_changed() == ()
    assert found.to_dict()["words"] == []
    assert found.scores.procrustes.max() <= 3e-7
    assert "ranking" not in str(document_of(found, 20))


def test_seeds_and_settings_are_named_where_records_have_them(periods: list[Vectors]) -> None:
    record = RunRecord("sgns", {"dim": 12, "window": 5, "seed": 1}, {"fingerprint": "aa"})

    def with_record(vectors: Vectors, record: RunRecord) -> Vectors:
        return Vectors(vectors.words, vectors.matrix, vectors.counts, record, name=vectors.name)

    old = with_record(periods[0], record)
    remarks = w2v.drift(old, with_record(periods[1], replace(record, settings={**record.settings, "seed": 2}))).remarks
    assert any("trained on the same text" in each for each in remarks)
    other = replace(record, settings={"dim": 12, "window": 10}, corpus={"fingerprint": "bb"})
    remarks = w2v.drift(old, with_record(periods[1], other)).remarks
    assert any("different settings (window 5, 10)" in each for each in remarks)
    assert not any("same text" in each for each in remarks)


def test_files_without_counts_are_compared_with_a_remark(periods: list[Vectors]) -> None:
    bare = Vectors(periods[2].words, periods[2].matrix, name="bare.bin")
    found = w2v.drift(periods[0], bare)
    assert found[MOVED].counts is None
    assert any("bare.bin has no counts" in each for each in found.remarks)


def test_refusals(periods: list[Vectors]) -> None:
    with pytest.raises(SettingsError, match="1 vector file is compared"):
        w2v.drift(periods[0])
    with pytest.raises(SettingsError, match="by is 'kabsch'"):
        w2v.drift(*periods, by="kabsch")  # type: ignore[arg-type]
    with pytest.raises(UnknownWordsError, match="'wumpus' is not in any of 3 files"):
        w2v.drift(*periods, words=["wumpus"])


def test_bands_and_words_of_like_frequency() -> None:
    scores = np.arange(5_000, dtype=np.float64)
    assert [(each.first, each.last) for each in bands_of(scores)] == [(1, 1_000), (1_001, 3_000), (3_001, 5_000)]
    assert [each.last for each in bands_of(scores[:3_100])] == [1_000, 3_100]  # a band of 100 words would say little
    share = like_frequency(scores)
    assert share[2_500] == 0.5
    assert share[0] == 0.0
    assert share[-1] == 1.0


class Tested:
    """A test as the seam wants it, to see that every output has its figures."""

    def to_dict(self) -> dict[str, Any]:
        return {"deals": 3}

    def of_word(self, row: int) -> dict[str, float | None]:
        return {"moved_q": row / 1_000}

    def blocks(self, change: Callable[[int], WordChange], n: int, heads: Sequence[str]) -> list[Block]:
        return [Note((f"{change(0).word} of {heads[0]}, and {n} others",), "plain")]

    def sentence(self, row: int) -> str:
        return f"Word {row} moved."

    def columns(self) -> dict[str, str]:
        return {"moved_q": "q"}

    def notes(self) -> list[str]:
        return ["q: adjusted."]

    def order(self) -> None:
        return None


def test_a_calibrated_test_has_its_columns(periods: list[Vectors]) -> None:
    found = replace(w2v.drift(periods[0], periods[2]), significance=Tested())
    assert found.to_dict()["significance"] == {"deals": 3}
    assert found.to_dict()["words"][0]["moved_q"] == found.row_of(found.most_changed(1)[0].word) / 1_000  # type: ignore[operator]
    document = document_of(found, 5)
    (listed,) = document.appendix[-1].blocks
    assert isinstance(listed, Items)
    assert "q" in [column.title for column in listed.columns]
    notes = [text_of(block.pieces) for block in document.sections[0].blocks if hasattr(block, "pieces")]
    assert "w000 of 1950, and 5 others" in notes
    assert "q: adjusted." in notes
    assert not any("p-value" in each for each in notes)


def test_the_command_prints_what_the_library_finds(
    files: list[str], periods: list[Vectors], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["drift", files[0], files[2], "--json", "-n", "3", "-q"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["schema"] == "w2v.drift/1"
    found = w2v.drift(files[0], files[2]).to_dict(3)
    assert printed == {"schema": "w2v.drift/1", **json.loads(json.dumps(found))}
    assert main(["drift", *files, "--word", MOVED, "--format", "csv", "-q"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "word,vectors,rank,near,cosine"
    assert len(lines) == 31


def test_pages_have_neighbours_then_and_now(files: list[str], tmp_path: Path) -> None:
    page, text = tmp_path / "drift.html", tmp_path / "drift.md"
    assert main(["drift", *files, "--word", MOVED, "-n", "3", "--report", str(page), "--report", str(text), "-q"]) == 0
    written = text.read_text("utf-8")
    assert f"## {MOVED}" in written
    assert "moved from the first file" in written
    assert f"Nearest words of {MOVED}" in written
    assert "Only in 1990: 1 word: email." in written
    html = page.read_text("utf-8")
    assert "<polyline" in html
    assert main(["drift", *files, "--report", str(page), "-q"]) == 0  # a report of w2v may be replaced


@pytest.mark.parametrize("more", [["-n", "3"], ["--word", MOVED], ["--old-index"]], ids=["words", "word", "index"])
def test_reports_as_tables_may_be_written_again(files: list[str], tmp_path: Path, more: list[str]) -> None:
    report = tmp_path / "drift.csv"
    for _ in range(2):
        assert main(["drift", files[0], files[2], "--report", str(report), "-q", *more]) == 0


def test_one_file_is_a_mistake_with_a_cure(files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["drift", files[0]]) != 0
    assert "name the oldest first" in capsys.readouterr().err
