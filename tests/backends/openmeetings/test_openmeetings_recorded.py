"""What a running 7.2 was recorded to answer, as each operation understands it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest

from bot.backends.openmeetings import OpenMeetings
from bot.capabilities import RoomWish
from bot.errors import BackendError, BadInput, NotFound, SignInFailed
from bot.model import Outcome, Participant
from tests.fakes.openmeetings import LOGIN, VERSION_7, guest, openmeetings, recorded, room, said
from tests.fakes.raw_http import RawServer, Turn

EXCHANGES = recorded()
Play = Callable[..., Awaitable[tuple[Any, list[str]]]]


@pytest.fixture
def play(session: aiohttp.ClientSession) -> Play:
    """Run an operation against recorded answers; gives its outcome and the targets after the sign-in."""

    async def run(
        operation: Callable[[OpenMeetings], Awaitable[Any]], *names: str, turns: tuple[Turn, ...] = ()
    ) -> tuple[Any, list[str]]:
        async with RawServer([VERSION_7, LOGIN, *(EXCHANGES[name].turn for name in names), *turns]) as server:
            outcome = await operation(openmeetings(session, server.url))
        return outcome, [target.partition("?")[0] for target in server.targets[2:]]

    return run


async def test_recorded_public_rooms(play: Play) -> None:
    empty = "public presentation (empty)"
    rooms, targets = await play(lambda bot: bot.list_rooms(kind="conference"), "public conf")
    assert [(one.vendor_id, one.name, one.kind) for one in rooms] == [("1", "public Conference Room", "conference")]
    assert targets == ["/services/room/public/CONFERENCE"]
    rooms, _ = await play(lambda bot: bot.list_rooms(kind="presentation"), empty)
    assert rooms == []


async def test_recorded_room(play: Play) -> None:
    found, targets = await play(lambda bot: bot.get_room("1"), "room get")
    assert found.facts == {"Capacity": "32", "Access": "public", "Recording": "allowed"}
    assert targets == ["/services/room/1"]


async def test_recorded_room_that_does_not_exist(play: Play) -> None:
    with pytest.raises(NotFound):
        await play(lambda bot: bot.get_room("999"), "room get missing", "room count missing")


async def test_recorded_room_creation(play: Play) -> None:
    wish = RoomWish("Standup", "u-1", {"capacity": "25", "hide": "chat,files"})
    made, targets = await play(lambda bot: bot.create_room(wish), "room add")
    assert (made.vendor_id, made.name, made.facts["Hidden"]) == ("3", "Standup", "files, chat")
    assert targets == ["/services/room"]


async def test_recorded_room_whose_texts_became_numbers(play: Play) -> None:
    made, _ = await play(
        lambda bot: bot.create_room(RoomWish("2024", "u-1", {})), "room add one hidden, numeric name/extid"
    )
    assert (made.name, made.facts["Comment"], made.facts["Hidden"]) == ("2024", "true", "chat")


async def test_recorded_refusal_of_a_room_without_type_is_one_sentence(play: Play) -> None:
    with pytest.raises(BackendError, match="did not understand"):
        await play(lambda bot: bot.create_room(RoomWish("x", "u-1", {})), "room add no type")


async def test_recorded_room_by_external_id(play: Play) -> None:
    nobody = EXCHANGES["public presentation (empty)"].name
    missing = "room ext get missing"
    found, targets = await play(
        lambda bot: bot.find_room("C777"), nobody, nobody, nobody, "room ext again", missing, missing
    )
    assert (found.vendor_id, found.name) == ("8", "Ext")
    assert sorted(targets[3:]) == [
        f"/services/room/{kind}/slack/C777" for kind in ("CONFERENCE", "INTERVIEW", "PRESENTATION")
    ]


async def test_recorded_close_and_open(play: Play) -> None:
    assert await play(lambda bot: bot.lock(room()), "room close") == (Outcome.DONE, ["/services/room/close/1"])
    assert await play(lambda bot: bot.unlock(room()), "room open") == (Outcome.DONE, ["/services/room/open/1"])


@pytest.mark.parametrize("action", ["close", "open"])
async def test_recorded_close_and_open_of_a_room_that_is_gone(play: Play, action: str) -> None:
    with pytest.raises(NotFound):
        await play(
            lambda bot: bot.lock(room(999)) if action == "close" else bot.unlock(room(999)),
            f"room {action} missing",
            "room get missing",
            "room count missing",
        )


async def test_recorded_delete(play: Play) -> None:
    outcome, targets = await play(lambda bot: bot.delete_room(room(2)), "room count", "room delete")
    assert (outcome, targets) == (Outcome.DONE, ["/services/room/count/2", "/services/room/2"])
    outcome, _ = await play(lambda bot: bot.delete_room(room(999)), "room count missing", "room delete missing")
    assert outcome is Outcome.ALREADY_SO


async def test_recorded_kick_of_somebody_who_has_left(play: Play) -> None:
    outcome, targets = await play(
        lambda bot: bot.kick(room(), Participant("uid1", "John", user_id="uid1")), "room kick ext", "room users"
    )
    assert (outcome, targets[0]) == (Outcome.ALREADY_SO, "/services/room/kick/1/slack/uid1")


async def test_recorded_kick_of_everybody(play: Play) -> None:
    one, kicked = said({"serviceResult": {"message": 1, "type": "SUCCESS"}}), EXCHANGES["room kick"].turn
    count, kick = "/services/room/count/1", "/services/room/kick/1"
    still_closing, gone = one, EXCHANGES["room count"].turn
    outcome, targets = await play(lambda bot: bot.kick_all(room()), turns=(one, kicked, still_closing))
    assert (outcome, targets) == (Outcome.ACCEPTED, [count, kick, count])
    outcome, targets = await play(lambda bot: bot.kick_all(room()), turns=(one, kicked, gone))
    assert (outcome, targets) == (Outcome.CONFIRMED, [count, kick, count])
    assert await play(lambda bot: bot.end_meeting(room()), "room count") == (
        Outcome.ALREADY_SO,
        ["/services/room/count/1"],
    )


async def test_recorded_participants(play: Play) -> None:
    presence, targets = await play(lambda bot: bot.participants(room()), "room users")
    assert (presence.empty, targets) == (True, ["/services/room/users/1"])
    john = {
        "address": {"deleted": False, "mail": "j@example.org"},
        "externalId": "uid1",
        "externalType": "slack",
        "firstname": "John",
        "id": 77,
        "languageId": 0,
        "lastname": "Doe",
        "login": "superjohn",
        "rights": "ROOM",
        "type": "EXTERNAL",
    }
    presence, _ = await play(lambda bot: bot.participants(room()), turns=(said({"userDTO": [john]}),))
    assert presence.participants == (Participant("uid1", "John Doe", user_id="uid1"),)


async def test_recorded_recordings(play: Play) -> None:
    found, targets = await play(lambda bot: bot.recordings(room()), "rec by room")
    assert targets == ["/services/record/room/1"]
    assert (found[0].id, found[0].name, found[0].status) == ("1", "Recording 1", "processed")
    assert found[0].started_at == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    assert (await play(lambda bot: bot.recordings(room()), "rec by room none"))[0] == []


async def test_recorded_recordings_in_the_servers_own_zone(play: Play) -> None:
    one = {"id": 1, "name": "Recording 1", "start": "2023-11-14T17:13:20-05:00"}
    found, _ = await play(lambda bot: bot.recordings(room()), turns=(said({"recordingDTO": one}),))
    assert found[0].started_at == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    assert found[0].ended_at is None


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("hash no externalId", BackendError),
        ("hash missing options", BackendError),
        ("hash broken json", BackendError),
        ("hash plain user (no SOAP right)", SignInFailed),
    ],
)
async def test_recorded_refusals_of_a_hash_are_one_sentence_each(
    play: Play, name: str, error: type[BackendError]
) -> None:
    with pytest.raises(error) as caught:
        await play(lambda bot: bot.join_link(room(), guest()), name)
    assert "Cannot invoke" not in str(caught.value)
    assert "org.apache" not in str(caught.value)


async def test_recorded_health(session: aiohttp.ClientSession) -> None:
    async with RawServer([EXCHANGES["version"].turn, EXCHANGES["health"].turn]) as server:
        health = await openmeetings(session, server.url).health()
    assert not health.ok
    assert health.facts == {"version": "7.2.0", "database": "not ok"}
    assert "database" in health.problem


async def test_an_id_with_a_slash_never_reaches_the_server(session: aiohttp.ClientSession) -> None:
    async with RawServer([VERSION_7]) as server:
        with pytest.raises(BadInput):
            await openmeetings(session, server.url).kick(room(), Participant("slack/a b", "John"))
    assert server.requests == []
