"""What every command has: help that explains itself, examples that parse, completion; and what help may import."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from w2v.cli import cli, main
from w2v.cli.commands import COMMANDS, command_named, headings
from w2v.cli.options import Command, Group, Help

HEAVY = {"gensim", "numba", "numpy", "pandas", "requests", "rich", "safetensors", "scipy", "zstandard"}


def walk(command: click.Command, ctx: click.Context, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Help]]:
    assert isinstance(command, Help), f"{' '.join(path)} must be made with cls=Command or cls=Group"
    yield path, command
    if isinstance(command, click.Group):
        for name in command.list_commands(ctx):
            below = command.get_command(ctx, name)
            assert below is not None
            yield from walk(below, ctx, (*path, name))


ALL = dict(walk(cli, click.Context(cli), ()))
LEAVES = {path: command for path, command in ALL.items() if isinstance(command, Command)}
EXAMPLES = [(path, example) for path, command in ALL.items() for example in command.examples]


def commands_in(line: str) -> list[list[str]]:
    """The words of each command of a pipeline, redirections left out."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|>;&")
    lexer.whitespace_split = True
    parts: list[list[str]] = [[]]
    for word in lexer:
        if set(word) <= set("|>;&"):
            parts.append([])
        else:
            parts[-1].append(word)
    return parts


def test_every_name_that_is_listed_has_a_command() -> None:
    for name, (_, sentence) in COMMANDS.items():
        assert command_named(name).get_short_help_str(200) == sentence


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_help(path: tuple[str, ...], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    pages = []
    for flag in ("-h", "--help"):
        assert main([*path, flag]) == 0
        out, err = capsys.readouterr()
        assert err == ""
        pages.append(out)
    assert pages[0] == pages[1]
    assert pages[0].startswith(f"Usage: {' '.join(['w2v', *path])} ")
    command = ALL[path]
    assert command.examples, "every page ends with an example"
    assert pages[0].endswith("".join(f"  {example}\n" for example in command.examples))
    assert "\x1b" not in pages[0]
    assert not [line for line in pages[0].splitlines() if len(line) > 80 and line.strip() not in command.examples]
    assert isinstance(command, Command | Group) or path == ()
    assert command.help
    assert command.help.split("\n")[0].endswith("."), "the first line is a sentence of its own"
    for param in command.params:
        assert getattr(param, "help", None), f"{param.name} has no help"


def test_the_list_of_commands_is_in_full_sentences(capsys: pytest.CaptureFixture[str]) -> None:
    main(["-h"])
    lines = capsys.readouterr().out.splitlines()
    for name in COMMANDS:
        (line,) = (line for line in lines if line.startswith(f"  {name} "))
        assert line.endswith("."), "it must fit into 80 columns"
        assert not line.endswith("...")
    positions = [lines.index(f"{section}:") for section in headings()]
    assert positions == sorted(positions)


@pytest.mark.parametrize(("path", "example"), EXAMPLES, ids=[example for _, example in EXAMPLES])
def test_examples_parse(path: tuple[str, ...], example: str, capsys: pytest.CaptureFixture[str]) -> None:
    (args,) = (words[1:] for words in commands_in(example) if words[0] == "w2v")
    assert tuple(args[: len(path)]) == path, "an example shows the command whose page it is on"
    depth = max(depth for depth in range(len(args) + 1) if tuple(args[:depth]) in ALL)
    assert tuple(args[:depth]) in LEAVES
    args.insert(depth, "--show-config")
    assert main(args) == 0, capsys.readouterr().err
    assert capsys.readouterr().out.startswith(f"[{'.'.join(args[:depth])}]\n")


@pytest.mark.parametrize("path", LEAVES, ids=" ".join)
def test_options_are_told_apart_by_their_names_in_files(path: tuple[str, ...]) -> None:
    variables = [param.envvar for param in LEAVES[path].params if isinstance(param, click.Option) and param.envvar]
    assert len(variables) == len(set(map(str, variables)))
    assert all(str(variable).startswith("W2V_") for variable in variables)


@pytest.mark.parametrize("path", LEAVES, ids=" ".join)
def test_settings_that_are_shown_can_be_read(
    path: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([*path, "--show-config"]) == 0
    shown = capsys.readouterr().out
    assert not re.findall(r"^# \w+ =$|^# \w+: $", shown, re.MULTILINE), (
        "every value in force is shown, or said in words"
    )
    Path("run.toml").write_text(shown, "utf-8")
    assert main([*path, "--config", "run.toml", "--show-config"]) == 0
    assert capsys.readouterr().out == shown


@pytest.mark.parametrize("path", LEAVES, ids=" ".join)
def test_a_default_is_shown_as_it_is_typed(path: tuple[str, ...]) -> None:
    """What the help shows gives the same value again; what stands in brackets is no value, and is worked out later."""
    ctx = click.Context(LEAVES[path], show_default=True)
    for option in LEAVES[path].params:
        if not isinstance(option, click.Option) or option.is_flag or option.multiple:
            continue
        default, shown = option.to_info_dict()["default"], option.get_help_extra(ctx).get("default", "(none)")
        assert shown.startswith("(") == (default is None), option.name
        if default is not None:
            value = option.type_cast_value(ctx, shown)
            assert value == option.type_cast_value(ctx, default)
            assert shown in ("on", "off") or not isinstance(value, bool)


@pytest.mark.parametrize("path", LEAVES, ids=" ".join)
def test_an_option_that_takes_one_value_is_given_once(
    path: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    """The first value would be forgotten without a word."""
    for option in LEAVES[path].params:
        if not isinstance(option, click.Option) or option.multiple or (option.is_flag and not option.secondary_opts):
            continue
        flag, *others = sorted((*option.opts, *option.secondary_opts), key=len, reverse=True)
        value = [] if option.is_flag else ["1"] * option.nargs
        for again in (flag, *others):
            code = main([*path, flag, *value, again, *value, "--show-config"])
            out, err = capsys.readouterr()
            assert (code, out, err.splitlines()[-1]) == (2, "", "Hint: give it once")
            assert " takes one value, but is given twice\n" in err
    assert main([*path, "--show-config", "-q", "-q", "--quiet"]) == 0
    assert main([*path, "--color", "never", "--color", "never", "--help"]) == 0


def test_an_option_and_its_alias_are_not_given_both(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["similar", "cat", "--json", "--format", "csv"]) == 2
    assert capsys.readouterr().err.startswith("Error: --json and --format set the same thing\n")
    assert main(["similar", "cat", "--json", "--json", "--show-config"]) == 0


def test_help_imports_nothing_heavy() -> None:
    script = (
        "import sys; from w2v.cli import main, COMMANDS\n"
        "assert main(['--help']) == 0\n"
        "assert all(main([name, '--help']) == 0 for name in COMMANDS)\n"
        "assert main(['simlar']) == 2\n"
        "print('modules', *sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    modules = {name.partition(".")[0] for name in run.stdout.rpartition("modules")[2].split()}
    assert "click" in modules
    assert not modules & HEAVY


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts(shell: str) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "w2v"],
        env={**os.environ, "_W2V_COMPLETE": f"{shell}_source"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert "_W2V_COMPLETE" in run.stdout


def test_the_line_for_bashrc_that_the_help_gives(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    (line,) = re.findall(r"Completion: put (eval .*) into ~/.bashrc", " ".join(capsys.readouterr().out.split()))
    (tmp_path / "w2v").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m w2v "$@"\n')
    (tmp_path / "w2v").chmod(0o755)
    script = (
        f'{line}; complete -p w2v; COMP_WORDS=(w2v odd); COMP_CWORD=1; _w2v_completion w2v; echo "${{COMPREPLY[@]}}"'
    )
    environment = {**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    run = subprocess.run(["bash", "-c", script], env=environment, capture_output=True, text=True, timeout=60)
    assert run.stderr == ""
    registered, completed = run.stdout.splitlines()
    assert registered.endswith("_w2v_completion w2v")
    assert completed == "odd-one-out"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("w2v ana", {"analogy"}),
        ("w2v analogy --meth", {"--method"}),
        ("w2v analogy --method 3cosm", {"3cosmul"}),
        ("w2v similar --format ", {"table", "json", "jsonl", "csv", "tsv", "markdown", "html"}),
        ("w2v eval --suite wordsi", {"wordsim353", "wordsim353-sim", "wordsim353-rel"}),
        ("w2v eval --suite men,ge", {"men,geometry"}),
        ("w2v eval --suite we", {""}),
        ("w2v data path gender", {"gender-professions"}),
        ("w2v data get text", {"text8"}),
        ("w2v bias --test weat1", {"weat1", "weat10"}),
    ],
)
def test_completion(typed: str, offered: set[str]) -> None:
    environment = {"_W2V_COMPLETE": "bash_complete", "COMP_WORDS": typed, "COMP_CWORD": str(typed.count(" "))}
    run = subprocess.run(
        [sys.executable, "-m", "w2v"],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert run.stderr == ""
    assert {line.partition(",")[2] for line in run.stdout.splitlines()} == offered


@pytest.mark.parametrize(
    ("typed", "option", "cure"),
    [
        ("-m x.bin similar cat", "-m", "w2v similar -m x.bin cat"),
        ("--json similar cat", "--json", "w2v similar --json cat"),
        ("-q train 'my text.txt'", "-q", "w2v train -q 'my text.txt'"),
    ],
)
def test_an_option_before_the_command(typed: str, option: str, cure: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(shlex.split(typed)) == 2
    assert capsys.readouterr().err.splitlines() == [
        f"Error: {option} is an option of a command",
        f"Hint: put it after the command's name: {cure}",
    ]


def test_an_option_that_no_command_has(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--versoin", "similar", "cat"]) == 2
    assert "did you mean '--version'?" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--log", "-o"])
def test_an_output_is_not_called_like_an_option(
    option: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["train", "c.txt", option, "-q"]) == 2
    assert "takes the name of a file, and not -q\nHint: name a file; one that is really called so is ./-q\n" in (
        capsys.readouterr().err
    )
    assert list(tmp_path.iterdir()) == []


def test_the_help_of_train_says_in_sections_which_options_are_for_which_model(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["train", "--help"]) == 0
    sections = re.split(r"\n(?=[A-Z][\w -]*:\n)", click.unstyle(capsys.readouterr().out))
    options = {
        title: re.findall(r"^  (?:-\w, )?(--[\w-]+)", rest, re.M)
        for title, rest in (s.split(":\n", 1) for s in sections[1:])
    }
    assert {"--negative", "--init", "--subwords"} <= set(options["Only with --model sgns or cbow"])
    assert {"--freeze", "--deterministic"} <= set(options["Only with --model sgns"])
    assert options["Only with --model cbow"] == ["--cbow-gradient"]
    assert {"--x-max", "--cooccurrences"} <= set(options["Only with --model glove"])
    assert {"--tokenizer", "--phrases", "--column"} <= set(options["Text and words"])
    assert {"--dim", "--resume", "--cache-limit"} <= set(options["Options"])
    assert not any("Only" not in title and "--alpha" in names for title, names in options.items())


def test_the_help_says_once_what_holds_for_several_models(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "--help"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "(sgns, cbow 5; glove 15)" in text
    assert "With sgns and cbow, each pass reads the corpus once; with glove," in text
