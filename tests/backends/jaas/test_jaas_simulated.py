"""How simulated 8x8 misbehaves on demand, and what its page and the panel show."""

from __future__ import annotations

import aiohttp
import pytest

from bot.backends.jaas import Jaas
from bot.capabilities import MeetingEnded, MeetingStarted, ParticipantJoined, ParticipantLeft
from bot.clock import MovableClock
from bot.errors import SignInFailed, Unavailable, UnknownOutcome
from bot.model import Outcome, PhoneNumber
from bot.play.exchange import ExchangeFeed
from bot.play.vendors.jaas import EMPTY, HTML, Delivery, Fault, SimulatedJaas
from tests.fakes.hook_receiver import HookReceiver
from tests.fakes.jaas import APP_ID, KID, SECRET, guest, jaas, key, public_pem
from tests.fakes.jaas_people import HALL, come

NUMBER = PhoneNumber.parse("+40747777777")


@pytest.mark.parametrize(
    "fault", [Fault(stall=5), Fault(reset_after=0), Fault(reset_after=20), Fault(status=500), HTML], ids=repr
)
async def test_a_dial_that_is_answered_badly_was_sent_once(
    session: aiohttp.ClientSession, bot: Jaas, vendor: SimulatedJaas, clock: MovableClock, fault: Fault
) -> None:
    await come(bot, vendor, "Ann")
    await bot.ban_user("x")
    vendor.faults.add(fault)
    back_end = jaas(session, vendor.url, clock=clock, patience=0.1 if fault.stall else 5.0)
    with pytest.raises(UnknownOutcome):
        await back_end.dial_out(HALL, NUMBER, None)
    assert [one.action for one in vendor.requests] == ["BAN_USER", "DIAL_OUT_PARTICIPANT"]
    assert vendor.requests[1].payload["phoneNo"] == NUMBER.e164


async def test_an_empty_answer_is_an_answer(bot: Jaas, vendor: SimulatedJaas) -> None:
    await come(bot, vendor, "Ann")
    vendor.faults.add(EMPTY)
    assert await bot.end_meeting(HALL) is Outcome.ACCEPTED


async def test_a_busy_vendor_is_told_with_its_time(bot: Jaas, vendor: SimulatedJaas) -> None:
    vendor.faults.add(Fault(status=429, retry_after=30, acts=False))
    with pytest.raises(Unavailable, match="30 s"):
        await bot.dial_out(HALL, NUMBER, None)
    assert vendor.meetings.queued == {}


async def test_a_key_that_is_not_uploaded_is_a_sign_in_failure(
    session: aiohttp.ClientSession, vendor: SimulatedJaas, clock: MovableClock
) -> None:
    stranger = jaas(session, vendor.url, clock=clock, private_key=key(which=1))
    with pytest.raises(SignInFailed):
        await stranger.end_meeting(HALL)


async def test_another_apps_conference_is_not_ours_to_command(
    session: aiohttp.ClientSession, vendor: SimulatedJaas, clock: MovableClock
) -> None:
    with pytest.raises(SignInFailed):
        await jaas(session, vendor.url, clock=clock, muc_domain="stage.8x8.vc").end_meeting(HALL)


async def test_webhooks_may_be_lost_doubled_or_out_of_order(
    bot: Jaas, vendor: SimulatedJaas, hooks: HookReceiver
) -> None:
    vendor.webhooks.delivery = Delivery.OFF
    ann = await come(bot, vendor, "Ann")
    vendor.webhooks.delivery = Delivery.TWICE
    bea = await come(bot, vendor, "Bea")
    await vendor.webhooks.settled()
    assert [event.key for event in hooks.events] == [hooks.events[0].key] * 2
    hooks.events.clear()
    vendor.webhooks.delivery = Delivery.HELD
    vendor.leave(HALL.vendor_id, ann.id)
    vendor.leave(HALL.vendor_id, bea.id)
    vendor.webhooks.release(backwards=True)
    await vendor.webhooks.settled()
    assert [type(event) for event in hooks.events] == [MeetingEnded, ParticipantLeft, ParticipantLeft]


async def test_a_webhook_that_was_not_taken_is_sent_again(
    bot: Jaas, vendor: SimulatedJaas, hooks: HookReceiver
) -> None:
    hooks.statuses = [500, 503]  # the settings question, then the first event
    await come(bot, vendor, "Ann")
    await vendor.webhooks.settled()
    assert [type(event) for event in hooks.events] == [MeetingStarted, ParticipantJoined]


# --- the page ---------------------------------------------------------------------------------------------------------


async def test_the_page_lets_in_shows_who_and_lets_out(
    bot: Jaas, vendor: SimulatedJaas, session: aiohttp.ClientSession
) -> None:
    link = await bot.join_link(HALL, guest("<b>Ann</b>", host=True))
    async with session.get(link.reveal()) as response:
        text = await response.text()
    assert response.status == 200
    assert "&lt;b&gt;Ann&lt;/b&gt;" in text
    assert "moderator" in text
    (ann,) = vendor.people()
    presence = f"{vendor.url}/{APP_ID}/{HALL.vendor_id}/presence/{ann['participant_id']}"
    async with session.get(presence) as response:
        assert response.status == 200
    async with session.post(presence + "/leave") as response:
        assert "You left" in await response.text()
    async with session.get(presence) as response:
        assert response.status == 404
    assert vendor.people() == []


async def test_opening_the_same_link_again_is_one_person(
    bot: Jaas, vendor: SimulatedJaas, session: aiohttp.ClientSession
) -> None:
    url = (await bot.join_link(HALL, guest())).reveal()
    for _ in range(2):
        async with session.get(url) as response:
            assert response.status == 200
    assert len(vendor.people()) == 1


@pytest.mark.parametrize(("query", "reason"), [("", "tokenMissing"), ("?jwt=x", "signatureInvalid")])
async def test_a_refused_page_says_why(
    vendor: SimulatedJaas, session: aiohttp.ClientSession, query: str, reason: str
) -> None:
    async with session.get(f"{vendor.url}/{APP_ID}/{HALL.vendor_id}{query}") as response:
        assert response.status == 403
        assert reason in await response.text()


async def test_the_panel_sees_commands_and_webhooks_but_no_page(
    session: aiohttp.ClientSession, hooks: HookReceiver, clock: MovableClock
) -> None:
    feed = ExchangeFeed(clock)
    vendor = SimulatedJaas(
        app_id=APP_ID,
        keys={KID: public_pem()},
        clock=clock,
        webhook_secret=SECRET,
        hook_url=hooks.url,
        feed=feed,
    )
    await vendor.start()
    try:
        bot = hooks.back_end = jaas(session, vendor.url, clock=clock)
        changes: list[int] = []
        vendor.subscribe(lambda: changes.append(len(vendor.people())))
        async with session.get((await bot.join_link(HALL, guest())).reveal()) as response:
            assert response.status == 200
        await bot.end_meeting(HALL)
        await vendor.webhooks.settled()
    finally:
        await vendor.stop()
    assert changes == [1, 0]
    to_bot = [exchange.to_bot for exchange in feed.recent]
    assert sorted(to_bot) == [False, True, True, True, True, True]  # settings, created, joined, left, destroyed
    (command,) = [exchange for exchange in feed.recent if not exchange.to_bot]
    assert command.authorization == "Bearer eyJhbG…"
