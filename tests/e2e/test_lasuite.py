"""La Suite Meet, from what people type in Slack to what it and its LiveKit receive, and back."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from bot.play.slack import Message, buttons_of, text_of
from bot.play.slack.seed import MAX, MAYA, MIA, OMAR, SARA, STAN, VERA
from bot.play.vendors.lasuite import Room
from tests.fakes.asking import ended
from tests.fakes.world import GRANTS, World, world

OPS = "C0OPS"
BUSY, DECLINED, SILENT = "+33600000486", "+33600000603", "+33600000480"


@pytest.fixture
async def w(tmp_path: Path) -> AsyncIterator[World]:
    """The world with a La Suite Meet and its LiveKit in it."""
    async with world(tmp_path, with_lasuite=True) as one:
        yield one


async def made(w: World, who: str = OMAR, line: str = "create visio/standup") -> Room:
    """A room made by this person."""
    before = set(w.visio.rooms.by_id)
    await w.slash(who, OPS, line)
    await w.told(who, "Made *visio/standup*")
    (new,) = set(w.visio.rooms.by_id) - before
    return w.visio.rooms.by_id[new]


def acted_for(w: World) -> list[str]:
    """In whose name tokens were asked for."""
    return [json.loads(one.body)["scope"] for one in w.visio.sent("/token/")]


async def answer(w: World, who: str, line: str, words: str) -> Message:
    await w.slash(who, OPS, line)
    return await w.told(who, words)


async def test_a_member_makes_a_room_and_the_card_says_what_is_true_of_its_door(w: World) -> None:
    room = await made(w, MIA, "create visio/standup access=restricted mute=no")
    assert (room.access_level, room.configuration) == ("restricted", {"everyone_can_mute": False})
    assert acted_for(w) == ["mia@meetops.example"]
    card = await w.posted(OPS, "standup")
    shown = text_of(card)
    assert "One address for everybody. Only people with a role in the room there walk in" in shown
    assert "a lobby that only people inside can open, not the bot" in shown
    assert "only after somebody has joined in the browser" in shown
    links = set()
    for person in (VERA, MIA):  # Vera has no account there
        await w.click(person, card, "Join")
        links.add(w.link_of(await w.told(person, "The same link for everybody here")))
    assert links == {f"{w.visio.url}/{room.slug}"}
    assert acted_for(w) == ["mia@meetops.example"]


async def test_whoever_does_not_exist_there_is_told_what_to_do(w: World) -> None:
    await answer(w, MAYA, "create visio/standup", "Nobody at visio has your e-mail address: sign in there once")
    assert w.visio.rooms.by_id == {}
    await answer(w, MAYA, "show standup", "I know no room called standup")


async def test_the_pin_is_shown_to_the_owner_alone_and_a_viewer_without_a_role_is_told_why_nothing_is(
    w: World,
) -> None:
    room = await made(w, MIA)
    assert room.pin_code
    shown = text_of(await answer(w, MIA, "show standup", "only for you"))
    assert room.pin_code in shown
    assert f"{w.visio.url}/{room.slug}" in shown
    assert "_slug" not in shown
    await w.posted(OPS, "standup")
    hers = text_of(await answer(w, VERA, "show standup", "Nobody at visio has your e-mail address"))
    assert room.pin_code not in hers
    assert room.slug not in hers
    assert "Dial-in" not in hers


async def test_a_slug_or_an_address_is_taken_where_a_name_is(w: World) -> None:
    room = await made(w)
    elsewhere = w.visio.rooms.add(w.visio.accounts.people["omar@meetops.example"], name="Équipe", slug="equipe-demo")
    for words in (room.slug, f"{w.visio.url}/{room.slug}", room.id):
        await answer(w, OMAR, f"show {words}", "visio/standup")
    for words in ("visio/equipe-demo", f"{w.visio.url}/{elsewhere.slug}", "Équipe"):
        await answer(w, OMAR, f"show {words}", "visio/Équipe")
    listed = text_of(await answer(w, OMAR, "rooms visio", "Rooms"))
    assert listed.count("visio/standup") == listed.count("visio/Équipe") == 2  # as text, and as blocks


async def test_people_are_seen_muted_removed_and_the_meeting_ended_by_somebody_with_a_role(w: World) -> None:
    room = await made(w, MIA)
    await answer(w, MIA, "who standup", "Nobody is in")
    w.visio.enter(room.slug, "Mia Moreau", w.visio.accounts.people["mia@meetops.example"])
    w.visio.livekit.join(room.id, "Ann Lee")
    w.visio.livekit.join(room.id, "Ann Lee")
    seen = text_of(await answer(w, MIA, "who standup", "3 people are in"))
    assert "name not verified" in seen
    await answer(w, MIA, "kick standup Ann Lee", "Several people in there match")
    ann = next(one for one in w.visio.livekit.running[room.id].people.values() if one.name == "Ann Lee")
    await w.slash(MIA, OPS, f"kick standup id:{ann.sid}")
    said = text_of(await w.posted(OPS, "Removed *Ann Lee*"))
    assert "They may come back: the address is the same for everybody." in said
    assert "confirmed" in said
    await w.slash(MIA, OPS, "mute standup")
    await w.posted(OPS, "Muted all guests")
    await w.slash(MIA, OPS, "unmute standup")
    await w.told(MIA, "lets people unmute only themselves")
    await w.click(MIA, await answer(w, MIA, "end standup", "2 people are in"), "End")
    await w.posted(OPS, "Ended the meeting in *visio/standup*")
    assert w.visio.livekit.running == {}


async def test_an_operator_without_a_role_in_the_room_there_may_do_nothing_in_it(w: World) -> None:
    room = await made(w, MIA)
    ann = w.visio.livekit.join(room.id, "Ann Lee")
    for line in (f"kick standup id:{ann.sid}", "kick standup all", "mute standup", "end standup sure=yes"):
        await answer(w, OMAR, line, "You have no role in that room at visio; ask its owner to add you there")
        w.slack.workspace.ephemerals(user=OMAR).clear()
    await answer(w, OMAR, "dial standup oncall", "You have no role in that room")
    assert ann.identity in w.visio.livekit.running[room.id].people
    assert w.visio.livekit.dialled == []
    await answer(w, OMAR, "who standup", "1 person is in")


async def test_what_livekit_reports_is_on_the_card_and_only_when_it_is_proven(w: World) -> None:
    room = await made(w)
    card = await w.posted(OPS, "standup")
    w.visio.livekit.join(room.id, "Ann Lee")
    await w.visio.livekit.webhooks.settled()
    await w.until(lambda: w.says(card, "In now (1): Ann Lee"))
    assert w.bot is not None
    raw = json.dumps(w.visio.livekit.webhooks.sent[-1]).encode()
    async with aiohttp.ClientSession() as session:
        for headers in ({}, {"Authorization": "eyJhbGciOiJub25lIn0.e30."}):
            async with session.post(f"{w.bot.url}/hooks/visio", data=raw, headers=headers) as refused:
                assert refused.status == 401
    w.visio.livekit.leave(room.id, next(iter(w.visio.livekit.running[room.id].people)))
    await w.visio.livekit.webhooks.settled()
    await w.until(lambda: w.says(card, "Nobody is in"))


async def test_a_phone_of_the_book_is_rung_and_hung_up(w: World) -> None:
    room = await made(w)
    await w.slash(OMAR, OPS, "dial standup oncall")
    said = await w.posted(OPS, "answered and is in *visio/standup*")
    assert "confirmed" in text_of(said)
    assert list(buttons_of(said)) == ["Hang up"]
    assert w.visio.livekit.dialled[0]["sip_call_to"] == "+33612345678"
    await w.visio.livekit.webhooks.settled()
    seen = text_of(await answer(w, OMAR, "who standup", "1 person is in"))
    assert "phone …678" in seen
    await w.click(OMAR, said, "Hang up")
    await w.posted(OPS, "Hung up")
    assert room.id not in w.visio.livekit.running


async def test_busy_declined_and_no_answer_stand_on_the_card_of_the_call_dialled_in_the_requesters_name(
    w: World,
) -> None:
    await made(w)
    for number, word, words in (
        (BUSY, "unavailable", "is busy; nobody was connected"),
        (DECLINED, "refused", "declined the call"),
        (SILENT, "unavailable", "did not answer"),
    ):
        await w.slash(OMAR, OPS, f"dial standup {number}")
        card = await w.posted(OPS, f"Ring *+33 60… {number[-3:]}*")
        await w.click(SARA, card, "Approve")
        said = await ended(w, card, word)
        assert words in said
        assert number not in said
    assert [one["sip_call_to"] for one in w.visio.livekit.dialled] == [BUSY, DECLINED, SILENT]
    assert set(acted_for(w)) == {"omar@meetops.example"}


async def test_a_strangers_own_word_about_their_address_is_not_relied_on(tmp_path: Path) -> None:
    grants = GRANTS + '[[grants]]\nrole = "MEMBER"\nusers = ["U0STAN"]\n'
    async with world(tmp_path, with_lasuite=True, grants=grants) as w:
        await w.slash(STAN, "C0TEAM", "create visio/standup")
        await w.told(STAN, "none of yours to rely on")
        assert w.visio.requests == []


async def test_without_livekit_its_verbs_say_what_is_missing_and_the_rest_works(tmp_path: Path) -> None:
    async with world(tmp_path, with_lasuite=True, livekit=False) as w:
        await made(w)
        for line, doing in (
            ("who standup", "say who is in"),
            ("kick standup Ann", "remove people"),
            ("mute standup", "mute people"),
            ("end standup", "end meetings"),
            ("dial standup oncall", "dial"),
            ("hangup standup oncall", "hang up"),
        ):
            told = await answer(w, OMAR, line, f"visio can't {doing}: no LiveKit credentials")
            assert "livekit_url, livekit_api_key, livekit_api_secret" in text_of(told)
        await answer(w, SARA, "delete standup", "does not offer it yet")
        await answer(w, MAX, "join standup", "The same link for everybody here")
        told = await answer(w, SARA, "status", "Back ends")
        assert "*visio* (lasuite) · well" in text_of(told)


async def test_status_says_what_it_can_and_how_livekit_does(w: World) -> None:
    told = text_of(await answer(w, SARA, "status", "Back ends"))
    assert "LiveKit well" in told
    assert "mute people" in told
    w.visio.accounts.applications["slackbot-full"].secret = "another"
    told = text_of(await answer(w, SARA, "status", "refused the bot's own application"))
