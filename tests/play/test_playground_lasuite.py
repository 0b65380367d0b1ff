"""La Suite Meet in the playground, with the real bot: rooms on the page, people in, in the lobby, no secret shown."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from bot import app
from bot.clock import MovableClock
from bot.play.playground import Playground, playground
from bot.play.slack import text_of
from bot.play.slack.seed import OMAR, VERA
from bot.play.web import WrongAction

Json = Mapping[str, Any]


@asynccontextmanager
async def playing() -> AsyncIterator[Playground]:
    async with playground(port=0, build_bot=app.from_files, clock=MovableClock()) as running:
        yield running


async def say(running: Playground, line: str, answer: str, who: str = OMAR) -> None:
    """Type it, and wait for these words anywhere in the channel or privately."""
    workspace = running.slack.workspace
    await running.slack.slash(who, "#ops", line)

    def heard() -> bool:
        told = [*workspace.ephemerals(user=who), *workspace.messages("#ops")]
        return any(answer.lower() in text_of(one).lower() for one in told)

    await workspace.until(heard, timeout=10)


def shown(running: Playground) -> Json:
    """The one room of La Suite Meet on the page."""
    (room,) = [room for room in running.rooms.rooms() if room["backend"] == "visio"]
    return room


async def act(running: Playground, action: str, **body: str) -> None:
    await running.rooms.by_name()[action]({"backend": "visio", "room": shown(running)["room"], **body})


async def test_colleagues_walk_in_others_wait_in_the_lobby_and_no_credential_is_on_the_panel() -> None:
    async with playing() as running:
        await say(running, "create visio/standup", "Made *visio/standup*")
        for who in (OMAR, VERA):
            await say(running, "join standup", "The same link for everybody here", who)
        assert [one["id"] for one in shown(running)["joiners"]] == [OMAR, VERA, "colleague", "visitor"]
        changes: list[int] = []
        running.rooms.subscribe(lambda: changes.append(1))
        for who in (OMAR, "colleague", VERA, "visitor"):
            await act(running, "join", who=who)
        people = [(one["name"], one["note"]) for one in shown(running)["people"]]
        assert people == [("Omar Osei", ""), ("Cora Colleague", ""), ("Vera Vogel", "waits"), ("Ann Lee", "waits")]
        await say(running, "who standup", "2 people are in")
        await say(running, "kick standup Cora Colleague", "Removed *Cora Colleague*")
        await act(running, "leave", participant="lobby 1")
        await act(running, "leave", participant=shown(running)["people"][0]["id"])
        assert [one["name"] for one in shown(running)["people"]] == ["Vera Vogel"]
        assert len(changes) >= 7
        await running.lasuite.livekit.webhooks.settled()

        seen = [one for one in running.feed.recent if one.backend == "visio"]
        assert {one.to_bot for one in seen} == {True, False}
        whole = "\n".join(f"{one.path} {one.query} {one.request} {one.response} {one.authorization}" for one in seen)
        assert "/twirp/livekit.RoomService/ListParticipants" in whole
        assert "participant_joined" in whole
        room = running.lasuite.rooms.by_id[shown(running)["room"]]
        secrets = [*running.lasuite.accounts.given, room.pin_code, running.lasuite.livekit.secret]
        secrets += [one.secret for one in running.lasuite.accounts.applications.values()]
        assert [secret for secret in secrets if secret and secret in whole] == []


async def test_the_address_opens_a_page_and_a_room_that_is_gone_lets_nobody_in() -> None:
    async with playing() as running:
        await say(running, "create visio/standup", "Made *visio/standup*")
        room = running.lasuite.rooms.by_id[shown(running)["room"]]
        address = f"{running.lasuite.url}/{room.slug}"
        async with aiohttp.ClientSession() as browser:
            async with browser.get(address) as door:
                assert "I have an account here" in await door.text()
            async with browser.post(address, data={"name": "Eve <i>"}) as lobby:
                text = await lobby.text()
                assert "You wait in the lobby" in text
                assert "Eve &lt;i&gt;" in text
            async with browser.post(address, data={"name": "Cora", "account": "on"}) as inside:
                assert "You are in." in await inside.text()
            async with browser.get(f"{running.lasuite.url}/no-such-room") as nowhere:
                assert nowhere.status == 404
        with pytest.raises(WrongAction, match="not there any more"):
            await running.rooms.by_name()["join"]({"backend": "visio", "room": "x", "who": "visitor"})
