"""Simulated OpenMeetings: it answers as the running server did, and its page lets people in and out."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from yarl import URL

from bot.backends.openmeetings import OpenMeetings
from bot.clock import MovableClock
from bot.errors import BackendError, Unavailable, UnknownOutcome
from bot.play.exchange import ExchangeFeed
from bot.play.vendors.openmeetings import EMPTY, HTML, EntryRefused, Fault, SimulatedOpenMeetings
from tests.fakes.openmeetings import ACCOUNTS, PASSWORD, Recorded, guest, openmeetings, recorded, room
from tests.fakes.openmeetings_people import come, secure_of

OWNERS = {"79632883": "soap", "0c4ad6d1": "plain", "dd43217b": "admin"}  # whose session it was, by its first letters
PASSWORDS = {account.login: account.password for account in ACCOUNTS}
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
JSON_BODIES = ("hash JSON body", "room add json body")
STACK_TRACES = ("public lower",)
RECORDING = {
    "id": 1,
    "name": "Recording 1",
    "hash": "h1",
    "roomId": 1,
    "status": "PROCESSED",
    "interview": False,
    "start": "2023-11-14T22:13:20Z",
    "end": "2023-11-14T23:13:20Z",
    "ownerId": 1,
}

Answer = tuple[int, str, str | None, str | None]  # status, body, header exception, content type


async def replay(session: aiohttp.ClientSession, simulated: SimulatedOpenMeetings, one: Recorded) -> Answer:
    """The recorded request, with this server's own sessions and passwords."""
    own = {"soappw": PASSWORD}
    query = {key: own.get(value, value) for key, value in one.query.items()}
    if owner := OWNERS.get(query.get("sid", "")[:8]):
        query["sid"] = simulated.sessions.login(owner, PASSWORDS[owner])
    options: dict[str, Any] = {"params": query}
    if one.form:
        options["data"] = {key: own.get(value, value) for key, value in one.form.items()}
    if one.name in JSON_BODIES:
        options["json"] = {}
    if one.name == "accept xml":
        options["headers"] = {"Accept": "application/xml"}
    url = simulated.url.removesuffix("/openmeetings") + one.path
    async with session.request(one.method, url, **options) as reply:
        body, kind = await reply.text(), reply.headers.get("Content-Type")
        shown = "" if one.name in STACK_TRACES else UUID.sub("UUID", body)
        return reply.status, shown, reply.headers.get("exception"), kind if body else None


def wanted(one: Recorded) -> Answer:
    shown = "" if one.name in STACK_TRACES else UUID.sub("UUID", one.body)
    kind = one.headers.get("Content-Type", "").replace(";", "; ") or None
    return one.status, shown, one.headers.get("exception"), kind


async def test_each_recorded_request_is_answered_as_the_running_server_did(
    session: aiohttp.ClientSession, clock: MovableClock
) -> None:
    simulated = SimulatedOpenMeetings(accounts=ACCOUNTS, clock=clock, version="7.2.0")
    simulated.services.health.update({"installed": False, "dbOk": False})
    simulated.services.recordings.append(RECORDING)
    simulated.rooms.by_id[2] = {**simulated.rooms.by_id[1], "id": 2, "isPublic": False}
    simulated.rooms.last_id = 2
    await simulated.start()
    answers = {name: await replay(session, simulated, one) for name, one in recorded().items()}
    await simulated.stop()
    assert answers == {name: wanted(one) for name, one in recorded().items()}
    assert len(answers) == 63


async def test_since_version_9_a_login_is_taken_by_post_alone(
    session: aiohttp.ClientSession, vendor: SimulatedOpenMeetings
) -> None:
    url, fields = f"{vendor.url}/services/user/login", {"user": "soap", "pass": PASSWORD}
    async with session.get(url, params=fields) as refused, session.post(url, data=fields) as taken:
        assert (refused.status, refused.headers["Allow"]) == (405, "DELETE,POST,GET,OPTIONS,HEAD")
        assert (await taken.json())["serviceResult"]["type"] == "SUCCESS"


async def test_an_encoded_slash_is_refused_by_the_server_in_front(
    session: aiohttp.ClientSession, vendor: SimulatedOpenMeetings
) -> None:
    async with session.get(URL(f"{vendor.url}/services/room/kick/1/slack/a%2Fb", encoded=True)) as refused:
        assert refused.status == 400
        assert "noSlash" in await refused.text()


async def test_a_session_in_the_form_is_no_session(
    session: aiohttp.ClientSession, vendor: SimulatedOpenMeetings
) -> None:
    sid = vendor.sessions.login("soap", PASSWORD)
    form = {"sid": sid, "user": '{"externalId":"a","externalType":"b"}', "options": "{}"}
    async with session.post(f"{vendor.url}/services/user/hash", data=form) as refused:
        assert (refused.status, refused.headers["exception"]) == (500, "error.notallowed")


async def test_a_join_link_opens_the_page_once(
    session: aiohttp.ClientSession, bot: OpenMeetings, vendor: SimulatedOpenMeetings, clock: MovableClock
) -> None:
    link = await bot.join_link(room(), guest("Ann <b>Lee</b>", host=True))
    async with session.get(link.reveal()) as page:
        text = await page.text()
        assert page.status == 200
    assert "Ann &lt;b&gt;Lee&lt;/b&gt;" in text
    assert "moderator" in text
    (person,) = vendor.people()
    assert person == {
        "room": "1",
        "participant_id": person["participant_id"],
        "name": "Ann <b>Lee</b>",
        "medium": "web",
        "joined_at": clock.now().isoformat(),
    }
    async with session.get(link.reveal()) as again:
        assert again.status == 403
        assert "Access denied" in await again.text()


async def test_the_page_notices_a_removal_and_its_button_leaves(
    session: aiohttp.ClientSession, bot: OpenMeetings, vendor: SimulatedOpenMeetings
) -> None:
    ann, bea = await come(bot, vendor, "Ann", "u-1"), await come(bot, vendor, "Bea", "u-2")
    async with session.get(f"{vendor.url}/window/{ann.uid}") as still:
        assert still.status == 200
    async with session.post(f"{vendor.url}/window/{ann.uid}/leave") as left:
        assert "You left" in await left.text()
    await bot.kick_all(room())
    async with session.get(f"{vendor.url}/window/{bea.uid}") as gone:
        assert gone.status == 404


async def test_a_link_whose_session_idled_out_lets_nobody_in(
    bot: OpenMeetings, vendor: SimulatedOpenMeetings, clock: MovableClock
) -> None:
    in_time, too_late = await bot.join_link(room(), guest()), await bot.join_link(room(), guest(user_id="u-2"))
    assert in_time.expires_at is not None
    clock.advance(in_time.expires_at - clock.now())
    vendor.join(secure_of(in_time))
    clock.advance(timedelta(seconds=1))
    with pytest.raises(EntryRefused, match="expired"):
        vendor.join(secure_of(too_late))


async def test_a_full_a_closed_and_a_deleted_room_let_nobody_in(
    bot: OpenMeetings, vendor: SimulatedOpenMeetings
) -> None:
    links = [await bot.join_link(room(), guest(user_id=f"u-{number}")) for number in range(4)]
    vendor.rooms.by_id[1]["capacity"] = 1
    vendor.join(secure_of(links[0]))
    with pytest.raises(EntryRefused, match="full"):
        vendor.join(secure_of(links[1]))
    vendor.rooms.by_id[1]["closed"] = True
    with pytest.raises(EntryRefused, match="closed"):
        vendor.join(secure_of(links[2]))
    del vendor.rooms.by_id[1]
    with pytest.raises(EntryRefused, match="denied"):
        vendor.join(secure_of(links[3]))


async def test_whoever_subscribed_hears_each_coming_and_going(bot: OpenMeetings, vendor: SimulatedOpenMeetings) -> None:
    heard: list[int] = []
    vendor.subscribe(lambda: heard.append(len(vendor.people())))
    ann = await come(bot, vendor, "Ann", "u-1")
    assert not vendor.leave("2", ann.uid)
    assert vendor.leave("1", ann.uid)
    assert not vendor.leave("1", ann.uid)
    assert heard == [1, 0]


async def test_a_join_hash_leads_to_its_room_until_it_is_used(bot: OpenMeetings, vendor: SimulatedOpenMeetings) -> None:
    secure = secure_of(await bot.join_link(room(), guest()))
    assert vendor.room_of(secure) == "1"
    assert vendor.title("1") == "public Conference Room"
    vendor.join(secure)
    assert vendor.room_of(secure) is None
    assert vendor.title("99") == "99"


async def test_the_feed_shows_each_exchange(session: aiohttp.ClientSession, clock: MovableClock) -> None:
    feed = ExchangeFeed(clock)
    simulated = SimulatedOpenMeetings(accounts=ACCOUNTS, clock=clock, feed=feed, backend="meetings")
    await simulated.start()
    await openmeetings(session, simulated.url).get_room("1")
    await simulated.stop()
    assert [(one.backend, one.method, one.path.partition("/services")[2]) for one in feed.recent] == [
        ("meetings", "GET", "/info/version"),
        ("meetings", "POST", "/user/login"),
        ("meetings", "GET", "/room/1"),
    ]


@pytest.mark.parametrize("fault", [Fault(stall=5), Fault(reset_after=0), Fault(status=503), HTML, EMPTY], ids=repr)
async def test_a_kick_that_is_answered_badly_was_sent_once(
    session: aiohttp.ClientSession,
    bot: OpenMeetings,
    vendor: SimulatedOpenMeetings,
    clock: MovableClock,
    fault: Fault,
) -> None:
    await come(bot, vendor, "Ann", "u-1")
    # Version, login and who is in go well, then the kick.
    impatient = openmeetings(session, vendor.url, clock=clock, patient_for=3, patience=0.1 if fault.stall else 5.0)
    (ann,) = (await impatient.participants(room())).participants or ()
    vendor.faults.add(fault)
    with pytest.raises(UnknownOutcome):
        await impatient.kick(room(), ann)
    assert [one.service for one in vendor.requests].count("room/kick/1/slack/u-1") == 1


@pytest.mark.parametrize("fault", [Fault(stall=5), Fault(reset_after=0), Fault(status=503)], ids=repr)
async def test_a_question_that_is_answered_badly_is_asked_again(
    session: aiohttp.ClientSession,
    vendor: SimulatedOpenMeetings,
    clock: MovableClock,
    fault: Fault,
) -> None:
    impatient = openmeetings(session, vendor.url, clock=clock, patient_for=3, patience=0.1 if fault.stall else 5.0)
    await impatient.get_room("1")
    vendor.faults.add(fault, times=1)
    if fault.stall:  # no time is left for another attempt
        with pytest.raises(Unavailable):
            await impatient.get_room("1")
        return
    assert (await impatient.get_room("1")).vendor_id == "1"


@pytest.mark.parametrize("fault", [HTML, EMPTY], ids=repr)
async def test_nonsense_is_never_read_as_an_answer(
    bot: OpenMeetings, vendor: SimulatedOpenMeetings, fault: Fault
) -> None:
    await bot.get_room("1")
    for ask in (bot.get_room("1"), bot.participants(room()), bot.list_rooms(), bot.recordings(room())):
        vendor.faults.add(fault, times=3)
        with pytest.raises(BackendError):
            await ask
        vendor.faults.coming.clear()
