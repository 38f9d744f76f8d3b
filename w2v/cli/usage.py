"""What is wrong with a command line, and its cure: unknown options and commands, and values that no option takes."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

import click

from w2v.cli.commands import COMMANDS, command_named, headings
from w2v.cli.options import Session
from w2v.cli.output import ARGUMENTS
from w2v.cli.settings import origin_of

__all__ = ["explain_usage"]

SHORTEST = 3  # letters of a name that may be the beginning of another
LIKE = 0.7  # how alike two names are of which one may be a misspelling of the other, from 0 to 1
NAMED = 3  # names that a hint offers
OF_ENDING = {".tsv": "tsv", ".json": "json", ".jsonl": "jsonl", ".md": "markdown", ".html": "html", ".txt": "table"}
# What click says of numbers, and the same in words.
IN_WORDS = (
    (re.compile(r"is not a valid integer( range)?\.?"), "is no whole number"),
    (re.compile(r"is not a valid float( range)?\.?"), "is no number"),
    (re.compile(r"is not in the range x>=(\S+?)\.$"), r"is less than \1"),
    (re.compile(r"is not in the range (\S+?)<=x<=(\S+?)\.$"), r"is not between \1 and \2"),
)


def explain_usage(error: click.UsageError) -> tuple[str, str]:
    """Return the message and the hint for a command line that cannot be run."""
    message = error.format_message()
    if isinstance(error, click.NoSuchCommand) and error.possibilities:
        return error.message, f"did you mean {_either(error.possibilities)}?"
    if isinstance(error, click.NoSuchOption) and error.ctx is not None:
        return _unknown_option(error, error.ctx)
    for pattern, words in IN_WORDS:
        message = pattern.sub(words, message)
    origin = origin_of(error)
    if origin:
        return message, f"the value comes from {origin}"
    if error.ctx is None:
        return message, ""
    command = "" if _at_prompt(error.ctx) else "w2v "
    path = error.ctx.command_path.removeprefix("w2v ")
    usage = " ".join([f"{command}{path}", *error.ctx.command.collect_usage_pieces(error.ctx)])
    return message, f"usage: {usage}; more with {_help_of(error.ctx)}"


def _unknown_option(error: click.NoSuchOption, ctx: click.Context) -> tuple[str, str]:
    name, message = error.option_name, error.message
    right = _after_the_command(name, ctx)
    if right:
        return f"{name} is an option of a command", f"put it after the command's name: {right}"
    near = _meant(name, (option for param in ctx.command.params for option in (*param.opts, *param.secondary_opts)))
    if near:
        return message, f"did you mean {_either(near)}?"
    if name in ("-o", "--output", "--out"):
        instead = _instead_of_output(name, ctx)
        if instead:
            return message, instead
    elsewhere = [f"w2v {other}" for other in COMMANDS if other != ctx.info_name and _has(other, name)]
    if elsewhere and name.startswith("--"):
        have = "has" if len(elsewhere) == 1 else "have"
        return message, f"{' and '.join(map(repr, elsewhere[:NAMED]))} {have} this option; see {_help_of(ctx)}"
    minus = "; a minus has spaces around it: king - man" if _asks(ctx) else ""
    return message, f"see {_help_of(ctx)}; put '--' before a word that begins with '-'{minus}"


def _meant(name: str, options: Iterable[str]) -> list[str]:
    """The long options that may be meant: those that begin alike, else those that are spelt alike."""
    if not name.startswith("--"):
        return []
    plain = name.lstrip("-")
    known = {option.lstrip("-"): option for option in options if option.startswith("--")}
    begun = [
        each
        for each in known
        if min(len(each), len(plain)) >= SHORTEST and (each.startswith(plain) or plain.startswith(each))
    ]
    return [known[each] for each in (begun or get_close_matches(plain, known, NAMED, LIKE))[:NAMED]]


def _has(command: str, option: str) -> bool:
    return any(option in param.opts for param in command_named(command).params if isinstance(param, click.Option))


def _instead_of_output(name: str, ctx: click.Context) -> str:
    """How a command without --output writes a file: --report, or its result on standard output; "" for neither."""
    options = {option for param in ctx.command.params for option in param.opts}
    typed = list(ctx.meta.get(ARGUMENTS, ()))
    at = typed.index(name) + 1 if name in typed else len(typed)
    file = typed[at] if at < len(typed) else "out.csv"
    if "--report" in options:
        return f"--report FILE writes the result into a file: --report {shlex.quote(file)}"
    if "--format" in options:
        form = OF_ENDING.get(Path(file).suffix.lower(), "csv")
        return f"the result goes to standard output: --format {form} > {shlex.quote(file)}"
    return ""


def _after_the_command(option: str, ctx: click.Context) -> str:
    """Return what was typed with the command's name in front, where its option stood there; else ""."""
    if ctx.parent is not None:
        return ""
    typed = list(ctx.meta.get(ARGUMENTS, ()))
    name = next((word for word in typed if word in COMMANDS), None)
    if name is None or not any(option in param.opts for param in command_named(name).params):
        return ""
    typed.remove(name)
    return shlex.join(["w2v", name, *typed])


def _asks(ctx: click.Context) -> bool:
    return any(name == ctx.info_name for name, _ in headings()["Ask"])


def _at_prompt(ctx: click.Context) -> bool:
    return ctx.ensure_object(Session).loaded is not None


def _help_of(ctx: click.Context) -> str:
    """How the help of a command is asked for: in the shell, or at the prompt of `w2v ask`."""
    if _at_prompt(ctx):
        return f"'help {ctx.info_name}'"
    return f"'{ctx.command_path} --help'"


def _either(names: Iterable[str]) -> str:
    return " or ".join(f"'{name}'" for name in names)
