"""Parts of files mapped one behind the other: the bytes of their concatenation, whatever their sizes are."""

from __future__ import annotations

import mmap
from pathlib import Path

import numpy as np
import pytest

from w2v.files.joined import ALIGNMENT, Part, joined, lead

PAGE = mmap.PAGESIZE


def laid(folder: Path, sizes: list[int]) -> tuple[list[Part], bytes]:
    random, parts, whole = np.random.default_rng(1), [], b""
    for number, size in enumerate(sizes):
        path, data, offset = folder / str(number), random.bytes(size), lead(len(whole))
        path.write_bytes(bytes(offset) + data)
        parts.append(Part(path, offset, size))
        whole += data
    return parts, whole


@pytest.mark.parametrize(
    "sizes",
    [
        [],
        [0],
        [10],
        [0, 3, 0, 5, 0],
        [PAGE, PAGE],
        [PAGE - 1, 2, PAGE - 1],
        [5 * PAGE + 7, 3, 2 * PAGE, 0, 4 * PAGE - 10],
        [ALIGNMENT + 12, 3 * ALIGNMENT, 100, 100, 2 * ALIGNMENT + PAGE],
    ],
)
def test_the_whole_has_the_bytes_of_the_concatenation(sizes: list[int], tmp_path: Path) -> None:
    parts, whole = laid(tmp_path, sizes)
    found = joined(parts)
    assert found.tobytes() == whole
    assert not found.flags.writeable


def test_random_sizes(tmp_path: Path) -> None:
    random = np.random.default_rng(2)
    for trial in range(20):
        folder = tmp_path / str(trial)
        folder.mkdir()
        parts, whole = laid(folder, random.integers(0, 3 * PAGE, 12).tolist())
        assert joined(parts).tobytes() == whole


def test_what_stays_mapped_outlives_its_files(tmp_path: Path) -> None:
    parts, whole = laid(tmp_path, [3 * PAGE, 5, 2 * PAGE])
    found = joined(parts)[PAGE:]
    for part in parts:
        part.path.unlink()
    assert found.tobytes() == whole[PAGE:]


def test_a_file_that_is_cut_short_or_lies_otherwise_is_refused(tmp_path: Path) -> None:
    parts, _ = laid(tmp_path, [3 * PAGE, 2 * PAGE])
    with pytest.raises(ValueError, match="can be mapped"):
        joined([parts[0], parts[1]._replace(offset=lead(3 * PAGE) + 4)])
    parts[1].path.write_bytes(b"short")
    with pytest.raises(ValueError, match="cut short"):
        joined(parts)
    with pytest.raises(FileNotFoundError):
        joined([parts[0]._replace(path=tmp_path / "nothing")])
