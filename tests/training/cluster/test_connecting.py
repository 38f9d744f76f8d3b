"""Addresses, scheduler files and schedulers that cannot be used are refused in one line with a cure."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import pytest

from w2v.errors import ClusterError, OutputError, SettingsError
from w2v.training import train
from w2v.training.cluster.dask import connecting
from w2v.training.cluster.dask.connecting import address_of, connect
from w2v.training.cluster.files import read_text


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("tcp://10.0.0.1:8786", "has no certificates"),
        ("tcp://node:8786", "has no certificates"),
        ("ucx://node:8786", "cannot be used"),
        ("tls://node", "it has no port"),
        ("tls://:8786", "it has no port"),
        ("node:8786", "it does not begin with the protocol"),
        ("node", "there is no such file, and it is no address"),
    ],
)
def test_addresses_that_cannot_be_used_are_refused(given: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message) as caught:
        address_of(given, insecure=False)
    assert caught.value.hint


@pytest.mark.parametrize("given", ["tcp://127.0.0.1:1", "tcp://localhost:1", "tcp://[::1]:1", "tls://node:8786"])
def test_loopback_and_certificates_are_secure(given: str) -> None:
    assert address_of(given, insecure=False) == given


def test_an_insecure_address_can_be_allowed() -> None:
    assert address_of("tcp://node:8786", insecure=True) == "tcp://node:8786"


@pytest.mark.parametrize("text", ["", "some text", "[1]", "{}", '{"address": 3}'])
def test_a_scheduler_file_must_be_one(tmp_path: Path, text: str) -> None:
    path = tmp_path / "scheduler.json"
    path.write_text(text)
    with pytest.raises(SettingsError):
        address_of(str(path), insecure=False)


def test_an_address_in_a_scheduler_file_must_be_secure_too(tmp_path: Path) -> None:
    path = tmp_path / "scheduler.json"
    path.write_text(json.dumps({"address": "tcp://10.0.0.1:8786"}))
    with pytest.raises(SettingsError, match="has no certificates"):
        address_of(str(path), insecure=False)
    assert address_of(str(path), insecure=True) == "tcp://10.0.0.1:8786"


def test_where_nobody_answers_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    with socket.create_server(("127.0.0.1", 0)) as silent, monkeypatch.context() as patch:
        patch.setattr(connecting, "SECONDS", 1)  # only here: others may take their time on a slow machine
        port = silent.getsockname()[1]
        with pytest.raises(ClusterError, match=r"no scheduler of Dask answers there|no connection"):
            connect(f"tcp://127.0.0.1:{port}")
        with pytest.raises(SettingsError, match="none are set"):
            connect(f"tls://127.0.0.1:{port}")
    with pytest.raises(ClusterError, match="nobody listens there") as caught:
        connect(f"tcp://127.0.0.1:{port}")
    assert caught.value.exit_code == 75


def test_settings_of_dask_that_want_certificates_are_heeded() -> None:
    pytest.importorskip("distributed")
    config = pytest.importorskip("dask").config
    with (
        config.set({"distributed.comm.require-encryption": True}),
        pytest.raises(SettingsError, match="want certificates") as caught,
    ):
        connect("tcp://127.0.0.1:9")
    assert caught.value.hint is not None
    assert "tls://127.0.0.1:9" in caught.value.hint


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"workers": 2, "cluster": "tls://a:1", "run_dir": "x"}, "exclude each other"),
        ({"cluster": "tls://a:1"}, "needs a run folder"),
        ({"insecure": True}, "--insecure without --cluster"),
        ({"run_dir": "x"}, "--run-dir without --workers or --cluster"),
        ({"workers": 0}, "workers is 0"),
        ({"workers": "2"}, "workers is '2'"),
        ({"workers": True}, "workers is True"),
        ({"workers": 65}, "workers is 65"),
        ({"cluster": 5, "run_dir": "x"}, "cluster is 5"),
        ({"workers": 2, "run_dir": "memory://x"}, "each process has its own memory"),
        ({"workers": 2, "cache": False}, "--no-cache keeps none"),
        ({"workers": 2, "subwords": "3-6"}, "workers cannot train subwords"),
        ({"workers": 2, "deterministic": False}, "workers train deterministically"),
        ({"workers": 2, "tokenize": str.split}, "workers cannot use a function of Python"),
        ({"cluster": "nowhere.json", "run_dir": "x"}, "there is no such file"),
    ],
)
def test_contradictions_are_refused_before_the_corpus_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: dict[str, Any], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError, match=message) as caught:
        train(tmp_path / "missing.txt", **settings)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("corpus", "message"),
    [("-", "standard input can be read only once"), ([["a", "b"]], "texts from Python can be read only once")],
)
def test_a_text_that_workers_cannot_read_is_refused_at_once(corpus: Any, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        train(corpus, cluster="tls://nowhere:1", run_dir="x")


def test_a_run_folder_that_is_a_file_is_told_with_its_cure(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(OutputError, match="not a directory") as caught:
        read_text(str(tmp_path / "file" / "manifest.json"))
    assert caught.value.hint == "name another folder as --run-dir"
