"""Write docs/reference/commands.md, the page of all commands and options, out of the commands themselves.

`python docs/make_reference.py` writes the page; tests/test_site.py compares the page with the commands.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path

import click

from w2v.cli import cli
from w2v.cli.commands import headings

PAGE = Path(__file__).parent / "reference" / "commands.md"
ABOUT = """# Commands

What `w2v COMMAND --help` says, for every command on one page. `python docs/make_reference.py` writes this page out of
the commands; a test keeps the two equal.

Everyday options, which every command has, stand at the end.
"""
EVERYDAY = {"--config", "--show-config", "--quiet", "--verbose", "--color", "--help"}


def page() -> str:
    """Return the text of the page."""
    root = click.Context(cli, info_name="w2v", color=False)
    parts = [ABOUT]
    for heading, commands in headings().items():
        parts.append(f"## {heading}\n")
        for name, _ in commands:
            command = cli.get_command(root, name)
            assert command is not None, name
            parts.extend(_described(command, root, name, 3))
    command = cli.get_command(root, "similar")
    assert command is not None
    parts.append("## Everyday options\n")
    parts.extend(_options(command, _context(command, root, "similar"), everyday=True))
    return "\n".join(parts).rstrip() + "\n"


def _context(command: click.Command, parent: click.Context, name: str) -> click.Context:
    return command.make_context(name, [], parent=parent, resilient_parsing=True)


def _described(command: click.Command, parent: click.Context, name: str, level: int) -> Iterator[str]:
    ctx = _context(command, parent, name)
    yield f"{'#' * level} {ctx.command_path}\n"
    yield "```console\n$ " + " ".join([ctx.command_path, *command.collect_usage_pieces(ctx)]) + "\n```\n"
    yield _plain(inspect.cleandoc(command.help or "")) + "\n"
    if isinstance(command, click.Group):
        for inner in command.list_commands(ctx):
            subcommand = command.get_command(ctx, inner)
            assert subcommand is not None, inner
            yield from _described(subcommand, ctx, inner, level + 1)
        return
    yield from _options(command, ctx, everyday=False)
    examples = getattr(command, "examples", ())
    if examples:
        yield "```console\n" + "".join(f"$ {example}\n" for example in examples) + "```\n"


def _options(command: click.Command, ctx: click.Context, *, everyday: bool) -> Iterator[str]:
    rows = []
    for param in command.get_params(ctx):
        record = param.get_help_record(ctx)
        if record is not None and bool(EVERYDAY & set(param.opts)) == everyday:
            rows.append(f"| `{_cell(record[0])}` | {_cell(_plain(record[1]))} |")
    if rows:
        yield "\n".join(["| | |", "| --- | --- |", *rows]) + "\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _plain(text: str) -> str:
    """Escape what Markdown would take for a mark in a help text."""
    for mark in "*_<[$":
        text = text.replace(mark, f"\\{mark}")
    return text


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
