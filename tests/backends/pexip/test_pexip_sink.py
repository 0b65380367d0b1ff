"""The event sink: only who knows the password is heard; repeated, late and mixed-up events give the same picture."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.backends.pexip import Pexip
from bot.backends.pexip.sink import Sink
from bot.capabilities import Event, HookRefused, MeetingEnded, MeetingStarted, ParticipantJoined, ParticipantLeft
from bot.errors import BadInput
from bot.hooks import Hooks
from bot.model import VendorRoom
from bot.play.vendors.pexip import Delivery, SimulatedPexip
from bot.roster import Roster, reduced
from bot.store import Store
from tests.fakes.pexip import NOON, SINK_PASSWORD, PatientClock, basic, room
from tests.fakes.storage import ANN, opened

AUTH = basic("sink", SINK_PASSWORD)
T = NOON.timestamp()
NODES = ("10.0.0.1", "10.0.0.2")


def sink() -> Sink:
    return Sink("sink", SecretStr(SINK_PASSWORD))


def told(event: str, seq: int, minute: float, data: dict[str, Any], node: str = NODES[0]) -> dict[str, Any]:
    return {"node": node, "seq": seq, "version": 2, "time": T + minute * 60, "event": event, "data": data}


def conference(what: str, seq: int, minute: float, *, node: str = NODES[0], began: float = 0) -> dict[str, Any]:
    data = {"name": "VMR_1", "service_type": "conference", "start_time": T + began * 60, "is_locked": False}
    if what == "ended":
        data["end_time"] = T + minute * 60
    return told(f"conference_{what}", seq, minute, data, node)


def leg(what: str, seq: int, minute: float, who: str, **more: Any) -> dict[str, Any]:
    data = {
        "uuid": f"{who}-leg",
        "conference": "VMR_1",
        "display_name": who.title(),
        "role": "chair",
        "protocol": "WebRTC",
        "service_type": "conference",
        "has_media": True,
        "connect_time": T + minute * 60,
    }
    node = more.pop("node", NODES[0])
    return told(f"participant_{what}", seq, minute, data | more, node)


def read(receiver: Sink, *events: dict[str, Any]) -> list[Event]:
    """Delivered one by one."""
    return [one for event in events for one in receiver.read(AUTH, json.dumps(event).encode(), NOON)]


# --- who is heard ---------------------------------------------------------------------------------------------------

STRANGERS: dict[str, dict[str, str]] = {
    "nothing": {},
    "another password": basic("sink", "guess"),
    "another user": basic("slackbot", SINK_PASSWORD),
    "a token": {"Authorization": AUTH["Authorization"].replace("Basic", "Bearer")},
    "no base64": {"Authorization": "Basic ***"},
    "empty": {"Authorization": "Basic "},
    "letters": {"Authorization": "Basic ÄÖÜ"},
}


@pytest.mark.parametrize("headers", STRANGERS.values(), ids=list(STRANGERS))
def test_who_does_not_know_user_and_password_is_not_read(headers: dict[str, str]) -> None:
    with pytest.raises(HookRefused):
        sink().read(headers, b"not even JSON", NOON)


def test_without_a_configured_user_nobody_is_heard() -> None:
    with pytest.raises(HookRefused, match="no event sink user"):
        Sink(None, None).read(basic("None", "None"), b"{}", NOON)


def test_the_header_is_found_whatever_its_case() -> None:
    assert sink().read({"authorization": AUTH["Authorization"]}, b"{}", NOON) == ()


@pytest.mark.parametrize("raw", [b"", b"[]", b"null", b"\xff", b"[" * 100_000, b'"x"'])
def test_what_is_no_event_is_told_so(raw: bytes) -> None:
    with pytest.raises(BadInput):
        sink().read(AUTH, raw, NOON)


@pytest.mark.parametrize(
    "event",
    [
        {},
        told("eventsink_started", 1, 0, {}),
        told("participant_media_stream_window", 2, 0, {"uuid": "x"}),
        told("conference_started", 3, 0, {}),
        told("participant_connected", 4, 0, {"uuid": "x"}),
        told("participant_connected", 5, 0, {"conference": "VMR_1"}),
        {"event": "participant_connected", "data": []},
        {"event": "eventsink_bulk", "data": {"event": "conference_started"}},
        {"event": "eventsink_bulk", "data": [1, None, "x"]},
    ],
)
def test_what_says_nothing_about_a_room_changes_nothing(event: dict[str, Any]) -> None:
    assert read(sink(), event) == []


# --- what is understood ---------------------------------------------------------------------------------------------


def test_a_meeting_from_its_beginning_to_its_end() -> None:
    events = read(
        sink(),
        conference("started", 1, 0),
        leg("connected", 2, 1, "ann"),
        leg("disconnected", 3, 5, "ann"),
        conference("ended", 4, 6),
    )
    began, came, went, over = events
    assert isinstance(began, MeetingStarted)
    assert isinstance(came, ParticipantJoined)
    assert isinstance(went, ParticipantLeft)
    assert isinstance(over, MeetingEnded)
    assert {one.vendor_id for one in events} == {"VMR_1"}
    assert len({one.meeting.id for one in events}) == 1
    assert (came.participant.id, came.participant.name, came.participant.moderator) == ("ann-leg", "Ann", True)
    assert (began.at, went.at, over.at) == (NOON, NOON + timedelta(minutes=5), NOON + timedelta(minutes=6))


def test_several_events_may_come_in_one_delivery() -> None:
    bulk = {"node": "127.0.0.1", "seq": 0, "event": "eventsink_bulk"}
    events = read(sink(), bulk | {"data": [conference("started", 1, 0), leg("connected", 2, 1, "ann")]})
    assert [type(one) for one in events] == [MeetingStarted, ParticipantJoined]


def test_the_same_event_twice_has_the_same_key_and_a_later_one_of_that_number_another() -> None:
    first, again, later = read(
        sink(), leg("connected", 7, 1, "ann"), leg("connected", 7, 1, "ann"), leg("connected", 7, 90, "bob")
    )
    assert first.key == again.key != later.key


def test_a_remote_control_and_who_waits_or_rings_are_not_in() -> None:
    events = read(
        sink(),
        leg("connected", 1, 1, "api", protocol="API"),
        leg("connected", 2, 1, "gus", service_type="waiting_room"),
        leg("connected", 3, 1, "pin", service_type="ivr"),
    )
    assert events == []


def test_who_is_let_in_after_waiting_is_in_from_then_on() -> None:
    receiver = sink()
    assert read(receiver, leg("connected", 1, 1, "gus", service_type="waiting_room")) == []
    only_what_changed = {"uuid": "gus-leg", "conference": "VMR_1", "service_type": "conference"}
    [came] = read(receiver, told("participant_updated", 2, 3, only_what_changed))
    assert isinstance(came, ParticipantJoined)
    assert (came.participant.name, came.at) == ("Gus", NOON + timedelta(minutes=3))
    assert read(receiver, told("participant_updated", 3, 4, {**only_what_changed, "is_muted": True})) == []


def test_an_update_of_somebody_unknown_is_not_a_guess() -> None:
    assert read(sink(), told("participant_updated", 1, 1, {"uuid": "x", "conference": "VMR_1", "is_muted": True})) == []


# --- which meeting --------------------------------------------------------------------------------------------------


def test_a_meeting_on_two_nodes_is_over_when_both_have_said_so() -> None:
    receiver = sink()
    read(receiver, conference("started", 1, 0), conference("started", 1, 1, node=NODES[1], began=1))
    assert read(receiver, conference("ended", 2, 5)) == []
    [over] = read(receiver, conference("ended", 2, 6, node=NODES[1], began=1))
    assert isinstance(over, MeetingEnded)


def test_a_second_meeting_in_the_room_is_another_one() -> None:
    receiver = sink()
    first = read(receiver, conference("started", 1, 0), leg("connected", 2, 1, "ann"), conference("ended", 3, 5))
    second = read(receiver, conference("started", 4, 9, began=9), leg("connected", 5, 10, "bob"))
    assert first[0].meeting.id != second[0].meeting.id == second[1].meeting.id
    [late] = read(receiver, leg("disconnected", 6, 11, "ann"))
    assert late.meeting.id == first[0].meeting.id  # told late, it still belongs to the first


def test_after_a_lost_end_the_same_node_begins_another_meeting() -> None:
    first, second = read(sink(), conference("started", 1, 0), conference("started", 9, 60, began=60))
    assert first.meeting.id != second.meeting.id


def test_after_a_restart_the_running_meeting_is_known_from_the_status_api() -> None:
    [began] = read(sink(), conference("started", 1, 0))
    restarted = sink()
    restarted.instances.seen_live("VMR_1", NOON)
    [came] = read(restarted, leg("connected", 2, 30, "bob"))
    assert came.meeting.id == began.meeting.id
    [over] = read(sink(), conference("ended", 3, 40))
    assert over.meeting.id == began.meeting.id


STORY = (
    conference("started", 1, 0),
    leg("connected", 2, 1, "ann"),
    leg("connected", 3, 2, "bob"),
    leg("disconnected", 4, 3, "ann"),
    leg("connected", 5, 4, "cid"),
)
END = (leg("disconnected", 6, 5, "bob"), leg("disconnected", 7, 6, "cid"), conference("ended", 8, 7))


def inside(events: Sequence[Event]) -> list[str]:
    """Who is in after these, as the roster's own reducer has it."""
    instances: dict[str, Any] = {}
    for event in events:
        instances[event.meeting.id], _ = reduced(instances.get(event.meeting.id), "pexip", event)
    return sorted(person.name for one in instances.values() for person in one.inside)


@settings(max_examples=100, deadline=None)
@given(st.permutations(STORY), st.lists(st.sampled_from(STORY), max_size=4))
def test_in_any_order_and_however_often_the_same_people_are_in(
    order: list[dict[str, Any]], again: list[dict[str, Any]]
) -> None:
    assert inside(read(sink(), *order, *again)) == ["Bob", "Cid"]


@settings(max_examples=100, deadline=None)
@given(st.permutations(STORY + END))
def test_in_any_order_nobody_is_in_after_the_end(order: list[dict[str, Any]]) -> None:
    assert inside(read(sink(), *order)) == []


# --- into the roster ------------------------------------------------------------------------------------------------


@pytest.fixture
async def store(tmp_path: Path, clock: PatientClock) -> AsyncIterator[Store]:
    async with opened(tmp_path, clock) as kept:
        async with kept.db.begin() as tx:
            vendor = VendorRoom("1", "VMR_1", "vmr")
            await kept.rooms.add(tx, backend="pexip", handle="standup", vendor=vendor, owner=ANN)
        yield kept


async def test_events_reach_the_roster_under_the_rooms_id_and_strangers_rooms_do_not(
    bot: Pexip, store: Store, clock: PatientClock
) -> None:
    roster = Roster(store, clock)
    hooks = Hooks({"pexip": bot}, store, roster, clock)
    unknown = conference("started", 3, 0)
    unknown["data"]["name"] = "Payroll"
    for event in (conference("started", 1, 0), leg("connected", 2, 1, "ann"), unknown):
        assert (await hooks.receive("pexip", AUTH, json.dumps(event).encode())).status == 200
    people = roster.presence("pexip", "1").participants
    assert [one.name for one in people or ()] == ["Ann"]
    assert roster.presence("pexip", "Payroll").empty
    assert (await hooks.receive("pexip", {}, b"{}")).status == 401
    assert (await hooks.receive("pexip", AUTH, b"[]")).status == 400


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("bulk", [False, True])
async def test_what_the_simulated_node_sends_is_understood(
    bot: Pexip, node: SimulatedPexip, clock: PatientClock, backwards: bool, bulk: bool
) -> None:
    node.objects.create("conference", {"name": "VMR_1", "aliases": [{"alias": "meet"}]})
    node.sink.delivery = Delivery.HELD
    ann = node.join("meet", "Ann")
    clock.advance(timedelta(minutes=1))
    node.join("meet", "Bob")
    clock.advance(timedelta(minutes=1))
    node.leave(ann.id)
    events: list[Event] = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        fields = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
        raw = await reader.readexactly(int(fields["Content-Length"]))
        events.extend(bot.read_hook(fields, raw, clock.now()))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    node.sink.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hooks/pexip"
    node.sink.bulk = bulk
    node.sink.release(backwards=backwards)
    await node.sink.settled()
    server.close()
    assert inside(events) == ["Bob"]
    presence = await bot.participants(room(1))
    assert [one.name for one in presence.participants or ()] == ["Bob"]
