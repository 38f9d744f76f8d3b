"""The parts of `hardening/workers`: the shares of the faults, the longest wait, cut connections, the table."""

from __future__ import annotations

import json
import os
import socket
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hardening.workers import processes
from hardening.workers.__main__ import cut_into
from hardening.workers.injuries import counting, encoding, writing
from hardening.workers.ledger import Found, keep, kept, table
from hardening.workers.plans import plan_of
from hardening.workers.waiting import longest_wait


@pytest.mark.parametrize("first", [1, 7, 100])
def test_any_25_seeds_hold_100_kills_and_20_stops(first: int) -> None:
    for given in (False, True):
        faults = [injury for seed in range(first, first + 25) for _, injury in plan_of(seed, given=given).faults]
        assert sum(each.kills for each in faults) >= 100
        assert sum(each.stops for each in faults) >= 20
    assert plan_of(first) == plan_of(first)


def test_a_corpus_of_several_files_adds_a_kill_for_each_phase_that_one_file_does_not_have() -> None:
    faults = [injury for _, injury in plan_of(3, files=6).faults]
    assert [faults[0], faults[1], faults[-1]] == [counting, encoding, writing]
    assert faults[2:-1] == [injury for _, injury in plan_of(3).faults]
    assert not plan_of(4, files=6).waits


def test_a_corpus_is_cut_between_words(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus.txt"
    corpus.write_text(" ".join(f"word{number}" for number in range(100)))
    folder = cut_into(6, corpus, tmp_path / "files")
    texts = [path.read_text() for path in sorted(folder.iterdir())]
    assert len(texts) == 6
    assert " ".join(texts).split() == corpus.read_text().split()


def test_the_longest_wait_counts_what_a_reader_of_the_log_sees_change(tmp_path: Path) -> None:
    def event(second: float, event: str, **facts: object) -> str:
        time = datetime.fromtimestamp(1000 + second, UTC).isoformat(timespec="milliseconds")
        return json.dumps({"time": time, "event": event, **facts})

    log = tmp_path / "log.jsonl"
    log.write_text(
        "\n".join(
            [
                event(3, "phase", phase="epoch 1/2"),
                event(4, "update", phase="epoch 1/2", done=5, repeated=0, rate=1.0),
                *(event(4 + n, "update", phase="epoch 1/2", done=5, repeated=0, rate=1 / n) for n in range(1, 9)),
                event(14, "update", phase="epoch 1/2", done=5, repeated=1, rate=0.1),
                event(15, "message", text="worker 2 of 3 does not answer"),
                '{"time": "20',  # killed while it wrote
            ]
        )
    )
    found = longest_wait(log, 1000, 1020)
    assert (found.seconds, found.after) == (10.0, "update epoch 1/2 5")
    assert longest_wait(log, 1000, 1030).after == "message worker 2 of 3 does not answer"
    assert longest_wait(tmp_path / "none", 1000, 1007).seconds == 7


def test_a_connection_of_a_process_is_found_and_cut() -> None:
    ours, theirs = socket.create_server(("127.0.0.1", 0)), socket.socket()
    with ours, theirs:
        theirs.connect(ours.getsockname())
        accepted, _ = ours.accept()
        with accepted:
            assert {theirs.fileno(), accepted.fileno()} <= set(processes.connections(os.getpid()))
            assert ours.fileno() not in processes.connections(os.getpid())
            if not processes.cut(os.getpid(), theirs.fileno()):
                pytest.skip("no file descriptor of another process can be had here")
            assert accepted.recv(1) == b""
            with pytest.raises(OSError, match="pipe"):
                theirs.send(b"x")


def test_what_was_found_is_kept_by_seed_and_summed_up(tmp_path: Path) -> None:
    ledger = tmp_path / "found.jsonl"
    for seed in (2, 1):
        found = Found(seed, 3, same=seed == 1, wait=10.0 * seed)
        for _, injury in plan_of(seed).faults:
            found.count(injury)
        keep(ledger, found)
    lines = table(kept(ledger)).splitlines()
    assert [line.split()[0] for line in lines[1:3]] == ["1", "2"]
    assert lines[1].endswith("the same")
    assert lines[2].endswith("DIFFER")
    assert lines[-1].endswith("1 with the same bytes; longest wait 20 s")
