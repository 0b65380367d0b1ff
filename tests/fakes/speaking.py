"""Gestures that tests of verbs share: type a line and read its answer, walk into a room of OpenMeetings."""

from __future__ import annotations

from typing import Any

from yarl import URL

from bot.play.slack import Message, controls_of, text_of
from bot.play.vendors.openmeetings import Client
from tests.fakes.world import World

# A card, how an earlier request ended, who was not told of something: they come when they come.
BY_THE_WAY = ("made by", "You asked: ", "I could not reach <")
OPS, TEAM, RANDOM, INCIDENT, BOARD, ATTIC = "C0OPS", "C0TEAM", "C0RANDOM", "C0INCIDENT", "C0BOARD", "C0ATTIC"


async def answer(w: World, person: str, channel: str, line: str) -> Message:
    """Type the line; the message that answers it: to this person alone, or publicly as done by them."""
    before = heard(w, person, channel)
    await w.slash(person, channel, line)
    return await next_answer(w, person, channel, before, about=line)


async def says(w: World, person: str, channel: str, line: str) -> str:
    """The same, as the words that are read."""
    return text_of(await answer(w, person, channel, line))


async def pressed(w: World, person: str, shown: Any, label: str, *, channel: str = OPS, nth: int = 0) -> Message:
    """Press a button, the first of several with that label; the message that answers the click."""
    before = heard(w, person, channel)
    await w.click(person, shown, [one for one in controls_of(shown) if one.label == label][nth])
    return await next_answer(w, person, channel, before, about=label)


def heard(w: World, person: str, channel: str) -> list[Message]:
    """Everything that may answer this person there."""
    private = [*w.slack.workspace.ephemerals(user=person), *w.slack.workspace.dms(person)]
    return private + [one for one in w.slack.workspace.messages(channel) if f"· by <@{person}>" in one.text]


async def next_answer(w: World, person: str, channel: str, before: list[Message], *, about: str) -> Message:
    """The first answer that was not there before."""
    known = {id(one) for one in before}

    def fresh() -> list[Message]:
        new = [one for one in heard(w, person, channel) if id(one) not in known]
        return [one for one in new if not any(words in text_of(one) for words in BY_THE_WAY)]

    try:
        return (await w.until(fresh))[0]
    except TimeoutError:
        raise AssertionError(f"nothing answered {about!r}") from None


def labels(shown: Any) -> list[str]:
    """What can be pressed, from top to bottom."""
    return [control.label for control in controls_of(shown)]


async def come_in(w: World, person: str, room: str, *, channel: str = OPS) -> Client:
    """Fetch one's own link into a room of OpenMeetings by `join` and walk in."""
    link = w.link_of(await answer(w, person, channel, f"join {room}"))
    return w.meetings.join(URL(link).query["secure"])
