"""From environment and file to `Settings`. The only place that reads the environment."""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bot.errors import ConfigurationError
from bot.settings.model import ENVIRONMENT, Settings
from bot.settings.rule_sections import ApprovalSettings, DialingSettings, GrantSettings, RoleSettings
from bot.settings.sections import KINDS, SlackSettings
from bot.settings.words import Section

PREFIX = "MEETOPS_"
CONFIG = "MEETOPS_CONFIG"
_FILE_ALONE = ("roles", "grants", "approvals")
_FREE_NAMES = ("roles", "book")  # tables whose keys are the operator's own words
_ONE_A_LINE = ("webhook_secrets",)  # lists of secrets: their file holds one a line
_SECTIONS: dict[str, type[Section]] = {
    "slack": SlackSettings,
    "roles": RoleSettings,
    "grants": GrantSettings,
    "approvals": ApprovalSettings,
    "dialing": DialingSettings,
}
# What pydantic found → what to do about it.
_WORDS = {
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "dict_type": "must be a table",
    "greater_than_equal": "must be at least {ge}",
    "int_from_float": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "less_than_equal": "must be at most {le}",
    "literal_error": "must be one of: {expected}",
    "model_attributes_type": "must be a table",
    "model_type": "must be a table",
    "string_too_short": "is empty",
    "string_type": 'must be a text in quotes, such as "x"',
    "too_short": "is empty",
}
Path_ = tuple[str | int, ...]


def load(
    environ: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    *,
    commands: Iterable[str] | None = None,
) -> Settings:
    """Read everything (the process's own environment and folder where none are given).

    `commands` are the verbs that approval rules may name. Slack's tokens may be missing: `Settings.require_slack`.
    Raises ConfigurationError: one line that names the key or variable and never shows a value that may be secret.
    """
    environ = os.environ if environ is None else environ  # noqa: TID251
    file = (cwd or Path.cwd()) / environ.get(CONFIG, "meetops.toml")
    tables, origins = _file_tables(file), dict[Path_, str]()
    _overlay(tables, environ, origins)
    _refuse_half_backends(tables, origins)
    _read_files(tables, file.parent, origins)
    _refuse_unknown(tables, origins)
    for variable, attribute in ENVIRONMENT.items():
        if environ.get(variable):
            tables[attribute] = environ[variable]
            origins[(attribute,)] = variable
    settings = _validated(tables, origins)
    if commands is not None:
        settings.check_commands(commands)
    return settings


def reload(
    current: Settings,
    environ: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    *,
    commands: Iterable[str] | None = None,
) -> Settings:
    """The current settings with today's roles, grants, approvals and dialling rules (SIGHUP).

    Raises ConfigurationError; `current` stays as it is.
    """
    read = load(environ, cwd, commands=commands)
    changed = {name: getattr(read, name) for name in ("roles", "grants", "approvals", "dialing")}
    return _validated({**{name: getattr(current, name) for name in Settings.model_fields}, **changed}, {})


def play_port(environ: Mapping[str, str] | None = None) -> int:
    """Where the playground listens: `PLAY_PORT`, 8090 where it is not set. Raises ConfigurationError."""
    environ = os.environ if environ is None else environ  # noqa: TID251
    port = environ.get("PLAY_PORT") or "8090"
    if not port.isdecimal() or int(port) > 65535:
        raise ConfigurationError("PLAY_PORT: must be a port number, 0 to 65535")
    return int(port)


def _file_tables(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ConfigurationError(f"{file}: cannot be read ({error.strerror})") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        where = str(error) if isinstance(error, tomllib.TOMLDecodeError) else "it is not UTF-8"
        raise ConfigurationError(f"{file}: is not TOML: {where}") from None


def _overlay(tables: dict[str, Any], environ: Mapping[str, str], origins: dict[Path_, str]) -> None:
    """Put single values from `MEETOPS_…` variables over those of the file."""
    for variable in sorted(environ):
        if not variable.startswith(PREFIX) or variable == CONFIG:
            continue
        path = tuple(variable.removeprefix(PREFIX).lower().split("__"))
        if not all(path):
            raise ConfigurationError(f"{variable}: is not a setting")
        if path[0] in _FILE_ALONE:
            raise ConfigurationError(f"{variable}: lists and roles come from the configuration file alone")
        table = tables
        for name in path[:-1]:
            table = table.setdefault(name, {})
            if not isinstance(table, dict):
                raise ConfigurationError(f"{variable}: is not a setting")
        table[path[-1]] = environ[variable]
        origins[path] = variable


def _read_files(table: dict[str, Any], folder: Path, origins: dict[Path_, str], path: Path_ = ()) -> None:
    """Replace every `x_file` by the `x` that it holds."""
    for name, value in list(table.items()):
        here = (*path, name)
        if isinstance(value, dict) and name not in _FREE_NAMES:
            _read_files(value, folder, origins, here)
        elif isinstance(value, str) and name.endswith("_file"):
            plain = name.removesuffix("_file")
            label = origins.get(here) or _dotted(here)
            if plain in table:
                raise ConfigurationError(f"{label}: give either {plain} or {name}, not both")
            del table[name]
            content = _content(folder / value, label)
            table[plain] = content.split() if plain in _ONE_A_LINE else content
            origins[(*path, plain)] = label


def _content(file: Path, label: str) -> str:
    try:
        content = file.read_text("utf-8").rstrip("\r\n")
    except OSError as error:
        raise ConfigurationError(f"{label}: {file} cannot be read ({error.strerror})") from None
    except ValueError:
        raise ConfigurationError(f"{label}: {file} is not text") from None
    if not content.strip():
        raise ConfigurationError(f"{label}: {file} is empty")
    return content


def _refuse_half_backends(tables: dict[str, Any], origins: dict[Path_, str]) -> None:
    """A variable whose back end's name is misspelt makes a table of its own, without a kind."""
    backends = tables.get("backends")
    if not isinstance(backends, dict):
        return
    for name, table in backends.items():
        places = {("backends", name, key) for key in table} if isinstance(table, dict) else set()
        if places and "kind" not in table and places <= set(origins):
            others = ", ".join(other for other in backends if other != name)
            known = f"; known are {others}" if others else ""
            raise ConfigurationError(f"{origins[min(places)]}: there is no [backends.{name}]{known}")


def _refuse_unknown(tables: dict[str, Any], origins: dict[Path_, str]) -> None:
    known = set(Settings.model_fields) - set(ENVIRONMENT.values())
    for name in tables:
        if name not in known:
            label = next((origins[path] for path in origins if path[0] == name), name)
            raise ConfigurationError(f"{label}: is not a setting; {_nearest(name, known)}")


def _validated(tables: dict[str, Any], origins: dict[Path_, str]) -> Settings:
    try:
        return Settings.model_validate(tables)
    except ValidationError as error:
        problems = error.errors(include_input=False, include_url=False)
        # A misspelt key is the cause of the missing one, so it is named first.
        first = min(problems, key=lambda problem: problem["type"] != "extra_forbidden")
        raise ConfigurationError(_line(first, origins)) from None


def _line(problem: Any, origins: dict[Path_, str]) -> str:  # noqa: ANN401
    path = _without_kind(problem["loc"])
    below = (origins[one] for one in origins if one[: len(path)] == path and path)
    label = origins.get(path) or next(below, "") or _dotted(path)
    kind, message = problem["type"], problem["msg"].removeprefix("Value error, ")
    if kind in _WORDS:
        message = _WORDS[kind].format_map(problem.get("ctx", {}))
    elif kind == "extra_forbidden":
        message = f"is not a setting; {_nearest(str(path[-1]), _keys_beside(problem['loc']))}"
    elif kind == "missing":
        last = path[-1]
        message = f"is missing; give it, or {last}_file" if path[0] == "backends" else "is missing"
    elif kind.startswith("union_tag"):
        label = origins.get((*path, "kind")) or f"{_dotted(path)}.kind"
        message = f"must be one of: {', '.join(KINDS)}"
    elif path[-1:] == ("[key]",):
        label = _dotted(path[:-1])
    elif kind == "tuple_type":
        message = "lists come from the configuration file alone" if path in origins else "must be a list"
    return f"{label}: {message}" if label else message


def _without_kind(location: Path_) -> Path_:
    """pydantic names the union's branch between the back end and its key."""
    return (
        location[:2] + location[3:]
        if location[0:1] == ("backends",) and location[2:3] and location[2] in KINDS
        else location
    )


def _dotted(path: Path_) -> str:
    """`[[grants]] 2, users item 1`, `dialing.per_day`."""
    if len(path) > 1 and isinstance(path[1], int) and path[0] in _FILE_ALONE:
        return ", ".join(filter(None, (f"[[{path[0]}]] {path[1] + 1}", _dotted(path[2:]))))
    return "".join(f".{part}" if isinstance(part, str) else f" item {part + 1}" for part in path).removeprefix(".")


def _nearest(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), n=1)
    return f"did you mean {near[0]}?" if near else "remove it (meetops.example.toml shows every key)"


def _keys_beside(location: Path_) -> Iterable[str]:
    """The keys of the table in which this unknown one stands."""
    section = KINDS.get(str(location[2])) if location[0] == "backends" else _SECTIONS.get(str(location[0]))
    return section.model_fields if section is not None else ()
