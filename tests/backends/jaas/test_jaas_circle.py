"""The JaaS back end and simulated 8x8 together: what is asked for happens, and the webhooks tell it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

import aiohttp
import pytest

from bot.backends.jaas import Jaas
from bot.capabilities import MeetingEnded, MeetingStarted, ParticipantJoined, ParticipantLeft, RoomWish
from bot.clock import MovableClock
from bot.model import Medium, Outcome, PhoneNumber
from bot.play.vendors.jaas import SimulatedJaas, TokenRefused
from tests.fakes.hook_receiver import HookReceiver
from tests.fakes.jaas import APP_ID, NOON, guest, room
from tests.fakes.jaas_people import HALL, come

NUMBER = PhoneNumber.parse("+40747777777")


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(2):
        while not true():
            await asyncio.sleep(0.002)


# --- people ---------------------------------------------------------------------------------------------------------


async def test_a_link_opens_the_meeting_and_the_bot_is_told(
    bot: Jaas, vendor: SimulatedJaas, hooks: HookReceiver
) -> None:
    made = await bot.create_room(RoomWish("Stand up", "u-1", {}))
    ann = await come(bot, vendor, "Ann", where=room(made.vendor_id), user_id="opaque-1")
    await vendor.webhooks.settled()
    started, joined = hooks.events
    assert isinstance(started, MeetingStarted)
    assert isinstance(joined, ParticipantJoined)
    assert started.vendor_id == joined.vendor_id == made.vendor_id
    assert started.meeting.id == joined.meeting.id
    assert (joined.participant.id, joined.participant.user_id) == (ann.id, "opaque-1")
    assert hooks.asked == [made.vendor_id]
    assert vendor.people() == [
        {
            "room": made.vendor_id,
            "participant_id": ann.id,
            "name": "Ann",
            "medium": "web",
            "joined_at": NOON.isoformat(),
        }
    ]


async def test_the_kept_policy_holds_in_the_meeting(bot: Jaas, vendor: SimulatedJaas) -> None:
    await come(bot, vendor, "Ann")
    await come(bot, vendor, "Bea")
    with pytest.raises(TokenRefused, match="full"):
        await come(bot, vendor, "Cem")
    assert vendor.meetings.running[HALL.vendor_id].settings["lobbyType"] == "WAIT_FOR_APPROVAL"


async def test_a_kick_takes_out_exactly_that_presence_and_is_told_as_a_kick(
    bot: Jaas, vendor: SimulatedJaas, hooks: HookReceiver
) -> None:
    first, second = await come(bot, vendor, "Ann", user_id="u-1"), await come(bot, vendor, "Ann", user_id="u-2")
    assert await bot.kick(HALL, second) is Outcome.ACCEPTED
    assert [one["participant_id"] for one in vendor.people()] == [first.id]
    assert await bot.kick(HALL, second) is Outcome.ALREADY_SO
    await vendor.webhooks.settled()
    left = hooks.events[-1]
    assert isinstance(left, ParticipantLeft)
    assert (left.participant_id, left.kicked) == (second.id, True)


async def test_end_takes_everybody_out_and_a_second_end_finds_nothing(
    bot: Jaas, vendor: SimulatedJaas, hooks: HookReceiver
) -> None:
    await come(bot, vendor, "Ann")
    await come(bot, vendor, "Bea")
    assert await bot.end_meeting(HALL) is Outcome.ACCEPTED
    assert vendor.people() == []
    assert await bot.end_meeting(HALL) is Outcome.ALREADY_SO
    await vendor.webhooks.settled()
    assert isinstance(hooks.events[-1], MeetingEnded)


async def test_a_room_used_again_is_another_meeting(bot: Jaas, vendor: SimulatedJaas, hooks: HookReceiver) -> None:
    ann = await come(bot, vendor, "Ann")
    vendor.leave(HALL.vendor_id, ann.id)
    await come(bot, vendor, "Ann")
    await vendor.webhooks.settled()
    assert len({event.meeting.id for event in hooks.events if isinstance(event, MeetingStarted)}) == 2


async def test_a_banned_user_comes_back_with_no_link(bot: Jaas, vendor: SimulatedJaas) -> None:
    await come(bot, vendor, "Ann", user_id="auth0|a/b")
    assert await bot.ban_user("auth0|a/b") is Outcome.ACCEPTED
    assert vendor.control.banned_users == {"auth0|a/b"}
    with pytest.raises(TokenRefused, match="banned"):
        await come(bot, vendor, "Ann", user_id="auth0|a/b")


async def test_a_revoked_link_lets_nobody_in_and_a_fresh_one_does(bot: Jaas, vendor: SimulatedJaas) -> None:
    link = await bot.join_link(HALL, guest())
    token = link.reveal().partition("?jwt=")[2]
    assert await bot.revoke_link(HALL, link.claims or "") is Outcome.ACCEPTED
    with pytest.raises(TokenRefused, match="banned"):
        await vendor.join(HALL.vendor_id, token)
    assert await come(bot, vendor, "Ann")


async def test_a_link_is_refused_once_it_has_ended_or_for_another_room(
    bot: Jaas, vendor: SimulatedJaas, clock: MovableClock
) -> None:
    token = (await bot.join_link(HALL, guest())).reveal().partition("?jwt=")[2]
    with pytest.raises(TokenRefused, match="roomMismatch"):
        await vendor.join("other-room", token)
    clock.advance(timedelta(hours=2))
    with pytest.raises(TokenRefused, match="tokenExpired"):
        await vendor.join(HALL.vendor_id, token)


async def test_a_join_token_commands_nothing_and_an_admin_token_lets_nobody_in(
    bot: Jaas, vendor: SimulatedJaas, session: aiohttp.ClientSession
) -> None:
    await come(bot, vendor, "Ann")
    token = (await bot.join_link(HALL, guest(host=True))).reveal().partition("?jwt=")[2]
    url = f"{vendor.url}/v1/_jaas/conference-commands/v1/meeting"
    body = {"action": "DESTROY", "payload": {"conferenceFullName": f"{HALL.vendor_id}@conference.{APP_ID}.8x8.vc"}}
    async with session.post(url, json=body, headers={"Authorization": f"Bearer {token}"}) as response:
        assert response.status == 401
    await bot.ban_user("x")
    admin = vendor.requests[-1].headers["Authorization"].removeprefix("Bearer ")
    with pytest.raises(TokenRefused):
        await vendor.join(HALL.vendor_id, admin)


# --- phones ---------------------------------------------------------------------------------------------------------


async def test_a_dialled_phone_comes_in(bot: Jaas, vendor: SimulatedJaas, hooks: HookReceiver) -> None:
    await come(bot, vendor, "Ann")
    assert await bot.dial_out(HALL, NUMBER, None) is Outcome.ACCEPTED
    assert vendor.meetings.ringing == [(HALL.vendor_id, NUMBER.e164)]
    await until(lambda: len(vendor.people()) == 2)
    await vendor.webhooks.settled()
    joined = hooks.events[-1]
    assert isinstance(joined, ParticipantJoined)
    assert (joined.participant.medium, joined.participant.phone) == (Medium.PHONE, NUMBER.e164)
    assert await bot.hang_up(HALL, NUMBER) is Outcome.ACCEPTED
    assert [one["medium"] for one in vendor.people()] == ["web"]
    assert await bot.hang_up(HALL, NUMBER) is Outcome.ALREADY_SO


async def test_a_call_into_an_empty_room_rings_when_somebody_joins(bot: Jaas, vendor: SimulatedJaas) -> None:
    assert await bot.dial_out(HALL, NUMBER, None) is Outcome.ACCEPTED
    assert (vendor.people(), vendor.meetings.ringing) == ([], [])
    await come(bot, vendor, "Ann")
    await until(lambda: len(vendor.people()) == 2)


async def test_a_waiting_and_a_ringing_call_can_be_cancelled(bot: Jaas, vendor: SimulatedJaas) -> None:
    vendor.meetings.unanswered.add(NUMBER.e164)
    await bot.dial_out(HALL, NUMBER, None)
    assert await bot.hang_up(HALL, NUMBER) is Outcome.ACCEPTED
    await come(bot, vendor, "Ann")
    assert vendor.meetings.ringing == []
    await bot.dial_out(HALL, NUMBER, None)
    assert await bot.hang_up(HALL, NUMBER) is Outcome.ACCEPTED
    assert vendor.meetings.ringing == []


async def test_dial_in_and_health_work_against_either_path(
    bot: Jaas, vendor: SimulatedJaas, clock: MovableClock
) -> None:
    vendor.control.dids_at = "v1/access/dids"
    clock.advance(timedelta(days=3))
    found = await bot.dial_in(HALL)
    assert found == await bot.dial_in(HALL)
    assert len(found.pin) == 13
    assert (await bot.health()).ok  # the simulated vendor's clock moves with the bot's
