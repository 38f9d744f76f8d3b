"""Where settings come from: flag, environment, --config, pyproject.toml; and --show-config, which is the inverse."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

import w2v.cli
from w2v.cli import main
from w2v.cli.options import Command, Group, format_option, log_option, vectors_option
from w2v.cli.settings import to_toml_value

SEEN: dict[str, Any] = {}


@click.command(cls=Command)
@click.argument("corpus", nargs=-1, required=True)
@click.option("--dim", type=click.IntRange(1), default=100, help="Dimensions.")
@click.option("--sample", type=float, default=1e-3, help="Threshold.")
@click.option("--lowercase/--no-lowercase", help="Lower-case.")
@click.option("-o", "--output", multiple=True, type=click.Path(path_type=Path), help="Output.")
@click.option("--max-vocab", type=int, help="Limit.")
@click.option("--data-dir", envvar="W2V_DATA", type=click.Path(path_type=Path), help="Data.")
@format_option
@log_option
def forge(**values: Any) -> None:
    """Remember the settings."""
    SEEN.update(values)


@click.command(cls=Command)
@vectors_option
def ask(vectors: Path) -> None:
    """Remember the vectors."""
    SEEN["vectors"] = vectors


@click.group(cls=Group)
def store() -> None:
    """A group."""


@store.command(cls=Command)
@click.option("--kind", default="all", help="Kind.")
def browse(kind: str) -> None:
    """Remember the kind."""
    SEEN["kind"] = kind


@pytest.fixture(autouse=True)
def workshop(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(w2v.cli, "COMMANDS", ("forge", "ask", "store"))
    for command in (forge, ask, store):
        monkeypatch.setitem(w2v.cli.cli.commands, command.name or "", command)
    yield
    SEEN.clear()


def test_each_source_beats_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    def dim(*args: str) -> int:
        assert main(["forge", "c.txt", *args]) == 0
        return int(SEEN["dim"])

    assert dim() == 100
    Path("pyproject.toml").write_text("[tool.w2v]\ndim = 1\n")
    assert dim() == 1
    Path("pyproject.toml").write_text("[tool.w2v]\ndim = 1\n[tool.w2v.forge]\ndim = 2\n")
    assert dim() == 2
    Path("run.toml").write_text("dim = 3\n")
    assert dim("--config", "run.toml") == 3
    Path("run.toml").write_text("dim = 3\n[forge]\ndim = 4\n[ask]\nvectors = 'x.bin'\n")
    assert dim("--config", "run.toml") == 4
    monkeypatch.setenv("W2V_CONFIG", "run.toml")
    assert dim() == 4
    monkeypatch.setenv("W2V_DIM", "5")
    assert dim() == 5
    assert dim("--dim", "6") == 6


def test_names_types_and_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("run.toml").write_text(
        'max-vocab = 7\n[forge]\nsample = 1e-4\nlowercase = true\noutput = ["a.bin", "b.txt"]\ndata-dir = "d"\n'
        'format = "csv"\n[store.browse]\nkind = "corpus"\n'
    )
    assert main(["forge", "c.txt", "--config", "run.toml"]) == 0
    assert {
        "corpus": ("c.txt",),
        "dim": 100,
        "sample": 1e-4,
        "lowercase": True,
        "output": (Path("a.bin"), Path("b.txt")),
        "max_vocab": 7,
        "data_dir": Path("d"),
        "output_format": "csv",
    } == SEEN
    assert main(["store", "browse", "--config", "run.toml"]) == 0
    assert SEEN["kind"] == "corpus"
    monkeypatch.setenv("W2V_FORMAT", "tsv")
    monkeypatch.setenv("W2V_DATA", "elsewhere")
    assert main(["forge", "c.txt", "--config", "run.toml"]) == 0
    assert (SEEN["output_format"], SEEN["data_dir"]) == ("tsv", Path("elsewhere"))
    assert main(["forge", "c.txt", "--json"]) == 0
    assert SEEN["output_format"] == "json"


def test_one_value_of_a_repeatable_option() -> None:
    Path("run.toml").write_text('output = "abc.bin"\n')
    assert main(["forge", "c.txt", "--config", "run.toml"]) == 0
    assert SEEN["output"] == (Path("abc.bin"),)


def test_show_config_prints_what_config_reads(capsys: pytest.CaptureFixture[str]) -> None:
    flags = [
        "--dim",
        "7",
        "--sample",
        "1e-4",
        "--lowercase",
        "-o",
        'odd "name".bin',
        "-o",
        "b.txt",
        "--data-dir",
        "ä\\b",
    ]
    assert main(["forge", "c.txt", *flags, "--json"]) == 0
    expected = dict(SEEN)
    assert main(["forge", *flags, "--json", "--show-config"]) == 0  # needs no corpus
    text = capsys.readouterr().out
    Path("run.toml").write_text(text, "utf-8")
    assert list(tomllib.loads(text)) == ["forge"]
    assert "\n\n# Limit.\n# max_vocab: not set\n" in text
    SEEN.clear()
    assert main(["forge", "c.txt", "--config", "run.toml"]) == 0
    assert expected == SEEN
    assert main(["forge", "--config", "run.toml", "--show-config"]) == 0
    assert capsys.readouterr().out == text
    assert main(["forge"]) == 2  # the corpus is required again


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x7f")))
def test_any_text_survives_toml(text: str) -> None:
    assert tomllib.loads(f"x = {to_toml_value(text)}") == {"x": text}


@pytest.mark.parametrize(
    ("config", "error", "hint"),
    [
        ("dimm = 3", "there is no setting 'dimm', as in run.toml", "did you mean 'dim'?"),
        ("[forge]\nsampel = 3", "there is no setting 'sampel', as in [forge] of run.toml", "did you mean 'sample'?"),
        (
            "[ask]\ndim = 3",
            "there is no setting 'dim', as in [ask] of run.toml",
            "known: color, quiet, vectors, verbose",
        ),
        ("[forgee]\ndim = 3", "no command has the table [forgee] in run.toml", "did you mean 'forge'?"),
        ("[store.brows]\nx = 1", "no command has the table [brows] in [store] of run.toml", "did you mean 'browse'?"),
        ("dim = ", "run.toml is not TOML", "check the path; '--show-config' prints a file"),
        (b"dim = '\xff'", "run.toml is not UTF-8, at byte 7", "convert it: iconv"),
        ("dim = 'many'", "Invalid value for '--dim': 'many' is no whole number", "the value comes from run.toml"),
        ("dim = 1.5", "Invalid value for '--dim'", "the value comes from run.toml"),
        ("dim = 0", "Invalid value for '--dim'", "the value comes from run.toml"),
        ("dim = [1, 2]", "'dim' of run.toml is a list, but must be one value", "--dim takes one"),
        ("[forge]\nlowercase = [true]", "'lowercase' of run.toml is a list", "--lowercase takes one"),
        ("output = [['a']]", "'output' of run.toml contains a list or a table", "write [value, value]"),
        ("output = [{a = 1}]", "'output' of run.toml contains a list or a table", "write [value, value]"),
        ("config = 'x'", "there is no setting 'config', as in run.toml", "known: "),
        (None, "cannot read run.toml: no such file", "check the path"),
    ],
)
def test_wrong_files(
    config: str | bytes | None, error: str, hint: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    if config is not None:
        Path("run.toml").write_bytes(config.encode() if isinstance(config, str) else config)
    assert main(["forge", "c.txt", "--config", "run.toml"]) == 2
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith(f"Error: {error}")
    assert second.startswith(f"Hint: {hint}")
    assert not SEEN


def test_wrong_values_say_where_they_come_from(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("W2V_DIM", "many")
    assert main(["forge", "c.txt"]) == 2
    assert "Hint: the value comes from the environment variable W2V_DIM\n" in capsys.readouterr().err
    monkeypatch.delenv("W2V_DIM")
    Path("pyproject.toml").write_text("[tool.w2v.forge]\ndim = 'many'\n")
    assert main(["forge", "c.txt"]) == 2
    assert "Hint: the value comes from [tool.w2v] of pyproject.toml\n" in capsys.readouterr().err


def test_variables_that_set_nothing_are_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slip in a variable's name must not pass for the default; names of other commands' options are no slip."""
    for name in ("W2V_SAMPEL", "W2V_KIND", "W2V_DATA", "W2V_XYZZY", "W2V_DEBUG"):
        monkeypatch.setenv(name, "1")
    assert main(["forge", "c.txt", "-q"]) == 0
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("Warning: no option is set by the environment variable W2V_SAMPEL: did you mean W2V_SAMPLE")
    assert second.startswith("Warning: no option is set by the environment variable W2V_XYZZY: 'w2v COMMAND")


@pytest.mark.parametrize(
    ("project", "code"),
    [
        ("", 0),
        ("[project]\nname = 'w2v-notes'", 0),
        ("[tool.w2v-notes]\ndim = 3", 0),
        ("[tool]\nw2v = {dim = 7}", 0),
        ("[tool]\nw2v = 7", 2),
        ("w2v = ", 2),
        ("[tool.w2v]\nfromage = 1", 2),
        ("tool = 3 # w2v", 0),
        ("[other", 0),
    ],
)
def test_a_project_file_that_is_about_something_else(
    project: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("pyproject.toml").write_text(project)
    assert main(["forge", "c.txt"]) == code
    assert len(capsys.readouterr().err.splitlines()) == code
    if code == 0:
        assert SEEN["dim"] == (7 if "{dim = 7}" in project else 100)


@pytest.mark.parametrize("project", ["w2v = ", "w2v = '\ud800'"])
def test_the_cure_of_a_project_file_is_no_command_that_reads_it(
    project: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--show-config` would fail in the same way."""
    Path("pyproject.toml").write_bytes(project.encode("utf-8", "surrogatepass"))
    assert main(["forge", "--show-config"]) == 2
    hint = capsys.readouterr().err.splitlines()[1]
    assert hint.startswith(("Hint: correct the file", "Hint: convert it"))
    assert "--show-config" not in hint


def test_the_three_ways_to_name_vectors(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert main(["ask"]) == 2
    error = capsys.readouterr().err.splitlines()[0]
    assert all(way in error for way in ("-m", "W2V_VECTORS", "in a folder that has vectors.safetensors"))
    assert main(["ask", "--show-config"]) == 0
    said = "# Use this vector file; default: $W2V_VECTORS, else ./vectors.{safetensors,bin,txt,vec}."
    assert capsys.readouterr().out == f"[ask]\n\n{said}\n# vectors: this folder has no vectors\n"

    def found(*args: str) -> str:
        assert main(["ask", *args]) == 0
        return str(SEEN["vectors"])

    for name in ("vectors.vec", "vectors.txt", "vectors.bin", "vectors.safetensors"):
        Path(name).touch()
        assert found() == name
    monkeypatch.setenv("W2V_VECTORS", "from-environment.bin")
    assert found() == "from-environment.bin"
    assert found("-m", "given.bin") == "given.bin"
    assert found("--vectors", "given.bin") == "given.bin"
