"""The command line: `w2v`. Each command is a file in this folder, which is imported only when the command is used.

Only `main` prints errors and chooses exit codes: 0 success, 1 an expected failure, 2 wrong usage, 3 a score below its
threshold, 130 Ctrl-C, 143 SIGTERM, 129 SIGHUP. This module and `w2v --help` import click, and nothing that takes
longer.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Sequence

import click
from click.exceptions import NoArgsIsHelpError

from w2v.cli.commands import COMMANDS, command_named, headings
from w2v.cli.options import Help, Session
from w2v.cli.output import ARGUMENTS, print_message
from w2v.cli.signals import exit_code, stopping
from w2v.cli.usage import explain_usage
from w2v.errors import W2VError
from w2v.progress.tolerance import tolerant
from w2v.report.characters import ONE_LINE
from w2v.version import __version__

__all__ = ["cli", "main", "outcome", "run"]

LONGEST_LINE = 1_000  # characters of an error message


class Cli(Help, click.Group):
    """The group `w2v`: it imports a command when it is looked up, and lists the commands by purpose."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keep what was typed, for documents that say how they were made. `w2v help train` is `w2v train --help`."""
        ctx.meta[ARGUMENTS] = tuple(args)
        return super().parse_args(ctx, [*args[1:], "--help"] if args[:1] == ["help"] else args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in COMMANDS and cmd_name not in self.commands:
            self.commands[cmd_name] = command_named(cmd_name)
        return self.commands.get(cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.NoSuchCommand as error:  # click would suggest only commands that have been imported so far
            raise click.NoSuchCommand(error.command_name, possibilities=tuple(COMMANDS), ctx=ctx) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        width = max(len(name) for name in COMMANDS)  # `map` is the command here, once it has been imported
        for heading, commands in headings().items():
            with formatter.section(heading):
                formatter.write_dl([(name.ljust(width), sentence) for name, sentence in commands])


@click.group(
    cls=Cli,
    epilog='Completion: put eval "$(_W2V_COMPLETE=bash_source w2v)" into ~/.bashrc (zsh: zsh_source, ~/.zshrc).',
    examples=["w2v demo", "w2v train corpus.txt", "w2v analogy king man woman", "w2v similar paris --json"],
)
@click.version_option(__version__, "-V", "--version", message="w2v %(version)s", help="Show the version and exit.")
def cli() -> None:
    """Static word vectors: train, question, measure and ship them.

    Every option of every command can also be set by an environment variable (W2V_DIM sets --dim), in a file that
    --config names, or under [tool.w2v] in ./pyproject.toml.
    """


def main(args: Sequence[str] | None = None) -> int:
    """Run `w2v` with `args` (None: the arguments of the process), print every error, and return the exit code."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    session = Session(colour=False if plain else None)
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")  # a file's name need not be valid UTF-8
    stderr, sys.stderr = sys.stderr, tolerant(sys.stderr)
    try:
        return _run(args, session)
    finally:
        if args is not None:  # give the stream back to a caller in Python; a process that ends needs the tolerant one
            sys.stderr = stderr


def _run(args: Sequence[str] | None, session: Session) -> int:
    def work() -> object:
        with stopping(session, to_the_end=args is None):
            return run(args, session)

    return outcome(work, session)


def run(args: Sequence[str] | None, session: Session) -> object:
    """Run `w2v` with arguments, None for those of the process; return what click returns, and raise what goes wrong."""
    return cli.main(args, prog_name="w2v", standalone_mode=False, obj=session, color=session.colour)


def outcome(work: Callable[[], object], session: Session) -> int:
    """Do some work, print what goes wrong, and return the exit code."""
    try:
        code = work()
    except SystemExit as stop:  # after shell completion, or when the reader of a pipe has closed it
        code = stop.code
    except NoArgsIsHelpError as error:
        error.show()
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt) as error:  # click turns KeyboardInterrupt into Abort, while click runs
        if isinstance(error.__cause__, EOFError):  # click treats the end of any input like Ctrl-C
            code = _report(error.__cause__, session)
        else:
            click.echo("Interrupted.", err=True)
            code = exit_code(error.__cause__ or error)
    except Exception as error:
        if session.stop is not None and not isinstance(error, (W2VError, click.ClickException)):
            # Callbacks of the compiler lose the exception of a signal. The errors that follow are not bugs of w2v.
            click.echo("Interrupted.", err=True)
            code = exit_code(session.stop)
        else:
            code = 1 if isinstance(error.__cause__, BrokenPipeError) else _report(error, session)
    return code if isinstance(code, int) else 0


def _report(error: Exception, session: Session) -> int:
    """Print what went wrong, and the cure; return the exit code."""
    if os.environ.get("W2V_DEBUG"):
        import traceback

        traceback.print_exception(error)
    code, message, hint = _explain(error)
    message = f"line {session.line}: {message}" if session.line else message
    for label, text, tint in (("Error:", message, "red"), ("Hint:", hint, "cyan")):
        if text:
            print_message(label, _one_line(text), tint, session.colour)
    return code


def _one_line(text: str) -> str:
    """Return the text as one line without control characters, so that text from a file cannot disturb the terminal."""
    line = " ".join(text.split()).translate(ONE_LINE)
    return line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]}…"


def _explain(error: Exception) -> tuple[int, str, str]:
    """Return the exit code, the message and the hint for an exception."""
    if isinstance(error, W2VError):
        return error.exit_code, error.message, error.hint
    if isinstance(error, click.UsageError):
        return error.exit_code, *explain_usage(error)
    if isinstance(error, click.ClickException):
        return error.exit_code, error.format_message(), ""
    if isinstance(error, MemoryError):
        return 1, f"not enough memory: {error}".removesuffix(": "), "try a smaller --limit, --dim or --max-vocab"
    if isinstance(error, OSError) and error.errno is not None:
        return 1, *_explain_system(error)
    if isinstance(error, ImportError) and os.strerror(errno.EMFILE).lower() in str(error).lower():
        return 1, f"a part of Python cannot be opened: {os.strerror(errno.EMFILE).lower()}", CURES[errno.EMFILE]
    if isinstance(error, RuntimeError) and "can't start new thread" in str(error):
        return 1, "the system allows no more threads", CURES[errno.EAGAIN]
    name = type(error).__name__
    return 1, f"unexpected {name}: {error}; this is a bug in w2v", "run again with W2V_DEBUG=1 and report the traceback"


CURES = {
    errno.ENOSPC: "delete files that you do not need, or write to another disk",
    errno.EDQUOT: "delete files that you do not need, or write to another disk",
    errno.EMFILE: "allow more open files: ulimit -n 256",
    errno.ENFILE: "close other programs: the system cannot open more files",
    errno.ENAMETOOLONG: "choose a shorter name",
    errno.EACCES: "check the permissions",
    errno.EPERM: "check the permissions",
    errno.EROFS: "write to another place: this file system is read-only",
    errno.EAGAIN: "use fewer --threads, or allow more processes: ulimit -u",
    errno.ENOMEM: "close other programs, or use a smaller --memory",
}


def _explain_system(error: OSError) -> tuple[str, str]:
    """Return what the system refused, for which file, and the cure."""
    where = error.filename if isinstance(error.filename, str) else "a file or a stream"
    cure = CURES.get(error.errno or 0, "check the disk or the device")
    return f"{where}: {(error.strerror or str(error)).lower()}", cure
