"""The command line: `w2v`. Not here: what the commands do; each is a file beside this one, imported when looked up.

`main` is the only place that prints errors and chooses exit codes: 0 all well, 1 an expected failure, 2 usage, 3 a gate
failed, 130 Ctrl-C, 143 SIGTERM, 129 SIGHUP. Importing this module, and `w2v --help`, imports click and nothing heavier.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from importlib import import_module

import click
from click.exceptions import NoArgsIsHelpError

from w2v.cli.options import Help, Session
from w2v.cli.output import ARGUMENTS, paint
from w2v.cli.settings import origin_of
from w2v.cli.signals import exit_code, stopping
from w2v.cli.streams import tolerant
from w2v.errors import W2VError
from w2v.report.characters import HARMLESS
from w2v.version import __version__

__all__ = ["SECTIONS", "cli", "main"]

SECTIONS = {
    "Train": ("train",),
    "Ask": ("analogy", "similar", "similarity", "odd-one-out", "vector", "info"),
    "Measure": ("eval", "bias", "bench"),
    "Share": ("convert", "verify"),
    "Data": ("data", "demo"),
}


def _module_of(name: str) -> str:
    return f"w2v.cli.{name.replace('-', '_')}"


LONGEST_LINE = 1_000  # characters of an error
COMMANDS = tuple(name for names in SECTIONS.values() for name in names)


class Cli(Help, click.Group):
    """The group `w2v`: commands are imported when they are looked up, and listed by what one wants to do."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keep what was typed, for documents that say how they were made. `w2v help train` is `w2v train --help`."""
        ctx.meta[ARGUMENTS] = tuple(args)
        return super().parse_args(ctx, [*args[1:], "--help"] if args[:1] == ["help"] else args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in COMMANDS and cmd_name not in self.commands:
            self.commands[cmd_name] = import_module(_module_of(cmd_name)).command
        return self.commands.get(cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.NoSuchCommand as error:  # click would look for near names among those imported so far
            raise click.NoSuchCommand(error.command_name, possibilities=COMMANDS, ctx=ctx) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        width = max(map(len, COMMANDS), default=0)
        for section, names in SECTIONS.items():
            rows = []
            for name in names:
                command = self.get_command(ctx, name)
                if command is not None:
                    rows.append((name.ljust(width), command.get_short_help_str(formatter.width - width - 6)))
            if rows:
                with formatter.section(section):
                    formatter.write_dl(rows)


@click.group(
    cls=Cli,
    epilog='Completion: eval "$(_W2V_COMPLETE=bash_source w2v)" in ~/.bashrc; likewise zsh_source in ~/.zshrc.',
    examples=["w2v demo", "w2v train corpus.txt", "w2v analogy king man woman", "w2v similar paris --json"],
)
@click.version_option(__version__, "-V", "--version", message="w2v %(version)s", help="Show the version and exit.")
def cli() -> None:
    """Static word vectors: train, question, measure and ship them.

    Every option of every command can also be an environment variable (--dim is W2V_DIM), a line in a file that --config
    names, or a line under [tool.w2v] in ./pyproject.toml.
    """


def main(args: Sequence[str] | None = None) -> int:
    """Run `w2v` with `args` (None: those of the process) and return the exit code. Every error is printed here."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    session = Session(colour=False if plain else None)
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")  # a file's name need not be valid UTF-8
    stderr, sys.stderr = sys.stderr, tolerant(sys.stderr)
    try:
        return _run(args, session)
    finally:
        if args is not None:  # whoever calls from Python has the stream back; a process that ends flushes it once more
            sys.stderr = stderr


def _run(args: Sequence[str] | None, session: Session) -> int:
    try:
        with stopping(session, to_the_end=args is None):
            code = cli.main(args, prog_name="w2v", standalone_mode=False, obj=session, color=session.colour)
    except SystemExit as stop:  # completion was asked for, or the reader of a pipe went away
        code = stop.code
    except NoArgsIsHelpError as error:
        error.show()
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt) as error:  # click turns the second into the first, but not after its end
        if isinstance(error.__cause__, EOFError):  # click takes the end of any input for Ctrl-C
            code = _report(error.__cause__, session.colour)
        else:
            click.echo("Interrupted.", err=True)
            code = exit_code(error.__cause__ or error)
    except Exception as error:
        if session.stop is not None and not isinstance(error, (W2VError, click.ClickException)):
            # A compiler's callback drops the exception of a signal, and what follows from that is no fault of w2v.
            click.echo("Interrupted.", err=True)
            code = exit_code(session.stop)
        else:
            code = 1 if isinstance(error.__cause__, BrokenPipeError) else _report(error, session.colour)
    return code if isinstance(code, int) else 0


def _report(error: Exception, colour: bool | None) -> int:
    """Print what went wrong, a line, and the cure, another; return the exit code."""
    if os.environ.get("W2V_DEBUG"):
        import traceback

        traceback.print_exception(error)
    code, message, hint = _explain(error)
    for label, text, tint in (("Error:", message, "red"), ("Hint:", hint, "cyan")):
        if text:
            shown = paint(label, sys.stderr, colour, fg=tint, bold=True)
            click.echo(f"{shown} {_one_line(text)}", err=True, color=True)
    return code


def _one_line(text: str) -> str:
    """Whatever a file brought into a message, it stays one line that leaves the terminal alone."""
    line = " ".join(text.split()).translate(HARMLESS)
    return line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]}…"


def _explain(error: Exception) -> tuple[int, str, str]:
    """Exit code, message and hint for whatever went wrong."""
    if isinstance(error, W2VError):
        return error.exit_code, error.message, error.hint
    if isinstance(error, click.UsageError):
        return error.exit_code, *_explain_usage(error)
    if isinstance(error, click.ClickException):
        return error.exit_code, error.format_message(), ""
    if isinstance(error, MemoryError):
        return 1, f"not enough memory: {error}".removesuffix(": "), "try a smaller --limit, --dim or --max-vocab"
    if isinstance(error, OSError) and error.errno is not None:
        return 1, *_explain_system(error)
    name = type(error).__name__
    return 1, f"unexpected {name}: {error}; this is a bug in w2v", "run again with W2V_DEBUG=1 and report the traceback"


CURES = {
    errno.ENOSPC: "make room, or write elsewhere",
    errno.EDQUOT: "make room, or write elsewhere",
    errno.EMFILE: "allow more open files: ulimit -n 256",
    errno.ENFILE: "close other programs: the system has no room for more open files",
    errno.ENAMETOOLONG: "choose a shorter name",
    errno.EACCES: "check the permissions",
    errno.EPERM: "check the permissions",
    errno.EROFS: "write elsewhere: this file system is read-only",
    errno.EAGAIN: "fewer --threads, or allow more processes: ulimit -u",
    errno.ENOMEM: "close other programs, or use a smaller --memory",
}


def _explain_system(error: OSError) -> tuple[str, str]:
    """What the system refused, where, and what helps."""
    where = error.filename if isinstance(error.filename, str) else "a file or a stream"
    return f"{where}: {(error.strerror or str(error)).lower()}", CURES.get(error.errno or 0, "check where it lies")


def _explain_usage(error: click.UsageError) -> tuple[str, str]:
    if isinstance(error, (click.NoSuchOption, click.NoSuchCommand)):
        if error.possibilities:
            return error.message, f"did you mean {' or '.join(map(repr, error.possibilities))}?"
        if isinstance(error, click.NoSuchOption) and error.ctx is not None:
            command = error.ctx.command_path
            return error.message, f"see '{command} --help'; a word that begins with '-' goes after a lone '--'"
    origin = origin_of(error)
    if origin:
        return error.format_message(), f"the value comes from {origin}"
    if error.ctx is None:
        return error.format_message(), ""
    usage = " ".join([error.ctx.command_path, *error.ctx.command.collect_usage_pieces(error.ctx)])
    return error.format_message(), f"usage: {usage}; more with '{error.ctx.command_path} --help'"
