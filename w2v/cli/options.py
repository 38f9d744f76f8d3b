"""The class of all commands, and the options that several commands share.

A command is a function under `@click.command(cls=Command, examples=[...])`. It then has the options -h, -q, -v,
--color, --config and --show-config; each of its options can also be set by the environment variable W2V_<NAME> or in a
file of settings (settings.py); and its help ends with the examples, which the tests run.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from w2v.cli.output import FORMATS, SAFE_CELLS, print_line, print_message
from w2v.cli.settings import environment_name, load, strange_variables, to_toml
from w2v.cli.types import OutputPath
from w2v.errors import SettingsError
from w2v.formats.registry import default_names, default_pattern
from w2v.report.characters import ONE_LINE

__all__ = [
    "Command",
    "Group",
    "Session",
    "chosen_vectors",
    "data_dir_option",
    "find_vectors",
    "format_option",
    "log_option",
    "on_the_command_line",
    "optional_vectors_option",
    "restrict_vocab_option",
    "topn_option",
    "vector_files_option",
    "vectors_option",
]

Function = TypeVar("Function", bound=Callable[..., Any])
Decorator = Callable[[Function], Function]

DEFAULT_VECTORS = default_names()


@dataclass
class Session:
    """What all parts of a running command share; get it by `click.get_current_context().ensure_object(Session)`.

    colour, quiet, verbose, log, show_config: the values of these options; a colour of None is "auto".
    stop: the exception of a signal that has arrived. noticed: is set when that exception is handled (signals.py).
    at_prompt: whether the process only waits for a person to type a line.
    loaded: at the prompt of `w2v ask`, the vectors that were read for earlier lines (rows.py); None elsewhere.
    line: the number of the line of a script that `w2v ask` runs; 0 elsewhere.
    """

    colour: bool | None = None
    quiet: bool = False
    verbose: bool = False
    log: Path | None = None
    show_config: bool = False
    stop: KeyboardInterrupt | None = None
    noticed: Event = field(default_factory=Event)
    at_prompt: bool = False
    loaded: dict[Hashable, Any] | None = None
    line: int = 0


def _session() -> Session:
    return click.get_current_context().ensure_object(Session)


class _Formatter(click.HelpFormatter):
    def write_heading(self, heading: str) -> None:
        self.write(" " * self.current_indent + click.style(f"{heading}:", bold=True) + "\n")


class _Context(click.Context):
    formatter_class = _Formatter


class Help(click.Command):
    """A command whose help page shows subcommands, its own options by section, everyday options, and examples."""

    context_class = _Context

    def __init__(self, *args: Any, examples: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.examples = tuple(examples)
        self.context_settings = {
            "help_option_names": ["-h", "--help"],
            "max_content_width": 100,
            "show_default": True,
            **self.context_settings,
        }

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        if isinstance(self, click.Group):
            self.format_commands(ctx, formatter)
        sections: dict[str, list[tuple[str, str]]] = {"Options": []}
        everyday: list[tuple[str, str]] = []
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx)
            if record is not None and isinstance(param, click.Option):
                is_own = param in self.params and not isinstance(param, _Everyday)
                own = sections.setdefault(getattr(param, "section", "Options"), [])
                (own if is_own or isinstance(self, click.Group) else everyday).append(record)
        for title, records in (*sections.items(), ("Everyday options", everyday)):
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_epilog(ctx, formatter)
        if self.examples:
            with formatter.section("Example" if len(self.examples) == 1 else "Examples"):
                for example in self.examples:
                    formatter.write(" " * formatter.current_indent + example + "\n")


class _Everyday(click.Option):
    """An option that every command has."""


class Group(Help, click.Group):
    """A command with subcommands, such as `w2v data`."""


class Command(Help):
    """A command of `w2v`, with the everyday options, and with settings from the environment and from files.

    check: told the values of all options before --show-config prints them; it raises what the command would raise.
    """

    def __init__(self, *args: Any, check: Callable[[dict[str, Any]], None] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.check = check
        self.params.extend(_everyday_options())
        for param in self.params:
            if isinstance(param, click.Option) and param.envvar is None:
                param.envvar = environment_name(param)
            if isinstance(param.type, click.Choice):
                param.type.case_sensitive = False

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        empty = next((arg for arg in args if re.fullmatch(r"(--[\w-]+=)?", arg)), None)
        if empty is not None and not ctx.resilient_parsing:  # an empty path would mean the current folder
            raise SettingsError(
                f"{empty.removesuffix('=') or 'an argument'} is empty",
                hint="perhaps it was a shell variable that has no value",
            )
        if not ctx.resilient_parsing:
            self._refuse_repeats(ctx, args)
        with self._optional_arguments("--show-config" in args):
            return super().parse_args(ctx, args)

    def _refuse_repeats(self, ctx: click.Context, args: Sequence[str]) -> None:
        """Raise `SettingsError` if an option that takes one value is given twice; click would use the last value.

        An option and its alias, such as --format and --json, count as one option. A simple flag may be repeated.
        """
        _, _, given = self.make_parser(ctx).parse_args(list(args))
        if self.get_help_option(ctx) in given:
            return
        by_name: dict[str | None, list[click.Option]] = {}
        for option in given:
            if isinstance(option, click.Option) and not option.multiple and not option.count:
                by_name.setdefault(option.name, []).append(option)
        for options in by_name.values():
            flags = list(
                dict.fromkeys("/".join([max(option.opts, key=len), *option.secondary_opts]) for option in options)
            )
            if len(flags) > 1:
                raise SettingsError(f"{' and '.join(flags)} set the same thing", hint="give one of them, once")
            if len(options) > 1 and (not options[0].is_flag or options[0].secondary_opts):
                times = "twice" if len(options) == 2 else f"{len(options)} times"
                raise SettingsError(f"{flags[0]} takes one value, but is given {times}", hint="give it once")

    def invoke(self, ctx: click.Context) -> None:
        session = ctx.ensure_object(Session)
        for sentence in strange_variables(ctx) if session.loaded is None else ():
            _warn(sentence)
        if session.show_config:
            if self.check is not None:
                self.check(dict(ctx.params))
            print_line(to_toml(ctx))
        else:
            super().invoke(ctx)

    @contextmanager
    def _optional_arguments(self, show_config: bool) -> Iterator[None]:
        """Make all arguments optional inside the `with` block if `show_config`: --show-config needs none of them."""
        required = [
            param for param in self.params if show_config and isinstance(param, click.Argument) and param.required
        ]
        try:
            for param in required:
                param.required = False
            yield
        finally:
            for param in required:
                param.required = True


def _everyday_options() -> list[click.Option]:
    def store(name: str) -> Callable[[click.Context, click.Parameter, Any], None]:
        def callback(ctx: click.Context, param: click.Parameter, value: Any) -> None:
            setattr(ctx.ensure_object(Session), name, value)

        return callback

    def store_colour(ctx: click.Context, param: click.Parameter, value: str) -> None:
        session = ctx.ensure_object(Session)
        session.colour = ctx.color = {"always": True, "never": False}.get(value, session.colour)

    def load_settings(ctx: click.Context, param: click.Parameter, value: Path | None) -> None:
        if not ctx.resilient_parsing:
            ctx.default_map = load(ctx, value)

    return [
        _Everyday(
            ["--config"],
            type=click.Path(path_type=Path, dir_okay=False),
            is_eager=True,
            expose_value=False,
            callback=load_settings,
            help="Read settings from this TOML file.",
        ),
        _Everyday(
            ["--show-config"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=store("show_config"),
            help="Print the settings in the form of such a file, and stop.",
        ),
        _Everyday(
            ["-q", "--quiet"],
            is_flag=True,
            expose_value=False,
            callback=store("quiet"),
            help="Show only warnings and errors, no progress.",
        ),
        _Everyday(
            ["-v", "--verbose"],
            is_flag=True,
            expose_value=False,
            callback=store("verbose"),
            help="Also show how long each step took.",
        ),
        _Everyday(
            ["--color"],
            type=click.Choice(["auto", "always", "never"]),
            default="auto",
            is_eager=True,
            expose_value=False,
            callback=store_colour,
            metavar="WHEN",
            help="Use colours: auto, always or never.",
        ),
    ]


def _warn(sentence: str) -> None:
    print_message("Warning:", sentence.translate(ONE_LINE), "yellow", _session().colour)


def find_vectors() -> Path:
    """Return the vector file in the current folder; of several the newest, and then a warning says which.

    Raises `SettingsError`, with a cure, if there is none.
    """
    there = sorted(filter(Path.is_file, map(Path, DEFAULT_VECTORS)), key=lambda path: -path.stat().st_mtime_ns)
    if there:
        newest, *older = there
        if older:
            names = " and ".join(map(str, older))
            _warn(f"this folder has several vector files: {newest} is used, it is newer than {names}; -m names another")
        return newest
    from w2v.files.meant import cure_of_unfinished

    for path in DEFAULT_VECTORS:
        if (unfinished := cure_of_unfinished(path)) is not None:
            raise SettingsError(f"no vectors: there is no {path} yet", hint=unfinished)
    best = DEFAULT_VECTORS[0]
    raise SettingsError(
        f"no vectors: give -m PATH, set W2V_VECTORS, or run w2v in a folder that has {best}",
        hint=f"'w2v train CORPUS' writes {best}; 'w2v demo -o {best}' makes a small example",
    )


def _vectors_or_default(ctx: click.Context, param: click.Parameter, value: Path | None) -> Path | None:
    if value is None and not ctx.resilient_parsing and not ctx.ensure_object(Session).show_config:
        return find_vectors()
    return value


class _VectorsOption(click.Option):
    """The option -m, whose default is a file in the current folder."""

    def default_in_force(self, params: dict[str, Any]) -> str | None:
        """Return the vector file in the current folder, if there is one."""
        return str(find_vectors()) if any(map(os.path.isfile, DEFAULT_VECTORS)) else None

    def in_words(self, params: dict[str, Any]) -> str:
        return "this folder has no vectors"


vectors_option: Decorator[Any] = click.option(
    "-m",
    "--vectors",
    cls=_VectorsOption,
    type=click.Path(path_type=Path),
    callback=_vectors_or_default,
    help=f"Use this vector file; default: $W2V_VECTORS, else ./{default_pattern()}.",
)

optional_vectors_option: Decorator[Any] = click.option(
    "-m",
    "--vectors",
    cls=_VectorsOption,
    type=click.Path(path_type=Path),
    help=f"Use this vector file; default: $W2V_VECTORS, else ./{default_pattern()}.",
)
"""For commands that do without vectors at times; they call `find_vectors` where they need them and none are named."""

vector_files_option: Decorator[Any] = click.option(
    "-m",
    "--vectors",
    cls=_VectorsOption,
    multiple=True,
    type=click.Path(path_type=Path),
    help=f"Use this vector file; may be given more than once; default: $W2V_VECTORS, else ./{default_pattern()}.",
)


def on_the_command_line(*names: str) -> bool:
    """Return whether the command line gives one of these parameters, not the environment or a file of settings."""
    source_of = click.get_current_context().get_parameter_source
    return any(source_of(name) is ParameterSource.COMMANDLINE for name in names)


def chosen_vectors(files: Sequence[Path], vectors: Sequence[Path]) -> list[Path]:
    """Return the vector files of a command that takes them as arguments and by -m, each file once.

    Files on the command line replace files that the environment or a settings file names. Without any, the result is
    the vector file in the current folder; raises `SettingsError` if there is none.
    """
    defaults = bool(files) and not on_the_command_line("vectors")
    return list(dict.fromkeys([*files, *(() if defaults else vectors)])) or [find_vectors()]


topn_option: Decorator[Any] = click.option(
    "-n", "--topn", type=click.IntRange(1), metavar="N", default=10, help="Show this number of words."
)

restrict_vocab_option: Decorator[Any] = click.option(
    "--restrict-vocab",
    type=click.IntRange(1),
    metavar="N",
    help="Use only the N most frequent words.",
)

data_dir_option: Decorator[Any] = click.option(
    "--data-dir",
    type=click.Path(path_type=Path),
    envvar="W2V_DATA",
    help="Look for sets in this folder first; default: $W2V_DATA.",
)


def format_option(function: Function) -> Function:
    """Add --format with its alias --json, and --safe-cells.

    The function receives `output_format`, ready for `output.emit`. It does not receive --safe-cells: output.py looks
    that up in the context.
    """
    choice = click.option(
        "--format",
        "output_format",
        type=click.Choice(FORMATS),
        metavar="FORMAT",
        default="table",
        help=f"Print the result as {', '.join(FORMATS[:-1])} or {FORMATS[-1]}.",
    )
    alias = click.option(
        "--json", "output_format", flag_value="json", type=click.Choice(FORMATS), help="The same as --format json."
    )
    safe = click.option(
        "--safe-cells",
        is_flag=True,
        expose_value=False,
        callback=_store_safe_cells,
        help="In csv and tsv, put ' before words that a spreadsheet would run as formulas (= + - @).",
    )
    return choice(alias(safe(function)))


def _store_safe_cells(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    ctx.meta[SAFE_CELLS] = value


def _store_log(ctx: click.Context, param: click.Parameter, value: Path | None) -> None:
    ctx.ensure_object(Session).log = value


log_option: Decorator[Any] = click.option(
    "--log",
    type=OutputPath(dir_okay=False),
    expose_value=False,
    callback=_store_log,
    help="Also write the progress to this file, as JSON lines.",
)
