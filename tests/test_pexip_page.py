"""docs/backends/pexip.md keeps its word: every example and every path has a command that is understood and a test."""

from __future__ import annotations

import ast
import functools
import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from bot.backends.pexip.catalogue import RESOURCES
from bot.backends.pexip.configuring import SUBJECTS
from bot.commands import COMMANDS
from bot.grammar import parse

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "backends" / "pexip.md"


def _table() -> ModuleType:
    spec = importlib.util.spec_from_file_location("pexip_page", ROOT / "scripts" / "pexip_page.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["pexip_page"] = module
    spec.loader.exec_module(module)
    return module


TABLE = _table()


@functools.cache
def functions_in(file: str) -> frozenset[str]:
    """The test functions of a file of this repository; none where there is no such file."""
    path = ROOT / file
    if not path.exists():
        return frozenset()
    found = ast.walk(ast.parse(path.read_text()))
    kinds = ast.FunctionDef | ast.AsyncFunctionDef
    return frozenset(one.name for one in found if isinstance(one, kinds) and one.name.startswith("test_"))


def rows() -> list[list[str]]:
    lines = [line for line in PAGE.read_text().splitlines() if line.startswith("|") and "---" not in line]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def test_no_cell_of_any_table_is_empty() -> None:
    assert [row for row in rows() if not all(row)] == []


def test_each_of_the_79_paths_has_its_row() -> None:
    paths = [row[1] for row in rows() if row[1].startswith("`/api/admin/")]
    assert paths == [f"`/api/admin/configuration/v1/{name}/`" for name in RESOURCES]
    assert len(paths) == 79


def test_every_test_that_a_row_names_exists() -> None:
    named = re.findall(r"\[`(test_\w+)`\]\(\.\./\.\./(tests/[\w/]+\.py)\)", PAGE.read_text())
    assert len(named) >= len(TABLE.EXAMPLES) + len(RESOURCES)
    assert [one for one in named if one[0] not in functions_in(one[1])] == []


@pytest.mark.parametrize("promise", TABLE.EXAMPLES, ids=lambda one: one.title)
def test_every_line_is_understood_and_names_what_there_is(promise: object) -> None:
    line = promise.line  # type: ignore[attr-defined]
    parsed = parse(line, {command.name: command.args for command in COMMANDS})
    if parsed.verb == "config":
        subject = SUBJECTS[parsed.args.resource]
        assert subject.operation(parsed.args.action) is not None
        known = {one.name for one in subject.operation(parsed.args.action).fields}  # type: ignore[union-attr]
        given = {name for name, _ in parsed.args.options}
        assert given <= known | {"description", "match_incoming_calls", "match_outgoing_calls"}


@pytest.mark.parametrize("name", list(RESOURCES))
def test_every_resources_words_are_operations_that_there_are(name: str) -> None:
    for line in TABLE.lines_of(RESOURCES[name]):
        subject, operations = line.split(" ", 1)
        for operation in operations.split("|"):
            assert SUBJECTS[subject].operation(operation) is not None
    assert TABLE.lines_of(RESOURCES[name])


HEADINGS = (
    "Creating a Virtual Meeting Room",
    "Getting a Virtual Meeting Room's configuration",
    "Changing an existing Virtual Meeting Room",
    "Adding a Virtual Meeting Room alias",
    "Deleting a Virtual Meeting Room",
    "Creating a Virtual Meeting Room with aliases",
    "Getting all Virtual Meeting Rooms, Virtual Auditoriums and Virtual Receptions",
    "Getting all Virtual Meeting Rooms only",
    "Creating multiple Virtual Meeting Rooms",
    "Deleting multiple Virtual Meeting Rooms",
    "Creating a Virtual Auditorium",
    "Creating a Virtual Reception",
    "Creating Automatically Dialed Participants",
    "Modifying an Automatically Dialed Participant",
    "Removing an Automatically Dialed Participant from a Virtual Meeting Room",
    "Deleting an Automatically Dialed Participant",
    "Creating Call Routing Rules",
    "Deleting a Call Routing Rule",
    "Downloading a Conferencing Node for deployment",
    "Deploying a Conferencing Node using a VM template and configuration file",
    "Uploading a service theme",
    "Returning a license",
    "Adding a license",
    "Upload SSH authorized key",
)


def test_every_heading_of_an_example_in_the_document_has_a_row() -> None:
    titles = {one.title for one in TABLE.EXAMPLES}
    assert [heading for heading in HEADINGS if heading not in titles] == []
