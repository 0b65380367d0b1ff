"""Pexip in the playground, with the real bot: rooms on the page, people in, out and at the door, no secret shown."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bot import app
from bot.clock import MovableClock
from bot.play.playground import Playground, playground
from bot.play.slack import Message, text_of
from bot.play.slack.seed import ADA, AMIR, OMAR, SARA
from bot.play.web import WrongAction

Json = Mapping[str, Any]
PIN = "73519264"


@asynccontextmanager
async def playing() -> AsyncIterator[Playground]:
    async with playground(port=0, build_bot=app.from_files, clock=MovableClock()) as running:
        yield running


async def say(running: Playground, line: str, answer: str) -> None:
    """Type it as the operator, and wait for these words anywhere in the channel or privately."""
    workspace = running.slack.workspace
    await running.slack.slash(OMAR, "#ops", line)

    def heard() -> bool:
        told = [*workspace.ephemerals(user=OMAR), *workspace.messages("#ops")]
        return any(answer.lower() in text_of(one).lower() for one in told)

    await workspace.until(heard, timeout=10)


def shown(running: Playground) -> Json:
    """The one room of Pexip on the page."""
    (room,) = [room for room in running.rooms.rooms() if room["backend"] == "pexip"]
    return room


async def join(running: Playground, who: str) -> None:
    await running.rooms.by_name()["join"]({"backend": "pexip", "room": "1", "who": who})


async def test_a_room_is_shown_with_whoever_holds_its_address_and_a_visitor() -> None:
    async with playing() as running:
        await say(running, "create pexip/standup", "Made *pexip/standup*")
        assert [one["id"] for one in shown(running)["joiners"]] == ["visitor"]
        await say(running, "join standup", "The same link for everybody here")
        assert [one["id"] for one in shown(running)["joiners"]] == [OMAR, "visitor"]
        for who in (OMAR, "visitor"):
            await join(running, who)
        people = shown(running)["people"]
        assert {one["name"] for one in people} == {running.slack.workspace.users[OMAR].real_name, "Ann Lee"}
        await running.rooms.by_name()["leave"]({"backend": "pexip", "room": "1", "participant": people[0]["id"]})
        assert len(shown(running)["people"]) == 1


async def test_a_guest_waits_at_the_door_until_admitted_and_is_seen_muted() -> None:
    async with playing() as running:
        await say(running, f"create pexip/standup pin={PIN} guests=yes", "Made *pexip/standup*")
        await join(running, "visitor")
        assert [one["note"] for one in shown(running)["people"]] == ["waits"]
        await say(running, "admit standup", "Let *Ann Lee*")
        await say(running, "mute standup Ann Lee", "Muted *Ann Lee*")
        assert [one["note"] for one in shown(running)["people"]] == ["muted"]
        await join(running, "host")
        assert len(shown(running)["people"]) == 2


async def test_a_room_that_is_gone_lets_nobody_in() -> None:
    async with playing() as running:
        with pytest.raises(WrongAction, match="not there any more"):
            await join(running, "visitor")


async def test_the_panel_shows_what_went_to_the_node_and_no_credential() -> None:
    async with playing() as running:
        await say(running, f"create pexip/standup pin={PIN}", "Made *pexip/standup*")
        await join(running, "visitor")
        await running.pexip.sink.settled()
        seen = [one for one in running.feed.recent if one.backend == "pexip"]
        assert {one.to_bot for one in seen} == {True, False}
        whole = "\n".join(f"{one.path} {one.query} {one.request} {one.response} {one.authorization}" for one in seen)
        assert "/api/admin/configuration/v1/conference/" in whole
        assert "participant_connected" in whole
        assert PIN not in whole
        for secret in (running.pexip.sign_ins.accounts["slackbot"].password,):
            assert secret not in whole


async def test_three_administrators_can_try_also_what_needs_two_approvals() -> None:
    async with playing() as running:
        workspace = running.slack.workspace

        async def approved(line: str, *approvers: str) -> None:
            before = len(workspace.messages("#ops"))
            await running.slack.slash(SARA, "#ops", line)
            (card, *_) = await workspace.until(lambda: workspace.messages("#ops")[before:], timeout=10)
            for approver in approvers:
                await running.slack.click(approver, card, "Approve")
            await workspace.until(lambda: _done(workspace.find_message(card.channel, card.ts)), timeout=10)

        await approved('config pexip role add name="Helper"', ADA, AMIR)


def _done(card: Message | None) -> bool:
    return card is not None and any(word in text_of(card).lower() for word in ("confirmed", "done"))
