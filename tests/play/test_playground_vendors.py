"""Both vendors in the playground, with the real bot: rooms on the page, people in and out, no secret on the panel."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
from yarl import URL

from bot import app
from bot.clock import MovableClock
from bot.play.playground import Playground, playground
from bot.play.slack import controls_of
from bot.play.slack.seed import MAX, MIA, OMAR
from bot.play.web import WrongAction

Json = Mapping[str, Any]
FIRST = "2"  # number of the first room made at OpenMeetings, which starts with a public one


@asynccontextmanager
async def playing() -> AsyncIterator[Playground]:
    async with playground(port=0, build_bot=app.from_files, clock=MovableClock()) as running:
        yield running


def links(running: Playground, person: str) -> list[URL]:
    """What `Open` opens in the messages that only this person sees."""
    whispers = running.slack.workspace.ephemerals(user=person)
    addresses = [control.element.get("url") for whisper in whispers for control in controls_of(whisper)]
    return [URL(address) for address in addresses if address]


async def make(running: Playground, room: str) -> None:
    before = len(running.slack.workspace.messages("#ops"))
    await running.slack.slash(MIA, "#ops", f"create {room}")
    await running.slack.workspace.until(lambda: len(running.slack.workspace.messages("#ops")) > before)


async def ask_for_link(running: Playground, person: str, room: str) -> None:
    before = len(links(running, person))
    await running.slack.slash(person, "#ops", f"join {room}")
    await running.slack.workspace.until(lambda: len(links(running, person)) > before)


def shown(running: Playground, backend: str) -> Json:
    """The one room of that back end on the page."""
    (room,) = [room for room in running.rooms.rooms() if room["backend"] == backend]
    return room


def labels(room: Json) -> list[str]:
    return [joiner["label"] for joiner in room["joiners"]]


async def join(running: Playground, who: str, *, room: str = FIRST, backend: str = "meetings") -> None:
    await running.rooms.by_name()["join"]({"backend": backend, "room": room, "who": who})


async def test_a_fresh_playground_shows_no_room_of_either_vendor() -> None:
    async with playing() as running:
        assert running.rooms.rooms() == []


async def test_a_room_made_at_openmeetings_is_shown_by_its_name_with_a_visitor_who_may_come() -> None:
    async with playing() as running:
        await make(running, "meetings/standup")
        assert shown(running, "meetings") == {
            "backend": "meetings",
            "room": FIRST,
            "title": "standup",
            "people": [],
            "joiners": [{"id": "visitor", "label": "Ann Lee, with an account there"}],
        }


async def test_who_was_given_a_link_may_be_let_in_once_and_is_called_by_the_name_the_bot_gave() -> None:
    async with playing() as running:
        await make(running, "meetings/standup")
        await ask_for_link(running, MAX, "meetings/standup")
        assert "Max Mills" in labels(shown(running, "meetings"))
        await join(running, MAX)
        room = shown(running, "meetings")
        assert [person["name"] for person in room["people"]] == ["Max"]
        assert "Max Mills" not in labels(room)


@pytest.mark.parametrize("backend", ["jaas", "meetings"])
async def test_an_outsider_comes_in_by_the_link_that_was_made_in_their_name(backend: str) -> None:
    async with playing() as running:
        await make(running, f"{backend}/standup")
        await ask_for_link(running, MIA, "standup")
        before = len(links(running, MIA))
        await running.slack.slash(MIA, "#ops", 'invite standup "John Doe" john@example.org')
        await running.slack.workspace.until(lambda: len(links(running, MIA)) > before)
        room = shown(running, backend)
        assert labels(room)[:2] == ["Mia Moreau", "John Doe, with a link from Mia Moreau"]
        await join(running, room["joiners"][1]["id"], room=room["room"], backend=backend)
        await join(running, MIA, room=room["room"], backend=backend)
        assert [person["name"] for person in shown(running, backend)["people"]] == ["John Doe", "Mia"]


async def test_a_second_link_lets_the_same_person_in_again() -> None:
    async with playing() as running:
        await make(running, "meetings/standup")
        for number in (1, 2):
            await ask_for_link(running, MAX, "meetings/standup")
            await join(running, MAX)
            assert len(shown(running, "meetings")["people"]) == number


async def test_a_visitor_with_an_account_comes_in_without_the_bot_and_leaves() -> None:
    async with playing() as running:
        await make(running, "meetings/standup")
        changes: list[int] = []
        running.rooms.subscribe(lambda: changes.append(len(shown(running, "meetings")["people"])))
        await join(running, "visitor")
        (visitor,) = shown(running, "meetings")["people"]
        assert visitor["name"] == "Ann Lee"
        body = {"backend": "meetings", "room": FIRST, "participant": visitor["id"]}
        await running.rooms.by_name()["leave"](body)
        assert changes == [1, 0]


async def test_who_holds_no_link_is_refused_in_the_vendors_words() -> None:
    async with playing() as running:
        await make(running, "meetings/standup")
        with pytest.raises(WrongAction, match="OpenMeetings does not let them in: The invitation code is invalid"):
            await join(running, MAX)


async def test_a_closed_room_lets_nobody_in_and_says_so() -> None:
    async with playing() as running:
        await make(running, "meetings/standup")
        running.openmeetings.rooms.by_id[int(FIRST)]["closed"] = True
        with pytest.raises(WrongAction, match="This room is closed"):
            await join(running, "visitor")


async def test_a_room_that_is_gone_is_not_shown_any_more_once_its_links_are_used() -> None:
    async with playing() as running:
        await make(running, "meetings/standup")
        del running.openmeetings.rooms.by_id[int(FIRST)]
        assert running.rooms.rooms() == []


async def test_each_vendor_shows_its_own_rooms_and_those_with_somebody_in_come_first() -> None:
    async with playing() as running:
        await make(running, "jaas/retro")
        await ask_for_link(running, MIA, "retro")
        await make(running, "meetings/standup")
        await join(running, "visitor")
        assert [room["backend"] for room in running.rooms.rooms()] == ["meetings", "jaas"]


async def test_the_panel_shows_requests_to_both_vendors_and_webhooks_to_the_bot() -> None:
    async with playing() as running:
        await make(running, "meetings/standup")
        await make(running, "jaas/retro")
        await ask_for_link(running, MIA, "retro")
        room = shown(running, "jaas")["room"]
        await join(running, MIA, room=room, backend="jaas")
        await running.jaas.webhooks.settled()
        seen = {(exchange.backend, exchange.to_bot) for exchange in running.feed.recent}
        assert {("meetings", False), ("jaas", True)} <= seen
        assert {exchange.path for exchange in running.feed.recent if exchange.to_bot} == {"/hooks/jaas"}


async def test_no_password_session_join_hash_token_or_pin_is_on_the_panel() -> None:
    async with playing() as running:
        await make(running, "meetings/standup")
        await ask_for_link(running, MAX, "meetings/standup")
        await make(running, "jaas/retro pin=48151623")
        await ask_for_link(running, MIA, "retro")
        await join(running, MIA, room=shown(running, "jaas")["room"], backend="jaas")
        await running.slack.slash(MIA, "#ops", "show retro")
        await running.slack.slash(OMAR, "#ops", "revoke retro @mia")
        await running.slack.workspace.until(lambda: {"PIN", "BAN_JWT"} <= {r.action for r in running.jaas.requests})
        await running.slack.workspace.until(lambda: [e for e in running.feed.recent if e.path.endswith("/ban/jwt")])
        (jwt,) = [link.query["jwt"] for link in links(running, MIA)]
        assert jwt.encode() in b"".join(request.body for request in running.jaas.requests)
        passwords = [account.password for account in running.openmeetings.sessions.accounts.values()]
        sessions, hashes = running.openmeetings.sessions.by_sid, running.openmeetings.sessions.hashes
        assert len(sessions) > 1
        assert hashes
        panel = repr(running.feed.recent)
        assert "passcode" in panel
        assert [one for one in ("48151623", jwt, *passwords, *sessions, *hashes) if one in panel] == []
        (pin,) = [exchange.response for exchange in running.feed.recent if exchange.path.endswith("/v1/access")]
        assert re.search(r'"id": "[0-9]{3}…"', pin)
