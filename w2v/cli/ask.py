"""`w2v ask`: a prompt for the commands that ask. A line is run as the same command of the shell, on files read before.

How lines are read is in line_reader.py.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from functools import partial
from glob import escape, glob
from pathlib import Path
from typing import TYPE_CHECKING

import click

from w2v.cli.commands import COMMANDS, command_named, headings
from w2v.cli.line_reader import is_prompt, lines_of
from w2v.cli.options import Command, Session, chosen_vectors, format_option, topn_option, vector_files_option
from w2v.cli.output import ARGUMENTS
from w2v.cli.pairs import TOKEN, split
from w2v.cli.progress import console_progress
from w2v.cli.rows import read_vectors, row_options
from w2v.cli.signals import Terminated
from w2v.errors import SettingsError

if TYPE_CHECKING:
    from w2v.vectors import Vectors

LEAVE = ("quit", "exit", "quit()", "exit()")
HELP = ("help", "?")
OWN = ("help", "quit", "exit")
NOT_HERE = ("ask",)
ONLY_FOR_THE_PROMPT = ("history", "show_config")
COMPLETED = 100_000  # the most frequent words, which are completed
OFFERED = 50  # completions at most


@click.command(
    cls=Command,
    examples=[
        "w2v ask",
        "w2v ask -m sgns.safetensors -m glove.safetensors -n 5",
        "cat questions.txt | w2v ask --format csv",
    ],
)
@vector_files_option
@topn_option
@click.option("--history/--no-history", default=True, help="Remember what is typed, in a file that only you can read.")
@row_options
@format_option
def command(vectors: tuple[Path, ...], topn: int, history: bool, output_format: str) -> None:
    """Ask many questions: a prompt, with the file loaded once.

    A line is one of the commands similar, analogy, similarity, odd-one-out, vector, why, axis and info, with the
    arguments that it takes in the shell. A word alone asks for what is similar; a sum, as king - man + woman, for an
    analogy. Options given here hold for every line. help lists the commands; quit or Ctrl-D leaves. Where standard
    input is no terminal, its lines are run as a script, and the exit code is that of the first line that fails.
    """
    ctx = click.get_current_context()
    session = ctx.ensure_object(Session)
    paths = chosen_vectors([], vectors)
    session.loaded = {}
    with console_progress() as progress:
        loaded = [read_vectors(path, progress) for path in paths]
        for path, each in zip(paths, loaded, strict=True):
            if is_prompt():
                progress.message(f"{path}: {len(each):,} words × {each.dim} dimensions")
        if is_prompt():
            progress.message("a word, a sum as king - man + woman, or a command; help, quit")
    prompt = _Prompt(loaded, paths, session, list(_given(ctx)))
    try:
        failed = prompt.run(remember=history)
    finally:
        session.loaded, session.line = None, 0
    if failed:
        ctx.exit(failed)


def commands() -> dict[str, str]:
    """Return the commands of the prompt with their sentences."""
    return {name: sentence for name, sentence in headings()["Ask"] if name not in NOT_HERE}


def _given(ctx: click.Context) -> Iterator[tuple[click.Option, list[str]]]:
    """The options on the command line of `w2v ask`, each with what to write for it; files of vectors left out."""
    values, _, order = ctx.command.make_parser(ctx).parse_args(list(ctx.meta[ARGUMENTS][1:]))
    for option in dict.fromkeys(order):
        if isinstance(option, click.Option) and option.name not in (*ONLY_FOR_THE_PROMPT, "vectors"):
            flag = max(option.opts, key=len)
            yield option, [flag] if option.is_flag else [flag, str(values[option.name])]


class _Prompt:
    """Runs lines, one after the other."""

    def __init__(
        self,
        loaded: Sequence[Vectors],
        paths: Sequence[Path],
        session: Session,
        given: Sequence[tuple[click.Option, list[str]]],
    ) -> None:
        self.loaded, self.paths, self.session, self.given = loaded, paths, session, given
        self.commands = commands()
        self.is_over = False

    def run(self, *, remember: bool) -> int:
        """Run all lines; return 0 at a prompt, else the exit code of the first line that failed."""
        from w2v.cli import outcome

        failed = 0
        lines = lines_of(self.complete, remember=remember, interrupted=self._go_on)
        for number, line in enumerate(self._waited_for(lines), start=1):
            self.session.line = 0 if is_prompt() else number
            words = split(line)
            if not words or words[0] == "#":
                continue
            if words[0] in LEAVE and len(words) == 1:
                break
            code = outcome(partial(self._answer, line, words), self.session)
            self._go_on()
            failed = failed or code
            if self.is_over:
                return failed
        return 0 if is_prompt() else failed

    def _waited_for(self, lines: Iterator[str]) -> Iterator[str]:
        """Yield the lines, and note in between that the process waits for one."""
        while True:
            self.session.at_prompt = is_prompt()
            line = next(lines, None)
            self.session.at_prompt = False
            if line is None:
                return
            yield line

    def _go_on(self) -> None:
        """After Ctrl-C, take back what ends a process; raise the signals that do end it."""
        stop, self.session.stop = self.session.stop, None
        if isinstance(stop, Terminated):
            self.session.stop = stop
            raise stop
        if stop is not None:
            self.session.noticed.set()

    def _answer(self, line: str, words: list[str]) -> object:
        from w2v.cli import run

        if words[0] == "w2v" and words[1:2] and words[1] in COMMANDS:
            words = words[1:]  # as in the shell
        if words[0] in HELP and len(words) == 1:
            self._help()
            return 0
        if words[0] == "help" and words[1] in COMMANDS:
            return run([*words[1:], "--help"], self.session)
        self._refuse(words)
        name, *rest = words if words[0] in self.commands else self._question(line, words)
        try:
            return run([name, *self._options(name, rest), *rest], self.session)
        except SystemExit:  # the reader of a pipe has closed it
            self.is_over = True
            raise

    def _refuse(self, words: Sequence[str]) -> None:
        """Raise `SettingsError` for a command of the shell, unless its name and all else on the line are words."""
        name = words[0]
        if name in self.commands or (name not in COMMANDS and name != "help"):
            return
        if not self.loaded[0].lookup.read_known(words)[1]:
            return
        if name == "help":
            raise SettingsError(f"there is no command {words[1]!r}", hint=f"there are {', '.join(COMMANDS)}")
        raise SettingsError(
            f"the command {name} is not for the prompt",
            hint=f"run it in the shell: {shlex.join(['w2v', *words])}; quit leaves, help lists the commands that are",
        )

    def _help(self) -> None:
        width = max(map(len, (*self.commands, "king - man + woman")))
        lines = [("king", "List the words nearest to a word."), ("king - man + woman", "Complete an analogy.")]
        lines += self.commands.items()
        lines += [("help COMMAND", "Show what a command takes."), ("quit", "Leave; Ctrl-D does so, too.")]
        for name, sentence in lines:
            click.echo(f"  {name.ljust(width)}  {sentence}")
        click.echo("A word that is the name of a command: similar why. Text with blanks: in quotes.")

    def _question(self, line: str, words: list[str]) -> list[str]:
        """The command that a line without one stands for: similar for words, analogy for a sum of words."""
        from w2v.expressions import OPERATORS, has_spaced_operator

        asked, options = self._without_options(line)
        parts = split(asked)
        if not parts:
            return ["similar", *words]
        asked = parts[0] if len(parts) == 1 else asked
        readings, _ = self.loaded[0].lookup.read_known([asked])
        if readings and readings[0].word is not None and len(parts) == 1:
            return ["similar", *words]
        is_sum = len(readings[0].terms) > 1 if readings else has_spaced_operator(asked) or asked[1:2] in OPERATORS
        return ["analogy", asked, *options] if is_sum else ["similar", *words]

    def _without_options(self, line: str) -> tuple[str, list[str]]:
        """A line up to its first option, and the options; -man in king -man +woman is none."""
        flags = {flag for option in command_named("analogy").params for flag in (*option.opts, *option.secondary_opts)}
        for found in TOKEN.finditer(line):
            token = found[1]
            name = re.match(r"--[\w-]+|-[a-z](?=\d*$)", token)
            if name is not None and name[0] in flags:
                return line[: found.start(1)].strip(), split(line[found.start(1) :])
        return line.strip(), []

    def _options(self, name: str, rest: Sequence[str]) -> list[str]:
        """What was given to `w2v ask` and holds for a line, unless the line says something else."""
        target = command_named(name)
        own = {option.name: option for option in target.params if isinstance(option, click.Option)}
        ctx = click.Context(target, info_name=name, parent=click.get_current_context().find_root())
        _, _, order = target.make_parser(ctx).parse_args(list(rest))
        said = {option.name for option in order if isinstance(option, click.Option)}
        added = [part for option, parts in self.given if option.name in own.keys() - said for part in parts]
        if "vectors" in own and not said & {"vectors", "file"}:
            paths = self.paths if own["vectors"].multiple else self.paths[:1]
            added += [part for path in paths for part in ("-m", str(path))]
        return added

    def complete(self, before: str, text: str) -> list[str]:
        """What may be meant by the last word of a line: a command, an option, a file, or a frequent word."""
        words = split(before)
        if words and words[-1] in ("-m", "--vectors", "-i", "--input", "--corpus", "--among", "--without"):
            return sorted(glob(escape(text) + "*"))
        if text.startswith("-") and words and words[0] in self.commands:
            flags = (flag for option in command_named(words[0]).params for flag in option.opts)
            return sorted(flag for flag in flags if flag.startswith(text) and flag.startswith("-"))
        names = [] if words else [*self.commands, *OWN]
        if words == ["help"]:
            return [name for name in self.commands if name.startswith(text)]
        found = [name for name in names if name.startswith(text)]
        if text:
            found += [word for word in self._frequent() if word.startswith(text)][:OFFERED]
        return list(dict.fromkeys(found))

    def _frequent(self) -> Sequence[str]:
        if not hasattr(self, "_words"):
            words = self.loaded[0].words if len(self.loaded[0]) <= COMPLETED else None
            self._words = words or [word for word, _ in zip(self.loaded[0], range(COMPLETED), strict=False)]
        return self._words
