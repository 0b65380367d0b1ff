"""Who may read and who may write the configuration: tried on each of the 79 resources, as people type it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.backends.pexip.catalogue import RESOURCES
from bot.backends.pexip.configuring import SUBJECTS
from bot.play.slack import buttons_of, text_of
from bot.play.slack.seed import MAX, MIA, OMAR
from tests.fakes.configuring import OPS, ROOT, changes, configurable
from tests.fakes.world import World

ROLES = """
[roles.READER]
displayName = "Reader"
permissions = { api = "ACCESS", configurationMode = "READ_ACCESS" }
[roles.ALL_BUT]
displayName = "Everything but the configuration"
[roles.ALL_BUT.permissions]
api = "ACCESS"
userInterface = "ACCESS"
administration = "ACCESS"
tracing = "ACCESS"
monitoringMode = "READ_WRITE_ACCESS"
userManagement = "READ_WRITE_ACCESS"
backends = "READ_WRITE_ACCESS"
webServer = "READ_WRITE_ACCESS"
[[grants]]
role = "READER"
users = ["U0OMAR"]
[[grants]]
role = "ALL_BUT"
users = ["U0MIA"]
[[grants]]
role = "ALL_BUT"
users = ["U0MAX"]
"""
READING = ("", "list", "get", "get 1", "schema", "1")
WRITING = ("add name=x", "set 1 name=x", "delete 1", "nonsense")


@pytest.fixture
async def w(tmp_path: Path) -> AsyncIterator[World]:
    async with configurable(tmp_path, grants=ROLES) as one:
        yield one


def asked_of_the_node(w: World) -> list[str]:
    return [one.path for one in w.pexip.requests if one.path.startswith(ROOT)]


async def all_refused(w: World, user: str, lines: list[str], permission: str) -> None:
    """Each of these lines is answered by one refusal that names the permission."""
    before = len(w.slack.workspace.ephemerals(user=user))
    for start in range(0, len(lines), 20):
        part = lines[start : start + 20]
        await asyncio.gather(*(w.slash(user, OPS, f"config pexip {line}".strip()) for line in part))
        await _count(w, user, before + start + len(part))
    told = [text_of(one) for one in w.slack.workspace.ephemerals(user=user)[before:]]
    assert len(told) == len(lines)
    assert [one for one in told if "refused" not in one or permission not in one] == []


async def _count(w: World, user: str, expected: int) -> None:
    await w.until(lambda: len(w.slack.workspace.ephemerals(user=user)) >= expected, within=20)


def test_there_are_79_resources() -> None:
    assert len(RESOURCES) == 79


async def test_without_the_area_nobody_reads_or_writes_any_resource_or_task(w: World) -> None:
    lines = [f"{name} {action}".strip() for name in SUBJECTS for action in (*READING, *WRITING)]
    await all_refused(w, MIA, ["", *lines], "Configuration Mode Read")
    assert asked_of_the_node(w) == []


async def test_with_read_access_nobody_writes_any_resource(w: World) -> None:
    lines = [f"{name} {action}" for name in RESOURCES for action in WRITING]
    await all_refused(w, OMAR, lines, "Configuration Mode Read/Write")
    assert asked_of_the_node(w) == []


async def test_with_read_access_nobody_does_a_task_that_changes_something(w: World) -> None:
    tasks = [one for one in SUBJECTS.values() if one.task]
    changing = [f"{task.name} {one.name}" for task in tasks for one in task.operations if one.changes]
    await all_refused(w, OMAR, [*changing, "googlemeet csr", "licences export 1"], "Configuration Mode Read/Write")
    assert asked_of_the_node(w) == []


async def test_with_read_access_every_resource_can_be_read(w: World) -> None:
    readable = [name for name in RESOURCES if name not in ("gms_gateway_token", "upgrade")]
    for name in readable:
        await w.slash(OMAR, OPS, f"config pexip {name} schema")
    told = await w.until(lambda: _titles(w, len(readable)), within=30)
    assert {title.partition(" of ")[2] for title in told} == set(readable)
    assert changes(w) == []


def _titles(w: World, number: int) -> list[str]:
    shown = [text_of(one).splitlines()[0] for one in w.slack.workspace.ephemerals(user=OMAR)]
    return shown if len(shown) >= number else []


async def test_can_answers_for_reading_and_writing_apart(w: World) -> None:
    await w.slash(MAX, OPS, "can @omar config pexip system_location list")
    await w.told(MAX, "can *config pexip system_location list*")
    await w.slash(MAX, OPS, "can @omar config pexip system_location delete 1")
    await w.told(MAX, "Configuration Mode Read/Write")
    await w.slash(MAX, OPS, "can @omar config pexip nonsense delete 1")
    await w.told(MAX, "Configuration Mode Read/Write")
    assert asked_of_the_node(w) == []


async def test_what_a_reader_sees_has_no_button_that_changes_anything(w: World) -> None:
    await w.slash(OMAR, OPS, "config pexip")
    menu = await w.told(OMAR, "Configuration of pexip")
    await w.slash(OMAR, OPS, "config pexip system_location 1")
    one = await w.told(OMAR, "system_location 1: London")
    assert set(buttons_of(menu)) <= {"List", "Try", "Requests", "Playlists"}
    assert buttons_of(one) == {}


async def test_the_operator_is_told_about_refused_writes_but_not_about_refused_reads(tmp_path: Path) -> None:
    async with configurable(tmp_path, grants=ROLES, slack='audit_channel = "C0TEAM"') as w:
        await w.slash(MAX, OPS, "config pexip system_location")
        await w.told(MAX, "refused")
        await w.slash(OMAR, OPS, "config pexip system_location delete 1")
        await w.posted("C0TEAM", "tried *config* and was refused")
        assert len(w.slack.workspace.messages("C0TEAM")) == 1
