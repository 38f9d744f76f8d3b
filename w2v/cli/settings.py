"""Read settings that are not given as options: from W2V_<NAME>, a --config file, or [tool.w2v] in ./pyproject.toml.

If several of them set an option, the first in this list wins; the command line wins over all. A file of settings has a
table for each command, such as `[train]`; the keys are the names of options. Keys before the first table hold for every
command that has such an option. `load` reads these files, and `to_toml` writes one.
"""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from textwrap import wrap
from typing import Any

import click
from click.core import ParameterSource

from w2v.cli.types import CommandLineOnly, OutputPath
from w2v.errors import SettingsError
from w2v.files.small import parse_toml, read_small
from w2v.report.characters import json_escaped

__all__ = [
    "SettableArgument",
    "environment_name",
    "load",
    "origin_of",
    "setting_name",
    "strange_variables",
    "to_toml",
    "to_toml_value",
]

PROJECT_FILE = "pyproject.toml"
OWN_VARIABLES = {"W2V_DEBUG"}  # w2v reads this variable, although it is not an option
_PRINTED = "check the path; '--show-config' prints a file to start from"
_CORRECT = "correct the file, or run w2v in another folder: w2v reads the table [tool.w2v] of this file"
COMMENT = 98  # characters in a line of a comment, without its "# "
ORIGINS = "w2v.origins"  # the key in ctx.meta of a table: parameter name → the file that set the parameter


class SettableArgument(click.Argument):
    """An argument of a command that a file of settings may give too, such as the corpus of `w2v train`."""


def setting_name(option: click.Parameter) -> str:
    """Return the option's name in a file of settings: no dashes at the front, underscores inside."""
    return max(option.opts, key=len).lstrip("-").replace("-", "_")


def environment_name(option: click.Option) -> str | None:
    """Return the option's variable W2V_<NAME>; None for --show-config, and for an alias of another option (--json)."""
    if setting_name(option) == "show_config" or (option.is_flag and not option.is_bool_flag):
        return None
    return f"W2V_{setting_name(option).upper()}"


def options_of(command: click.Command) -> dict[str, click.Parameter]:
    """Return the options, and arguments, of a command that a file may set, by their names in the file."""
    return {setting_name(param): param for param in command.params if _is_settable(param)}


def _is_settable(param: click.Parameter) -> bool:
    if isinstance(param, click.Option):
        return environment_name(param) is not None and setting_name(param) != "config"
    return isinstance(param, SettableArgument)


def _takes_several(param: click.Parameter) -> bool:
    return param.multiple or param.nargs == -1


def load(ctx: click.Context, config: Path | None) -> dict[str, Any]:
    """Return what files set for the command of `ctx`, by parameter name; `config` overrides the project's file.

    Raises `SettingsError` if a file cannot be read, if no command has such a table or key, and if a value is a list
    where the option takes one value.
    """
    root = ctx.find_root()
    own = options_of(ctx.command)
    found: dict[str, Any] = {}
    for origin, settings in _files(config):
        _check(root.command, root, settings, "", origin)
        for key, value in _in_reach(ctx, settings):
            if _normal(key) in own:
                option = own[_normal(key)]
                name = option.name or ""
                found[name] = _as_given(value, option, f"{key!r} of {origin}")
                ctx.meta.setdefault(ORIGINS, {})[name] = origin
    return found


def _files(config: Path | None) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield (name, settings) of the files that apply; later files override earlier ones."""
    project = Path(PROJECT_FILE)
    if project.is_file():
        data = read_small(project, SettingsError, hint=_CORRECT)
        tool = parse_toml(data, project, SettingsError, hint=_CORRECT).get("tool") if b"w2v" in data else None
        table = tool.get("w2v", {}) if isinstance(tool, Mapping) else {}
        if not isinstance(table, Mapping):
            raise SettingsError(f"tool.w2v of {project} is not a table", hint="write [tool.w2v] on a line of its own")
        yield f"[tool.w2v] of {project}", table
    if config is not None:
        data = read_small(config, SettingsError, hint=_PRINTED)
        yield str(config), parse_toml(data, config, SettingsError, hint=_PRINTED)


def _normal(key: str) -> str:
    return key.replace("-", "_")


def _as_given(value: Any, option: click.Parameter, what: str) -> str | list[str]:
    """Return a value from a file as text, as it would be on the command line; a list if the option can be repeated."""
    if not _takes_several(option) and isinstance(value, list):
        raise SettingsError(f"{what} is a list, but must be one value", hint=f"{max(option.opts, key=len)} takes one")
    items = value if isinstance(value, list) else [value]
    if any(isinstance(item, (list, Mapping)) for item in items):
        raise SettingsError(
            f"{what} contains a list or a table, but must contain plain values", hint="write [value, value]"
        )
    if isinstance(option.type, CommandLineOnly):
        raise SettingsError(
            f"{what} names a command, which a file of settings cannot have run",
            hint=f"give it on the command line: {max(option.opts, key=len)}",
        )
    if isinstance(option.type, OutputPath):
        for item in items:
            _check_inside(str(item), option, what)
    return [_as_text(item) for item in items] if _takes_several(option) else _as_text(value)


def _check_inside(path: str, option: click.Parameter, what: str) -> None:
    """Raise `SettingsError` for an output outside of the current folder.

    Somebody who runs w2v in a folder from another person has not agreed that its settings overwrite files elsewhere.
    """
    here, there = os.path.realpath("."), os.path.realpath(path)
    if os.path.commonpath((here, there)) != here:
        raise SettingsError(
            f"{what} is {path}, outside of the current folder",
            hint=f"name it on the command line: {max(option.opts, key=len)} {shlex.quote(path)}",
        )


def _as_text(value: Any) -> str:
    """Return a value as text, so that options, the environment and files are read by the same rules."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _in_reach(ctx: click.Context, settings: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the keys and values for the command of `ctx`: those before the first table, then those of its own table."""
    names = ctx.command_path.split()[1:]
    for name in ["", *names]:
        settings = settings.get(name, {}) if name else settings
        yield from ((key, value) for key, value in settings.items() if not isinstance(value, Mapping))


def _subcommands(command: click.Command, ctx: click.Context) -> dict[str, click.Command]:
    if not isinstance(command, click.Group):
        return {}
    found = {name: command.get_command(ctx, name) for name in command.list_commands(ctx)}
    return {name: subcommand for name, subcommand in found.items() if subcommand is not None}


def _known_keys(command: click.Command, ctx: click.Context) -> set[str]:
    below = [_known_keys(subcommand, ctx) for subcommand in _subcommands(command, ctx).values()]
    return set(options_of(command)).union(*below)


def _check(command: click.Command, ctx: click.Context, table: Mapping[str, Any], path: str, origin: str) -> None:
    commands = _subcommands(command, ctx)
    keys = _known_keys(command, ctx)
    where = f"[{path}] of {origin}" if path else origin
    for key, value in table.items():
        if isinstance(value, Mapping):
            if key not in commands:
                raise _unknown(f"no command has the table [{key}] in {where}", key, commands)
            _check(commands[key], ctx, value, f"{path}.{key}".lstrip("."), origin)
        elif _normal(key) not in keys:
            raise _unknown(f"there is no setting {key!r}, as in {where}", _normal(key), keys)


def strange_variables(ctx: click.Context) -> Iterator[str]:
    """Yield a sentence for each variable W2V_... that no option of any command reads, which is probably a mistake."""
    names = {name for name in os.environ if name.startswith("W2V_")} - _variables(ctx.command, ctx) - OWN_VARIABLES
    if names:  # only now: the next lines import every command, which takes time
        from difflib import get_close_matches

        root = ctx.find_root()
        known = _variables(root.command, root)
        for name in sorted(names - known):
            near = get_close_matches(name, known)
            meant = f"did you mean {' or '.join(near)}?" if near else "'w2v COMMAND --help' shows all options"
            yield f"no option is set by the environment variable {name}: {meant}"


def _variables(command: click.Command, ctx: click.Context) -> set[str]:
    """Return the environment variables that set an option of a command or of its subcommands."""
    own = {param.envvar for param in command.params if isinstance(param.envvar, str)}
    return own.union(*(_variables(below, ctx) for below in _subcommands(command, ctx).values()))


def _unknown(message: str, key: str, known: Collection[str]) -> SettingsError:
    from difflib import get_close_matches

    near = get_close_matches(key, known)
    hint = f"did you mean {' or '.join(map(repr, near))}?" if near else f"known: {', '.join(sorted(known))}"
    return SettingsError(message, hint=hint)


def origin_of(error: click.UsageError) -> str:
    """Return where the wrong value in `error` was set, or "" if that was on the command line."""
    param = getattr(error, "param", None)
    if error.ctx is None or not isinstance(param, click.Option) or param.name is None:
        return ""
    source = error.ctx.get_parameter_source(param.name)
    if source is ParameterSource.ENVIRONMENT:
        return f"the environment variable {param.envvar}"
    if source is ParameterSource.DEFAULT_MAP:
        return str(error.ctx.meta.get(ORIGINS, {}).get(param.name, ""))
    return ""


def to_toml(ctx: click.Context) -> str:
    """Return the settings of the command of `ctx`, from all sources, as a file that `load` can read."""
    lines = [f"[{'.'.join(ctx.command_path.split()[1:])}]"]
    for key, option in options_of(ctx.command).items():
        if option.name in ctx.params:
            lines += ["", *_comment_on(option)]
            value = to_toml_value(ctx.params[option.name])
            lines.append(f"{key} = {value}" if value else _default_of(key, option, ctx))
    return "\n".join(lines)


def _comment_on(option: click.Parameter) -> list[str]:
    """Return comment lines that explain an option; an option may have a longer text for this, by `comment`."""
    text = option.comment() if hasattr(option, "comment") else getattr(option, "help", "") or ""
    return [f"# {line}" for line in wrap(text, COMMENT)]


def _default_of(key: str, option: click.Parameter, ctx: click.Context) -> str:
    """Return a comment with the value in force of an option that is not set: a value, or what holds in words.

    An option may have a default that depends on others, as `default_in_force`, and words for it, as `in_words`.
    """
    value = to_toml_value(option.default_in_force(ctx.params)) if hasattr(option, "default_in_force") else ""
    if value:
        return f"# {key} = {value}"
    shown = getattr(option, "show_default", None)
    words = option.in_words(ctx.params) if hasattr(option, "in_words") else shown if isinstance(shown, str) else ""
    return f"# {key}: {words or 'not set'}"


def to_toml_value(value: Any) -> str:
    """Return a value in TOML; "" for None and for an empty list, which a file cannot express."""
    if isinstance(value, (tuple, list)):
        return f"[{', '.join(map(to_toml_value, value))}]" if value else ""
    if value is None:
        return ""
    if isinstance(value, (bool, int, float)):
        return json.dumps(value)
    return json_escaped(json.dumps(str(value), ensure_ascii=False))
