"""Whose a room is: its owner's, the invited people's, its channels'; to anybody else it looks like no room."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.play.slack import text_of
from bot.play.slack.seed import MAX, MAYA, MIA, OMAR, SARA, VERA
from tests.fakes.speaking import BOARD, INCIDENT, OPS, RANDOM, TEAM, answer, labels, pressed, says
from tests.fakes.world import World, world

# What a member may type about a room; {} is its name.
MEMBERS_LINES = ("show {}", "join {}", "who {}", "share {}", "invite {} @vera", 'invite {} "John Doe"')
OWNERS_LINES = (
    *("kick {} @mia", "kick {} all", "end {}", "lock {}", "unlock {}", "block {} @mia", "unblock {} @mia"),
    *("revoke {} @mia", "hangup {} +40747777777"),
)


@pytest.mark.parametrize("backend", ["jaas", "meetings"])
async def test_a_room_one_does_not_belong_to_answers_like_no_room_in_every_verb(w: World, backend: str) -> None:
    await answer(w, MIA, INCIDENT, f"create {backend}/secret")
    for line in (*MEMBERS_LINES, *OWNERS_LINES):
        hidden = await says(w, MAX, RANDOM, line.format(f"{backend}/secret"))
        missing = await says(w, MAX, RANDOM, line.format(f"{backend}/sesame"))
        assert "not found" in hidden, line
        assert hidden.replace("secret", "sesame") == missing


async def test_a_room_one_does_not_belong_to_is_in_no_list_and_no_hint(w: World) -> None:
    await answer(w, MIA, INCIDENT, "create secret")
    await answer(w, MIA, INCIDENT, "create meetings/secrets")
    for line in ("rooms", "rooms meetings", "rooms secret", "show secre"):
        assert "secret" not in (await says(w, MAX, OPS, line)).replace("secre.", ""), line


async def test_its_name_being_taken_is_all_that_a_stranger_to_a_room_learns(w: World) -> None:
    await answer(w, MIA, INCIDENT, "create secret")
    taken = await answer(w, MAX, OPS, "create secret")
    assert "already so" in text_of(taken)
    assert labels(taken) == []
    assert MIA not in text_of(taken)


async def test_a_room_belongs_to_the_channel_one_acts_from(w: World) -> None:
    await answer(w, MIA, TEAM, "create standup")
    assert "jaas/standup" in await says(w, MAX, TEAM, "show standup")
    assert "not found" in await says(w, MAX, OPS, "show standup")


async def test_sharing_makes_a_room_belong_to_that_channel_too(w: World) -> None:
    await answer(w, MIA, TEAM, "create standup")
    await answer(w, MIA, TEAM, "share standup #ops")
    assert "jaas/standup" in await says(w, MAX, OPS, "show standup")


async def test_an_invited_person_belongs_from_anywhere(w: World) -> None:
    await answer(w, MIA, INCIDENT, "create standup")
    await answer(w, MIA, INCIDENT, "invite standup @max")
    assert "jaas/standup" in await says(w, MAX, RANDOM, "rooms")
    card = await w.told(MAX, "made by")
    link = w.link_of(await pressed(w, MAX, card, "Join"))
    assert (await w.jaas.join(*w.room_and_token(link))).moderator is False
    assert "not found" in await says(w, MAYA, RANDOM, "show standup")


async def test_whoever_may_see_all_sees_every_room_from_everywhere(w: World) -> None:
    await answer(w, MIA, INCIDENT, "create standup")
    for person in (OMAR, SARA):
        assert "jaas/standup" in await says(w, person, RANDOM, "show standup")


async def test_a_card_lets_nobody_in_from_a_place_the_room_does_not_belong_to(w: World) -> None:
    """The button names the room, and is no authority: it is judged by who clicks, where."""
    await answer(w, MIA, INCIDENT, "create secret")
    card = await w.posted(INCIDENT, "made by")
    await answer(w, MIA, TEAM, "create standup")
    other = await w.posted(TEAM, "made by")
    other.blocks[-1]["elements"][0]["value"] = card.blocks[-1]["elements"][0]["value"]
    assert "not found" in text_of(await pressed(w, MAX, other, "Join", channel=TEAM))


async def test_the_owner_alone_among_members_may_end_remove_lock_and_see_the_pin(w: World) -> None:
    await answer(w, MIA, OPS, "create standup pin=9876")
    await w.enter(MAX, "standup")
    assert "PIN" not in await says(w, MAX, OPS, "show standup")
    for line in ("end standup", "kick standup @max", "lock standup", "block standup @vera", "revoke standup @max"):
        told = await says(w, MAX, OPS, line)
        assert "refused" in told, line
        assert "Monitoring Mode Read/Write" in told
    shown = await answer(w, MIA, OPS, "show standup")
    assert shown.ephemeral_for == MIA
    assert "9876" in text_of(shown)
    assert "Dial-in PIN" in text_of(shown)
    assert "Remove" in labels(await answer(w, MIA, OPS, "who standup"))
    assert "Remove" not in labels(await answer(w, MAX, OPS, "who standup"))
    assert "Locked" in await says(w, MIA, OPS, "lock standup")
    assert "Unlocked" in await says(w, MIA, OPS, "unlock standup")
    assert "accepted" in await says(w, MIA, OPS, "kick standup @max")


async def test_owning_a_room_does_not_let_a_member_dial_or_ban(w: World) -> None:
    await answer(w, MIA, OPS, "create standup")
    await w.enter(MAX, "standup")
    for line in ("dial standup +40747777777", "dial standup oncall", "ban standup Max"):
        assert "refused" in await says(w, MIA, OPS, line), line


async def test_pins_are_shown_to_the_owner_and_those_who_may_see_all_and_only_privately(w: World) -> None:
    await answer(w, MIA, OPS, "create standup pin=9876")
    for person, sees in ((MIA, True), (OMAR, True), (SARA, True), (MAX, False), (VERA, False)):
        shown = await answer(w, person, OPS, "show standup")
        assert shown.ephemeral_for == person
        assert ("9876" in text_of(shown)) is sees
        assert ("Dial-in PIN" in text_of(shown)) is sees
    assert not [one for one in w.slack.workspace.messages(OPS) if "9876" in text_of(one)]


async def test_rooms_made_elsewhere_are_for_those_who_may_see_all(w: World) -> None:
    assert "public Conference Room" in await says(w, OMAR, OPS, "rooms")
    told = await says(w, OMAR, OPS, "show meetings/1")
    assert "made elsewhere" in told
    assert "· made 2" not in told  # when is not known
    for line in ("rooms", "show meetings/1", "join 1", 'show "public Conference Room"'):
        assert "made elsewhere" not in (told := await says(w, MIA, OPS, line)), line
        assert "Open" not in told


async def test_a_room_made_elsewhere_belongs_to_the_channel_it_is_shared_in(w: World) -> None:
    await answer(w, OMAR, OPS, "share meetings/1 #team")
    assert "made elsewhere" in await says(w, MIA, TEAM, "show meetings/1")
    assert "not found" in await says(w, MIA, RANDOM, "show meetings/1")


async def test_open_rooms_shows_rooms_made_elsewhere_to_viewers_and_none_that_the_bot_made(tmp_path: Path) -> None:
    async with world(tmp_path, start_bot=True, meetings_more="open_rooms = true") as w:
        await answer(w, MIA, INCIDENT, "create meetings/secret public=yes")
        listed = await says(w, VERA, OPS, "rooms")
        assert "meetings/public Conference Room" in listed
        assert "secret" not in listed
        assert "made elsewhere" in await says(w, VERA, OPS, "show meetings/1")
        for words in ("secret", "meetings/secret", "2", "meetings/2", f"{w.meetings.url}/#room/2"):
            assert "not found" in await says(w, VERA, OPS, f"join {words}"), words


async def test_a_direct_message_is_a_place_for_ones_own_rooms(w: World) -> None:
    dm = w.slack.workspace.open_im(MIA).id
    made = await answer(w, MIA, dm, "create standup")
    assert "done" in text_of(made)
    assert "Join" in labels(made)
    assert "jaas/standup" in await says(w, MIA, dm, "rooms")
    assert "not found" in await says(w, MAX, OPS, "show standup")
    assert "Name the channel" in await says(w, MIA, dm, "share standup")


async def test_a_private_channel_is_like_any_other_once_the_bot_is_in(w: World) -> None:
    assert "/invite @meetops" in await says(w, SARA, BOARD, "create boardroom")
    w.slack.workspace.channel(BOARD).members.add(w.slack.workspace.team.bot_user)
    assert "done" in await says(w, SARA, BOARD, "create boardroom")
    assert "jaas/boardroom" in await says(w, VERA, BOARD, "show")
