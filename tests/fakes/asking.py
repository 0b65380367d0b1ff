"""Gestures around requests that tests share: a room with people in it, a card, how it ends, what is on record."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot import app
from bot.play.slack import Message, View, buttons_of, text_of
from bot.play.slack.seed import MIA, OMAR
from tests.fakes.databases import rows
from tests.fakes.world import World, connect

OPS, TEAM = "C0OPS", "C0TEAM"
NUMBER, E164, MASKED = "+40 747 777 777", "+40747777777", "+40 74… 777"


async def standup(w: World, *inside: str, handle: str = "standup", by: str = MIA, channel: str = OPS) -> Message:
    """The card of a new room, once these people are in."""
    await w.slash(by, channel, f"create {handle}")
    card = await w.posted(channel, handle.rpartition("/")[2])
    for person in inside:
        await w.enter(person, handle)
    return card


async def asked(w: World, line: str, *, by: str = OMAR, channel: str = OPS, card_in: str = OPS) -> Message:
    """Type the line and wait for its approval card."""
    before = len(w.slack.workspace.messages(card_in))
    await w.slash(by, channel, line)

    def cards() -> list[Message]:
        return [one for one in w.slack.workspace.messages(card_in)[before:] if "Approval: " in text_of(one)]

    return (await w.until(cards))[0]


async def ended(w: World, card: Message, word: str) -> str:
    """Wait until the card carries this outcome; what it says then."""
    try:
        await w.until(lambda: f"*{word}*" in text_of(w.now(card)))
    except TimeoutError:
        raise AssertionError(f"the card never said {word!r} but: {text_of(w.now(card))}") from None
    return text_of(w.now(card))


def labels(w: World, card: Message) -> list[str]:
    """The buttons on it now."""
    return list(buttons_of(w.now(card)))


async def form_of(w: World, person: str) -> View:
    """The modal on this person's screen, once there is one."""
    view = await w.until(lambda: w.slack.workspace.view_of(person))
    assert view is not None
    return view


async def answers(w: World, person: str, count: int) -> list[str]:
    """What was said to this person alone, once it is that much."""

    def heard() -> list[Message]:
        return [*w.slack.workspace.ephemerals(user=person), *w.slack.workspace.dms(person)]

    await w.until(lambda: len(heard()) >= count)
    return [text_of(one) for one in heard()]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the audit, with people as their user ids."""

    actor: str
    action: str
    outcome: str
    room: str
    reason: str
    request_id: str
    approvers: tuple[str, ...]
    facts: dict[str, str]


def trail(w: World, *actions: str) -> list[Row]:
    """The audit, oldest first; of these actions where some are named."""
    wanted = "SELECT actor, action, outcome, room, reason, request_id, approvers, facts FROM audit ORDER BY seq"
    found = [_row(*row) for row in rows(w.folder, wanted)]
    return [row for row in found if not actions or row.action in actions]


def _row(
    actor: str, action: str, outcome: str, room: str, reason: str, request_id: str, approvers: str, facts: str
) -> Row:
    return Row(_user(actor), action, outcome, room, reason, request_id, _users(approvers), json.loads(facts))


def _user(person: str) -> str:
    return person.rpartition("/")[2]


def _users(people: str) -> tuple[str, ...]:
    return tuple(_user(person) for person in json.loads(people))


@asynccontextmanager
async def running(w: World) -> AsyncIterator[None]:
    """A bot on the world's folder, from its start to its orderly end: for worlds that were made without one."""
    async with app.from_files(w.folder / "meetops.toml", w.environ, w.clock) as bot:
        await connect(w, bot.url)
        yield
