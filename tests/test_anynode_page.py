"""docs/backends/anynode.md keeps its word: every request, scope and example has a command and tests that exist."""

from __future__ import annotations

import ast
import functools
import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from bot.commands import COMMANDS
from bot.grammar import parse
from bot.rules import AREAS
from tests.backends.anynode.test_seed_003 import SEED_003

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "backends" / "anynode.md"


def _table() -> ModuleType:
    spec = importlib.util.spec_from_file_location("anynode_page", ROOT / "scripts" / "anynode_page.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["anynode_page"] = module
    spec.loader.exec_module(module)
    return module


TABLE = _table()
EVERY = (*TABLE.OPERATIONS, *TABLE.RULES)


@functools.cache
def functions_in(file: str) -> frozenset[str]:
    """The test functions of a file of this repository; none where there is no such file."""
    path = ROOT / file
    if not path.exists():
        return frozenset()
    found = ast.walk(ast.parse(path.read_text()))
    return frozenset(one.name for one in found if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef))


@pytest.mark.parametrize("promise", EVERY, ids=lambda one: one.title)
def test_every_test_that_a_row_names_exists(promise: Any) -> None:
    assert promise.tests
    for test in promise.tests:
        file, _, name = test.partition("::")
        assert name.startswith("test_")
        assert name in functions_in(file), test


@pytest.mark.parametrize("promise", EVERY, ids=lambda one: one.title)
def test_every_line_is_understood(promise: Any) -> None:
    parsed = parse(promise.line, {command.name: command.args for command in COMMANDS})
    if parsed.verb == "roles":
        assert parsed.args.backend == "sbc"
        assert {name for name, _ in parsed.args.options} <= {area.lower() for area in AREAS}


def test_each_operation_of_the_document_has_a_row_and_each_test_of_it_is_named() -> None:
    rows = PAGE.read_text()
    for request in (
        "GET /api/roles/get?version=0",
        "PUT /api/roles/add?version=0",
        "DELETE /api/roles/remove?version=0",
    ):
        assert f"`{request}`" in rows
    for part in ("Required Permissions", "Example", "Response Body Structure", "Request Body Structure", "parameters"):
        assert part in rows
    for heading, names in SEED_003.items():
        assert any(f"test_seed_003_{name}`" in rows for name in names), heading


def test_every_area_of_the_document_is_explained() -> None:
    explained = PAGE.read_text().partition("## What a role")[2].partition("\n## ")[0]
    assert [area for area in AREAS if not re.search(rf"\b{area}\b", explained)] == []
