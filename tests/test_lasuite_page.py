"""docs/backends/lasuite.md keeps its word: everything in seeds/004 has a command that is understood and a test."""

from __future__ import annotations

import ast
import functools
import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from bot.commands import COMMANDS
from bot.grammar import parse

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "backends" / "lasuite.md"
# What stands in the document: its operations, scopes, parameters, answers, examples and schemas.
DOCUMENT = (
    *("listRooms", "createRoom", "retrieveRoom", "add attendees", "delete application-generated"),
    *("lasuite_visio", "rooms:list", "rooms:retrieve", "rooms:create", "rooms:update", "rooms:delete"),
    *("Parameter page", "page_size", "Parameter id"),
    *("UnauthorizedError", "ForbiddenError", "RoomNotFoundError", "BadRequestError"),
    *("roomList", "emptyBody", "Example room", "invalidToken", "insufficientScope", "roomNotFound", "validationError"),
    *("TokenRequest", "TokenResponse", "Schema Room", "OAuthError"),
)


def _table() -> ModuleType:
    spec = importlib.util.spec_from_file_location("lasuite_page", ROOT / "scripts" / "lasuite_page.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["lasuite_page"] = module
    spec.loader.exec_module(module)
    return module


TABLE = _table()
PROMISES = [one for promises in TABLE.TABLES.values() for one in promises]


@functools.cache
def functions_in(file: str) -> frozenset[str]:
    """The test functions of a file of this repository; none where there is no such file."""
    path = ROOT / file
    if not path.exists():
        return frozenset()
    found = ast.walk(ast.parse(path.read_text()))
    kinds = ast.FunctionDef | ast.AsyncFunctionDef
    return frozenset(one.name for one in found if isinstance(one, kinds) and one.name.startswith("test_"))


def test_the_page_is_as_generated_and_no_cell_is_empty() -> None:
    page = PAGE.read_text()
    assert [name for name in TABLE.TABLES if TABLE.table(name) not in page] == []
    lines = [line for line in page.splitlines() if line.startswith("|") and "---" not in line]
    rows = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
    assert [row for row in rows if not all(row)] == []


@pytest.mark.parametrize("words", DOCUMENT)
def test_everything_of_the_document_has_a_row(words: str) -> None:
    assert any(words in one.title for one in PROMISES)


def test_every_test_that_a_row_names_exists() -> None:
    named = [one.test.partition("::")[::2] for one in PROMISES]
    assert [(file, test) for file, test in named if test not in functions_in(file)] == []


@pytest.mark.parametrize("line", sorted({one.line for one in PROMISES if one.line}))
def test_every_line_is_understood(line: str) -> None:
    parsed = parse(line, {command.name: command.args for command in COMMANDS})
    assert parsed.verb == line.split()[0]
