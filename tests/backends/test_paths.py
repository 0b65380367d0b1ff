"""Whatever stands in an id, no request reaches further than the one thing that was meant."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import aiohttp
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.capabilities import Backend, RoomWish
from bot.errors import BadInput, BotError
from bot.model import Participant
from bot.rest import address
from tests.fakes import jaas, openmeetings
from tests.fakes.jaas import APP_ID
from tests.fakes.openmeetings import SID
from tests.fakes.raw_http import RawServer, Turn, answer

# An answer that every operation takes for a success.
CONTENT = {
    "serviceResult": {"message": SID, "type": "SUCCESS"},
    "roomDTO": [],
    "userDTO": [],
    "recordingDTO": [],
    "info": {"version": "9.1.0"},
    "id": "1",
}
WELL = Turn(answer("200 OK", json.dumps(CONTENT).encode(), Content_Type="application/json"))
SPECIAL = ["", ".", "..", "/", "a/b", "../1", "?x", "#", "%2e%2e", "%2F", "..%2f", ";a=b", "\\", " ", "a\nb", "\x00"]
SPECIAL += ["\ud800", "1", "1/close", "1?sid=x", "user-1", "slack/..", "//evil.example/", "http://evil.example", "١"]
WORDS = st.one_of(
    st.sampled_from(SPECIAL),
    st.lists(st.sampled_from([*SPECIAL, "a", "-"]), max_size=3).map("".join),
    st.text(st.characters(), max_size=8),
    st.from_regex(r"[a-z0-9._-]{1,8}", fullmatch=True),
)
NAME = r"(?!\.{1,2}(?:/|$))[A-Za-z0-9._-]+"
MEETING = "/v1/_jaas/conference-commands/v1/meeting"
BANS = f"/v1/_jaas/jaccess/v1/access-management/{APP_ID}/ban"


@dataclass(frozen=True, slots=True)
class Reach:
    """What is done with words that somebody chose, and the only paths that it may ask for."""

    name: str
    do: Callable[[Any, str], Awaitable[object]]
    paths: str
    make: Callable[..., Backend] = openmeetings.openmeetings


room = openmeetings.room
REACHES = (
    Reach("get", lambda bot, words: bot.get_room(words), r"room/[1-9]\d*|room/count/0"),
    Reach(
        "find",
        lambda bot, words: bot.find_room(words),
        rf"room/[1-9]\d*|room/count/0|room/public/[A-Z]+|room/[A-Z]+/slack/{NAME}",
    ),
    Reach("close", lambda bot, words: bot.lock(room(words)), r"room/close/[1-9]\d*|room/count/0"),
    Reach("delete", lambda bot, words: bot.delete_room(room(words)), r"room/(count/|kick/)?[1-9]\d*"),
    Reach("users", lambda bot, words: bot.participants(room(words)), r"room/users/[1-9]\d*"),
    Reach("recordings", lambda bot, words: bot.recordings(room(words)), r"record/room/[1-9]\d*"),
    Reach("hash", lambda bot, words: bot.join_link(room(words), openmeetings.guest()), "user/hash"),
    Reach(
        "kick", lambda bot, words: bot.kick(room(1), Participant(words, "")), rf"room/kick/1/{NAME}/{NAME}|room/users/1"
    ),
    Reach("create", lambda bot, words: bot.create_room(RoomWish(words, "u-1", {})), rf"room|room/[A-Z]+/slack/{NAME}"),
    Reach("ban", lambda bot, words: bot.ban_user(words), rf"{BANS}/user/[^/]+", jaas.jaas),
    Reach("end", lambda bot, words: bot.end_meeting(jaas.room(words)), MEETING, jaas.jaas),
    Reach("kick", lambda bot, words: bot.kick(jaas.room(), Participant(words, "")), MEETING, jaas.jaas),
    Reach(
        "PIN",
        lambda bot, words: bot.dial_in(jaas.room(words)),
        r"/v1/_jaas/vmms-conference-mapper/(v1/access|access/v1/dids|v1/access/dids)",
        jaas.jaas,
    ),
)
ALWAYS = r"/services/(info/version|user/login)"


async def targets(reach: Reach, words: list[str]) -> list[str]:
    async with aiohttp.ClientSession() as session, RawServer([WELL]) as server:
        bot = reach.make(session, server.url)
        for one in words:
            with suppress(BotError):
                await reach.do(bot, one)
    return server.targets


@pytest.mark.parametrize("reach", REACHES, ids=lambda one: f"{one.make.__name__}-{one.name}")
@given(words=st.lists(WORDS, min_size=8, max_size=16))
@example(words=SPECIAL)
@settings(deadline=None, max_examples=8)
def test_no_words_widen_a_request(reach: Reach, words: list[str]) -> None:
    allowed = reach.paths if reach.paths.startswith("/") else rf"/services/({reach.paths})"
    for target in asyncio.run(targets(reach, words)):
        path, _, query = target.partition("?")
        assert re.fullmatch(rf"{allowed}|{ALWAYS}", path), path
        assert query in ("", f"sid={SID}") or re.fullmatch(r"conference=[a-z0-9-]+%40conference\.[a-z0-9.-]+", query)


@given(st.lists(WORDS, min_size=1, max_size=4))
@example(["conference", "..", "x"])
def test_a_path_has_exactly_the_segments_that_were_given(segments: list[str]) -> None:
    try:
        url = address("https://x.test/api", *segments)
    except BadInput:
        assert any(segment in ("", ".", "..") or not segment.isprintable() for segment in segments)
        return
    assert (url.host, url.raw_query_string, url.raw_fragment) == ("x.test", "", "")
    assert [unquote(part) for part in url.raw_path.split("/")[2:]] == segments
