"""Each of the 79 resources: everything that `config` offers for it is done, and looked up at the node afterwards."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.backends.pexip.catalogue import BY_TASK, RESOURCES, Resource
from bot.backends.pexip.configuring import SUBJECTS, Configuring
from bot.backends.pexip.objects import Objects
from bot.backends.pexip.resources import Resources
from bot.backends.pexip.tasks import Node
from bot.capabilities import Done, Hands, Plan, Sheet, Wish
from bot.clock import MovableClock
from bot.errors import BadInput, BotError
from bot.files import SharedFile, SharedFiles
from bot.forms import Field, FieldKind
from bot.model import Person
from bot.play.vendors.pexip import Account, SimulatedPexip
from bot.voice import Address
from tests.fakes.certificates import signed
from tests.fakes.pexip import NOON, PASSWORD, rest_at, transport_at

KEY, CERTIFICATE = signed("gateway.example.org")
OMAR = Address(Person("T0", "U0OMAR"))


class OneFile(SharedFiles):
    """Everybody has this one."""

    async def describe(self, file_id: str, asked_by: Address) -> SharedFile:
        return SharedFile(file_id, "package.zip", 2)

    async def read(self, file: SharedFile, *, most: int) -> bytes:
        return b"PK"


@pytest.fixture
async def node() -> AsyncIterator[SimulatedPexip]:
    one = SimulatedPexip(clock=MovableClock(NOON), accounts=(Account("slackbot", PASSWORD),))
    await one.start()
    yield one
    await one.stop()


@pytest.fixture
def configuring(node: SimulatedPexip, session: aiohttp.ClientSession, tmp_path: Path) -> Configuring:
    objects = Objects(transport_at(session, node.url), MovableClock(NOON))
    return Configuring(Node("pexip", objects, Resources(objects), rest_at(session, node.url), tmp_path))


def wish(resource: str, operation: str, *words: str, **values: str) -> Wish:
    subject = SUBJECTS[resource]
    found = subject.operation(operation)
    assert found is not None, f"{resource} has no {operation}"
    return Wish(subject, found, words, values, OneFile(), OMAR)


async def looked(configuring: Configuring, resource: str, operation: str, *words: str, **values: str) -> Sheet:
    return await configuring.look(wish(resource, operation, *words, **values))


async def done(configuring: Configuring, resource: str, operation: str, *words: str, **values: str) -> Done:
    async def silent(words: str) -> None:
        """Nobody listens."""

    plan: Plan = await configuring.plan(wish(resource, operation, *words, **values))
    return await plan.act(Hands(silent))


def offered(resource: Resource, operation: str) -> bool:
    subject = SUBJECTS[resource.name]
    return subject.operation(operation) is not None and (resource.name, operation) not in BY_TASK


def word_for(field: Field) -> str:
    """Something that the field takes."""
    if field.kind is FieldKind.LINES:
        return KEY if "private" in field.name else CERTIFICATE
    if field.kind is FieldKind.OBJECT:
        return "1"
    if field.kind is FieldKind.CHOICE:
        return field.choices[0]
    return "7" if field.kind is FieldKind.INTEGER else f"{field.name}-1"


def prepared(node: SimulatedPexip, resource: Resource) -> None:
    """What others have to have made before: a room for an alias, an object of a resource that nobody may add to."""
    node.objects.create("conference", {"name": "Board"})
    if "P" not in resource.collection_methods and not resource.singleton and resource.name != "licence_request":
        declared = node.objects.resources[resource.name].fields
        row = {name: f"{name}-1" for name, one in declared.items() if not one.related and one.type == "string"}
        node.objects.create(resource.name, row)


async def values_for(configuring: Configuring, resource: Resource, node: SimulatedPexip) -> Mapping[str, str]:
    fields = await configuring.form(wish(resource.name, "add"))
    values = {one.name: word_for(one) for one in fields if one.required}
    return values | ({"package": "F0123"} if resource.name == "upgrade" else {})


@pytest.mark.parametrize("name", list(RESOURCES))
async def test_everything_that_is_offered_for_a_resource_does_what_it_says(
    configuring: Configuring, node: SimulatedPexip, name: str
) -> None:
    resource = RESOURCES[name]
    prepared(node, resource)
    sheet = await looked(configuring, name, "schema")
    assert sheet.title == f"Fields of {name}"
    assert sheet.lines
    rows = node.objects.rows[name]
    if offered(resource, "add"):
        before = len(rows)
        values = await values_for(configuring, resource, node)
        await done(configuring, name, "add", **values)
        assert len(rows) == before + 1
    if not rows:
        assert name in {"licence", "licence_request", "worker_vm", "ssh_authorized_key", "gateway_routing_rule"} or (
            not SUBJECTS[name].operation("add")
        )
        return
    number = str(max(rows))
    if offered(resource, "list"):
        assert (await looked(configuring, name, "list")).lines
    if offered(resource, "get"):
        assert (await looked(configuring, name, "get", number)).title.startswith(f"{name} {number}")
    if offered(resource, "set"):
        await _changed(configuring, node, resource, number)
    if offered(resource, "delete"):
        await done(configuring, name, "delete", number)
        assert int(number) not in rows


async def _changed(configuring: Configuring, node: SimulatedPexip, resource: Resource, number: str) -> None:
    fields = await configuring.form(wish(resource.name, "set", number))
    plain = [
        one for one in fields if one.kind in (FieldKind.TEXT, FieldKind.YES_NO, FieldKind.CHOICE) and not one.secret
    ]
    if not plain:
        return
    one = plain[-1]
    word = "yes" if one.kind is FieldKind.YES_NO else one.choices[-1] if one.choices else "changed"
    result = await done(configuring, resource.name, "set", number, **{one.name: word})
    assert result.outcome == "confirmed"
    assert node.objects.rows[resource.name][int(number)][one.name] == (True if word == "yes" else word)


@pytest.mark.parametrize(("name", "operation"), list(BY_TASK))
async def test_what_a_task_does_more_safely_is_left_to_it(
    configuring: Configuring, node: SimulatedPexip, name: str, operation: str
) -> None:
    one = wish(name, operation, "1")
    asking = configuring.plan(one) if one.operation.changes else configuring.look(one)
    task, action = BY_TASK[name, operation].split()
    with pytest.raises(BadInput, match=f"{task} {action}"):
        await asking
    assert SUBJECTS[task].operation(action) is not None
    assert node.requests == []


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    word=st.one_of(
        st.text(max_size=30),
        st.sampled_from(
            [".", "..", "1/..", "../1", "?x", "?", "#", "%2e%2e", "1%2f..", "", "/", "1/", "1?limit=0", "schema"]
        ),
        st.text("0123456789./?#%;&=", max_size=12),
    ),
    operation=st.sampled_from(["delete", "set", "get"]),
)
async def test_no_word_makes_anything_but_the_one_object_it_names_change(
    configuring: Configuring, node: SimulatedPexip, word: str, operation: str
) -> None:
    """Strange ids, as people might type them: never the collection, never another object, never another address."""
    node.requests.clear()
    if not node.objects.rows["stun_server"]:
        for number in range(3):
            node.objects.create("stun_server", {"name": f"S{number}", "address": "10.0.0.1"})
    before = {number: dict(row) for number, row in node.objects.rows["stun_server"].items()}
    values = {"description": "changed"} if operation == "set" else {}
    try:
        if operation == "get":
            await looked(configuring, "stun_server", "get", word)
        else:
            await done(configuring, "stun_server", operation, word, **values)
    except BotError:
        assert node.objects.rows["stun_server"] == before
        assert [one for one in node.requests if one.method != "GET"] == []
        return
    touched = [number for number, row in before.items() if node.objects.rows["stun_server"].get(number) != row]
    assert [str(number) for number in touched] in ([], [word.strip()])
    for one in node.requests:
        assert one.method == "GET" or one.path.endswith(f"/stun_server/{word.strip()}/")
