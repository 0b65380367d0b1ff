"""covered_rooms.toml tells the truth: each command is one that the bot understands, each test is there."""

from __future__ import annotations

import ast
import functools
import tomllib
from pathlib import Path
from typing import Any

import pytest

from bot.commands import COMMANDS
from bot.grammar import parse

TESTS = Path(__file__).parents[2]
COVERED: list[dict[str, Any]] = tomllib.loads((Path(__file__).parent / "covered_rooms.toml").read_text())["covered"]
VERBS = {command.name: command.args for command in COMMANDS}


@functools.cache
def names_in(file: str) -> frozenset[str]:
    """The names of the tests in a file below tests/."""
    tree = ast.parse((TESTS / file).read_text())
    functions = (node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return frozenset(node.name for node in functions if node.name.startswith("test_"))


@pytest.mark.parametrize("row", COVERED, ids=[row["example"] for row in COVERED])
def test_each_example_has_a_command_that_is_understood_and_tests_that_exist(row: dict[str, Any]) -> None:
    if row["command"]:
        assert parse(row["command"], VERBS).args
    assert row["tests"]
    for one in row["tests"]:
        file, _, name = one.partition("::")
        assert name in names_in(file), one


def test_no_example_stands_there_twice() -> None:
    assert len({row["example"] for row in COVERED}) == len(COVERED) == 28
