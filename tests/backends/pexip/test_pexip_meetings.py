"""Running meetings: who is in, and each command with what became of it, read again from the status API."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest

from bot.backends.pexip import Pexip
from bot.backends.pexip.people import moment, participant, people, phone_of
from bot.capabilities import Option
from bot.errors import BadInput, BotError, NoMeeting, NotSupported, Unavailable, UnknownOutcome
from bot.model import Medium, Outcome, Participant, PhoneNumber, Presence
from bot.play.vendors.pexip import Fault, Leg, SimulatedPexip
from tests.fakes.pexip import NOON, PatientClock, pexip_at, room

PHONE = PhoneNumber.parse("+40 747 777 777")
HOST_PIN, GUEST_PIN = "1234", "5678"
ROOM = room(1)


@pytest.fixture(autouse=True)
def vmr(node: SimulatedPexip) -> None:
    """VMR_1, with hosts and guests, reached as `meet`."""
    fields = {"name": "VMR_1", "pin": HOST_PIN, "guest_pin": GUEST_PIN, "allow_guests": True}
    node.objects.create("conference", fields | {"aliases": [{"alias": "meet"}]})


@pytest.fixture
def ann(node: SimulatedPexip, vmr: None) -> Leg:
    """A host who is in."""
    return node.join("meet", "Ann", HOST_PIN)


@pytest.fixture
def gus(node: SimulatedPexip, ann: Leg) -> Leg:
    """A guest who is in."""
    return node.join("meet", "Gus", GUEST_PIN)


async def seen(bot: Pexip) -> tuple[Participant, ...]:
    found: Presence = await bot.participants(ROOM)
    assert found.participants is not None
    return found.participants


async def one(bot: Pexip, name: str) -> Participant:
    [found] = [person for person in await seen(bot) if person.name == name]
    return found


def commands(node: SimulatedPexip) -> list[tuple[str, Any]]:
    """The commands that were given, by their names."""
    start = "/api/admin/command/v1/"
    return [
        (sent.path.removeprefix(start).rstrip("/"), json.loads(sent.body))
        for sent in node.requests
        if sent.path.startswith(start)
    ]


# --- who ------------------------------------------------------------------------------------------------------------


async def test_nobody_is_known_to_be_in_an_empty_room(bot: Pexip) -> None:
    found = await bot.participants(ROOM)
    assert found.empty
    assert (found.meeting, found.as_of) == (None, NOON)


async def test_who_is_in_with_role_and_since_when(bot: Pexip, ann: Leg, gus: Leg) -> None:
    found = await bot.participants(ROOM)
    assert found.participants
    shown = sorted((p.name, p.moderator, p.medium, p.joined_at) for p in found.participants)
    assert shown == [("Ann", True, Medium.WEB, NOON), ("Gus", False, Medium.WEB, NOON)]
    assert found.meeting
    assert found.meeting.started_at == NOON


async def test_a_person_with_several_legs_is_one_and_their_remote_control_is_nobody(
    bot: Pexip, node: SimulatedPexip, ann: Leg
) -> None:
    node.join("meet", "Ann (slides)", HOST_PIN, conversation_id=ann.id, has_media=False)
    node.join("meet", "control", HOST_PIN, protocol="API")
    assert [(p.id, p.name) for p in await seen(bot)] == [(ann.id, "Ann")]


async def test_who_waits_before_the_door_is_told_apart(bot: Pexip, node: SimulatedPexip) -> None:
    node.join("meet", "Gus", GUEST_PIN)
    assert [(p.name, p.waiting) for p in await seen(bot)] == [("Gus", True)]


async def test_only_the_people_of_that_room_are_shown(bot: Pexip, node: SimulatedPexip, ann: Leg) -> None:
    node.objects.create("conference", {"name": "VMR_10", "aliases": [{"alias": "other"}]})
    node.join("other", "Eve")
    assert [p.name for p in await seen(bot)] == ["Ann"]


async def test_a_room_that_was_renamed_is_still_the_same_room(bot: Pexip, node: SimulatedPexip) -> None:
    node.objects.change("conference", 1, {"name": "Board"})
    node.join("meet", "Ann", HOST_PIN)
    assert [p.name for p in await seen(bot)] == ["Ann"]


# --- one person -----------------------------------------------------------------------------------------------------


async def test_removing_a_person_ends_all_their_legs_and_nobody_elses(
    bot: Pexip, node: SimulatedPexip, ann: Leg, gus: Leg
) -> None:
    node.join("meet", "Gus (slides)", GUEST_PIN, conversation_id=gus.id, has_media=False)
    assert await bot.kick(ROOM, await one(bot, "Gus")) is Outcome.CONFIRMED
    assert [leg.display_name for leg in node.meetings.legs()] == ["Ann"]
    assert [name for name, _ in commands(node)] == ["participant/disconnect"] * 2


async def test_who_has_left_already_needs_no_removing(bot: Pexip, node: SimulatedPexip, ann: Leg, gus: Leg) -> None:
    person = await one(bot, "Gus")
    node.leave(gus.id)
    assert await bot.kick(ROOM, person) is Outcome.ALREADY_SO
    assert await bot.mute(ROOM, person) is Outcome.ALREADY_SO
    assert await bot.admit(ROOM, person) is Outcome.ALREADY_SO
    assert await bot.promote(ROOM, person, host=True) is Outcome.ALREADY_SO
    assert commands(node) == []


async def test_who_leaves_while_being_removed_was_removed(bot: Pexip, node: SimulatedPexip, ann: Leg, gus: Leg) -> None:
    person = await one(bot, "Gus")
    node.write_faults.add(Fault(status=400, body=json.dumps({"status": "failure", "error": "Failed to find"})))
    assert await bot.kick(ROOM, person) is Outcome.CONFIRMED  # refused, and gone all the same


async def test_somebody_whose_system_cannot_be_disconnected(bot: Pexip, node: SimulatedPexip, ann: Leg) -> None:
    node.join("meet", "Skype", HOST_PIN, disconnectable=False)
    with pytest.raises(NotSupported, match="cannot remove that participant"):
        await bot.kick(ROOM, await one(bot, "Skype"))


async def test_everybody_is_removed_at_once(bot: Pexip, node: SimulatedPexip, ann: Leg, gus: Leg) -> None:
    assert await bot.kick_all(ROOM) is Outcome.CONFIRMED
    assert node.meetings.running == {}
    assert await bot.kick_all(ROOM) is Outcome.ALREADY_SO


async def test_muting_one_person_and_giving_the_microphone_back(
    bot: Pexip, node: SimulatedPexip, ann: Leg, gus: Leg
) -> None:
    assert await bot.mute(ROOM, await one(bot, "Gus")) is Outcome.CONFIRMED
    assert (gus.muted, ann.muted) == (True, False)
    assert (await one(bot, "Gus")).muted
    assert await bot.mute(ROOM, await one(bot, "Gus")) is Outcome.ALREADY_SO
    assert await bot.unmute(ROOM, await one(bot, "Gus")) is Outcome.CONFIRMED
    assert not gus.muted
    assert [name for name, _ in commands(node)] == ["participant/mute", "participant/unmute"]
    node.join("meet", "Listener", HOST_PIN, has_media=False)
    with pytest.raises(NotSupported, match="cannot mute that participant"):
        await bot.mute(ROOM, await one(bot, "Listener"))


async def test_admitting_somebody_who_waits(bot: Pexip, node: SimulatedPexip) -> None:
    node.join("meet", "Gus", GUEST_PIN)
    assert await bot.admit(ROOM, await one(bot, "Gus")) is Outcome.CONFIRMED
    assert not (await one(bot, "Gus")).waiting
    assert await bot.admit(ROOM, await one(bot, "Gus")) is Outcome.ALREADY_SO
    assert [name for name, _ in commands(node)] == ["participant/unlock"]


async def test_a_guest_becomes_a_host_and_a_host_a_guest(bot: Pexip, node: SimulatedPexip, ann: Leg, gus: Leg) -> None:
    assert await bot.promote(ROOM, await one(bot, "Gus"), host=True) is Outcome.CONFIRMED
    assert await bot.promote(ROOM, await one(bot, "Gus"), host=True) is Outcome.ALREADY_SO
    assert await bot.promote(ROOM, await one(bot, "Ann"), host=False) is Outcome.CONFIRMED
    assert (gus.role, ann.role) == ("chair", "guest")
    assert [order["role"] for _, order in commands(node)] == ["chair", "guest"]


# --- the meeting ----------------------------------------------------------------------------------------------------


async def test_a_running_meeting_is_locked_and_unlocked_by_its_uuid(bot: Pexip, node: SimulatedPexip, ann: Leg) -> None:
    meeting = node.meetings.running["VMR_1"]
    assert await bot.lock(ROOM) is Outcome.CONFIRMED
    assert meeting.locked
    assert await bot.lock(ROOM) is Outcome.ALREADY_SO
    assert await bot.unlock(ROOM) is Outcome.CONFIRMED
    assert commands(node) == [
        ("conference/lock", {"conference_id": meeting.id}),
        ("conference/unlock", {"conference_id": meeting.id}),
    ]


async def test_all_guests_are_muted_and_hosts_are_not(bot: Pexip, node: SimulatedPexip, ann: Leg, gus: Leg) -> None:
    assert await bot.mute_guests(ROOM) is Outcome.CONFIRMED
    assert (gus.muted, ann.muted) == (True, False)
    assert await bot.mute_guests(ROOM) is Outcome.ALREADY_SO
    assert await bot.unmute_guests(ROOM) is Outcome.CONFIRMED
    assert not gus.muted


@pytest.mark.parametrize("act", [Pexip.lock, Pexip.unlock, Pexip.mute_guests, Pexip.unmute_guests])
async def test_where_no_meeting_runs_there_is_nothing_to_lock_or_mute(
    bot: Pexip, node: SimulatedPexip, act: Callable[..., Awaitable[Outcome]]
) -> None:
    with pytest.raises(NoMeeting, match=r"No meeting is running in pexip/vmr_1\."):
        await act(bot, ROOM)
    assert commands(node) == []


async def test_ending_a_meeting(bot: Pexip, node: SimulatedPexip, ann: Leg, gus: Leg) -> None:
    assert await bot.end_meeting(ROOM) is Outcome.CONFIRMED
    assert node.meetings.running == {}
    assert await bot.end_meeting(ROOM) is Outcome.ALREADY_SO
    assert [name for name, _ in commands(node)] == ["conference/disconnect"]


async def test_a_meeting_that_ended_and_began_anew_is_another_one(
    bot: Pexip, node: SimulatedPexip, ann: Leg, clock: PatientClock
) -> None:
    assert await bot.end_meeting(ROOM) is Outcome.CONFIRMED
    node.join("meet", "Ann", HOST_PIN)
    assert [p.name for p in await seen(bot)] == ["Ann"]


async def test_a_command_whose_effect_is_not_seen_was_accepted(
    bot: Pexip, node: SimulatedPexip, ann: Leg, clock: PatientClock
) -> None:
    taken = json.dumps({"status": "success", "data": None})
    node.write_faults.add(Fault(status=202, body=taken, acts=False))
    assert await bot.lock(ROOM) is Outcome.ACCEPTED
    assert clock.now() - NOON < timedelta(seconds=3)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault(status=429, retry_after=30, acts=False), Unavailable),
        (Fault(status=500, acts=False), UnknownOutcome),
        (Fault(status=200, body="<html>hotspot</html>", acts=False), UnknownOutcome),
        (Fault(status=400, body='{"error": "no"}', acts=False), BadInput),
    ],
)
async def test_a_command_that_failed_says_why(
    session: aiohttp.ClientSession, node: SimulatedPexip, ann: Leg, fault: Fault, kind: type[BotError]
) -> None:
    node.write_faults.add(fault, times=3)
    with pytest.raises(kind):
        await pexip_at(session, node.url).lock(ROOM)


async def test_a_command_whose_answer_was_lost_is_looked_up(
    session: aiohttp.ClientSession, node: SimulatedPexip, ann: Leg
) -> None:
    node.write_faults.add(Fault(status=500), times=3)
    assert await pexip_at(session, node.url).lock(ROOM) is Outcome.CONFIRMED


# --- calls ----------------------------------------------------------------------------------------------------------


async def test_a_phone_is_rung_from_the_location_and_by_the_rooms_alias(bot: Pexip, node: SimulatedPexip) -> None:
    assert await bot.dial_out(ROOM, PHONE, "On call") is Outcome.ACCEPTED
    assert commands(node) == [
        (
            "participant/dial",
            {
                "conference_alias": "meet",
                "destination": "+40747777777",
                "routing": "manual",
                "protocol": "sip",
                "role": "guest",
                "system_location": "London",
                "remote_display_name": "On call",
            },
        )
    ]
    assert await seen(bot) == ()  # it rings still


async def test_how_a_call_is_placed_can_be_said(bot: Pexip, node: SimulatedPexip) -> None:
    await bot.dial_with(ROOM, PHONE, None, {"protocol": "h323", "role": "host", "location": "Oslo"})
    await bot.dial_with(ROOM, PHONE, None, {"protocol": "auto"})
    first, second = [order for _, order in commands(node)]
    assert (first["protocol"], first["role"], first["system_location"]) == ("h323", "chair", "Oslo")
    assert (second["routing"], second["protocol"]) == ("routing_rule", "auto")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"protocol": "smoke"}, "protocol= is sip"),
        ({"role": "boss"}, "role= is guest or host"),
        ({"colour": "red"}, "takes no colour="),
    ],
)
async def test_a_call_that_cannot_be_placed_so_is_not_placed(
    bot: Pexip, node: SimulatedPexip, options: dict[str, str], words: str
) -> None:
    with pytest.raises(BadInput, match=words):
        await bot.dial_with(ROOM, PHONE, None, options)
    assert commands(node) == []


async def test_without_a_location_and_without_an_alias_nothing_is_rung(
    session: aiohttp.ClientSession, node: SimulatedPexip
) -> None:
    bot = pexip_at(session, node.url, system_location=None)
    with pytest.raises(BadInput, match="Say where the call is placed from"):
        await bot.dial_out(ROOM, PHONE, None)
    await bot.dial_with(ROOM, PHONE, None, {"location": "Oslo"})
    node.objects.create("conference", {"name": "VMR_2"})
    with pytest.raises(NotSupported, match="has no alias to call from"):
        await bot.dial_out(room(2, "VMR_2"), PHONE, None)


async def test_a_call_without_a_clear_answer_is_never_placed_again(
    session: aiohttp.ClientSession, node: SimulatedPexip
) -> None:
    node.write_faults.add(Fault(reset_after=0))
    with pytest.raises(UnknownOutcome):
        await pexip_at(session, node.url).dial_out(ROOM, PHONE, None)
    assert len(commands(node)) == 1


async def test_a_refused_call_does_not_show_the_number(session: aiohttp.ClientSession, node: SimulatedPexip) -> None:
    node.write_faults.add(Fault(status=400, body=json.dumps({"error": "Bad destination +40747777777"}), acts=False))
    with pytest.raises(BadInput) as caught:
        await pexip_at(session, node.url).dial_out(ROOM, PHONE, None)
    assert "747777" not in str(caught.value)


async def test_a_phone_that_answered_is_shown_by_its_number_and_hung_up(bot: Pexip, node: SimulatedPexip) -> None:
    await bot.dial_out(ROOM, PHONE, "On call")
    while not (inside := await seen(bot)):
        await asyncio.sleep(0.01)
    [phone] = inside
    assert (phone.medium, phone.phone, phone.name) == (Medium.PHONE, PHONE.e164, "On call")
    assert await bot.hang_up(ROOM, PHONE) is Outcome.CONFIRMED
    assert await bot.hang_up(ROOM, PHONE) is Outcome.ALREADY_SO


async def test_a_call_that_still_rings_is_cancelled_and_another_phone_is_not(
    session: aiohttp.ClientSession, node: SimulatedPexip
) -> None:
    bot = pexip_at(session, node.url)
    other = PhoneNumber.parse("+40747777778")
    await bot.dial_out(ROOM, PHONE, None)
    await bot.dial_out(ROOM, other, None)
    restarted = pexip_at(session, node.url)  # which remembers no leg
    assert await restarted.hang_up(ROOM, PHONE) is Outcome.CONFIRMED
    assert [leg.participant_alias for leg in node.meetings.legs()] == [other.e164]


def test_every_option_of_a_call_is_described() -> None:
    assert [option.key for option in Pexip.dial_options] == ["protocol", "role", "location"]
    assert all(isinstance(option, Option) and option.help for option in Pexip.dial_options)


# --- legs -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("leg", "number"),
    [
        ({"protocol": "SIP", "participant_alias": "sip:+40747777777@sbc.example.org"}, "+40747777777"),
        ({"protocol": "SIP", "call_direction": "out", "destination_alias": "+40747777777"}, "+40747777777"),
        ({"protocol": "SIP", "call_direction": "in", "source_alias": "tel:+40747777777"}, "+40747777777"),
        ({"protocol": "H323", "call_direction": "in", "source_alias": "40747777777"}, "+40747777777"),
        ({"protocol": "SIP", "source_alias": "ann@example.org"}, None),
        ({"protocol": "SIP", "source_alias": "123"}, None),
        ({"protocol": "WebRTC", "source_alias": "+40747777777"}, None),
        ({"protocol": "SIP"}, None),
    ],
)
def test_which_legs_are_telephones(leg: dict[str, str], number: str | None) -> None:
    found = phone_of(leg)
    assert (found.e164 if found else None) == number


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("2015-04-02T09:46:06.106482", datetime(2015, 4, 2, 9, 46, 6, 106482, UTC)),
        (1606392917.5, datetime(2020, 11, 26, 12, 15, 17, 500000, UTC)),
        ("", None),
        (None, None),
        ("soon", None),
        (True, None),
        (1e300, None),
    ],
)
def test_times_are_read_in_both_forms(said: object, expected: datetime | None) -> None:
    assert moment(said) == expected


def test_a_leg_with_nothing_in_it_is_nobody() -> None:
    assert people([{}]) == ()
    assert participant({"id": "x"}).name == ""
