"""Webhooks that come twice, late and in any order, as the vendors write them: the same people, the same card."""

from __future__ import annotations

import asyncio
import base64
import json
from datetime import timedelta
from typing import Any

import aiohttp
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.backends.pexip.sink import Sink
from bot.capabilities import Event
from bot.cards import room_card
from bot.clock import MovableClock
from bot.model import Presence
from bot.roster import Roster, reduced
from tests.fakes import jaas as account
from tests.fakes.storage import NOON, opened

MINUTE = 60_000
BEGAN = int(NOON.timestamp() * 1000)


def jaas_report(kind: str, minute: int, who: str = "", *, session: str = "s1") -> dict[str, Any]:
    """One webhook of a meeting that began at noon (8x8 docs, webhooks)."""
    data: dict[str, Any] = {"participantId": who, "name": who.title(), "id": f"u-{who}", "moderator": "false"}
    if kind.startswith("DIAL"):
        data = {"participantFullJid": f"x@y/{who}", "participantId": who, "participantJid": "x", "nick": "+40747777777"}
    more = {"idempotencyKey": f"{session}{kind}{who}{minute}", "sessionId": session}
    return account.envelope(kind, data if who else {}, **more, timestamp=BEGAN + minute * MINUTE)


JAAS = [
    jaas_report("ROOM_CREATED", 0),
    jaas_report("PARTICIPANT_JOINED", 1, "ann"),
    jaas_report("PARTICIPANT_JOINED", 2, "bob"),
    jaas_report("PARTICIPANT_LEFT", 3, "ann"),
    jaas_report("PARTICIPANT_JOINED", 4, "ann2"),
    jaas_report("PARTICIPANT_LEFT", 5, "bob"),
    jaas_report("ROOM_DESTROYED", 9, session="s0"),
    jaas_report("PARTICIPANT_JOINED", -9, "eve", session="s0"),
]
OVER = [*JAAS, jaas_report("PARTICIPANT_LEFT", 58, "ann2"), jaas_report("ROOM_DESTROYED", 58)]
READ = account.jaas(aiohttp.ClientSession.__new__(aiohttp.ClientSession), "https://8x8.vc")


def in_some_order(reports: list[Any]) -> st.SearchStrategy[list[Any]]:
    """All of them, in any order, any of them again at any later time."""
    again = st.lists(st.sampled_from(reports), max_size=6)
    return again.flatmap(lambda more: st.permutations([*reports, *more]))


def card_after(events: list[Event]) -> tuple[Any, ...]:
    """Every meeting of the room as the reducer has it in the end."""
    instances: dict[str, Any] = {}
    for event in events:
        instances[event.meeting.id] = reduced(instances.get(event.meeting.id), "jaas", event)[0]
    ordered = sorted(instances.values(), key=lambda one: one.meeting.id)
    return tuple((one.meeting, sorted(one.present.items(), key=lambda pair: pair[0]), one.inside) for one in ordered)


@given(in_some_order(OVER))
@settings(max_examples=200)
def test_webhooks_of_8x8_in_any_order_and_repeated_give_the_same_meetings(reports: list[Any]) -> None:
    in_order = card_after([event for report in OVER for event in account.told(READ, report)])
    assert card_after([event for report in reports for event in account.told(READ, report)]) == in_order


async def test_every_order_ends_in_the_same_presence_and_the_same_card(tmp_path_factory: Any) -> None:
    seen: list[tuple[Presence, object]] = []
    for number, reports in enumerate(
        [JAAS, JAAS[::-1], JAAS[3:] + JAAS[:3] + JAAS, JAAS[1::2] + JAAS[::2] + JAAS[2:4]]
    ):
        async with opened(tmp_path_factory.mktemp(f"order{number}")) as store:
            roster = Roster(store, MovableClock(NOON))
            told = [roster.apply("jaas", account.told(READ, report)) for report in reports]
            await asyncio.gather(*told)
            presence = roster.presence("jaas", "testroom2")
            seen.append((presence, room_card(account.room("testroom2"), presence)))
    assert all(one == seen[0] for one in seen)
    assert [one.name for one in seen[0][0].participants or ()] == ["Ann2"]


def sink_event(kind: str, minute: int, seq: int, **data: Any) -> dict[str, Any]:
    """One event of a conferencing node (Pexip docs, event sinks)."""
    at = NOON + timedelta(minutes=minute)
    whole = {"conference": "standup", "service_type": "conference", "has_media": True, "call_direction": "in", **data}
    return {"event": kind, "node": "10.0.0.1", "seq": seq, "time": at.timestamp(), "data": whole}


SINK = [
    sink_event("participant_connected", 1, 1, uuid="c1", display_name="Ann", role="chair", connect_time=1.0),
    sink_event("participant_connected", 2, 2, uuid="c2", display_name="Bob", role="guest", connect_time=2.0),
    sink_event("participant_disconnected", 3, 3, uuid="c1", display_name="Ann", role="chair"),
    sink_event("participant_connected", 4, 4, uuid="c3", display_name="Eve", role="guest", connect_time=4.0),
]


@given(in_some_order(SINK))
@settings(max_examples=100)
def test_events_of_a_pexip_node_in_any_order_and_repeated_leave_the_same_people_in(reports: list[Any]) -> None:
    sink = Sink("sink", SecretStr("pass"))
    headers = {"Authorization": f"Basic {base64.b64encode(b'sink:pass').decode()}"}
    began = sink.read(headers, json.dumps(_started()).encode(), NOON)  # the meeting itself is known first
    told = [event for report in reports for event in sink.read(headers, json.dumps(report).encode(), NOON)]
    inside = [one for meeting in card_after([*began, *told]) for one in meeting[2]]
    assert sorted(one.name for one in inside) == ["Bob", "Eve"]


def _started() -> dict[str, Any]:
    data = {"name": "standup", "start_time": NOON.timestamp(), "service_type": "conference"}
    return {"event": "conference_started", "node": "10.0.0.1", "seq": 0, "time": NOON.timestamp(), "data": data}
