"""share and invite: where a room's card goes, who may come in with it, and what happens where it cannot go."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from bot.play.slack import text_of
from bot.play.slack.seed import DAN, GUS, MAX, MAYA, MIA, OMAR, SARA, STAN, VERA
from bot.play.vendors.jaas import TokenRefused
from tests.fakes.speaking import BOARD, OPS, RANDOM, TEAM, answer, labels, pressed, says
from tests.fakes.world import World, world


def claims(link: str) -> dict[str, Any]:
    part = link.partition("?jwt=")[2].split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


async def test_sharing_posts_the_card_there_and_tells_the_sharer_alone(w: World) -> None:
    await answer(w, MIA, TEAM, "create standup")
    told = await answer(w, MIA, TEAM, "share standup #ops")
    assert "done" in text_of(told)
    assert told.ephemeral_for == MIA
    assert labels(await w.posted(OPS, "made by")) == ["Join"]


async def test_a_room_can_only_be_shared_into_a_channel_one_is_in(w: World) -> None:
    await answer(w, MIA, TEAM, "create standup")
    w.slack.workspace.channel(BOARD).members.add(w.slack.workspace.team.bot_user)
    w.slack.workspace.channel(RANDOM).members.discard(MIA)
    for channel in (BOARD, RANDOM):
        told = await says(w, MIA, TEAM, f"share standup <#{channel}>".replace("<#", "#").replace(">", ""))
        assert "refused" in told
        assert "a channel you are in yourself" in told
        assert w.slack.workspace.messages(channel) == []


@pytest.mark.parametrize(("where", "remedy"), [("#attic", "archived"), ("#board", "/invite @meetops")])
async def test_where_the_bot_cannot_post_nothing_is_shared_and_the_remedy_is_said(
    w: World, where: str, remedy: str
) -> None:
    await answer(w, SARA, TEAM, "create standup")
    told = await says(w, SARA, TEAM, f"share standup {where}")
    assert "refused" in told
    assert remedy in told
    w.slack.workspace.channel(BOARD).members.add(w.slack.workspace.team.bot_user)
    assert "not found" in await says(w, VERA, BOARD, "show standup")


async def test_an_invited_host_enters_as_moderator_and_an_invited_guest_does_not(w: World) -> None:
    await answer(w, MIA, TEAM, "create standup")
    await answer(w, MIA, TEAM, "invite standup @max as=host")
    await answer(w, MIA, TEAM, "invite standup @maya")
    for person, host in ((MAX, True), (MAYA, False)):
        link = w.link_of(await pressed(w, person, await w.told(person, "made by"), "Join"))
        assert (await w.jaas.join(*w.room_and_token(link))).moderator is host


async def test_only_the_owner_and_those_who_may_see_all_invite_as_host(w: World) -> None:
    await answer(w, MIA, TEAM, "create standup")
    await answer(w, MIA, TEAM, "invite standup @max as=host")
    told = await says(w, MAX, TEAM, "invite standup @maya as=host")
    assert "refused" in told
    assert w.slack.workspace.dms(MAYA) == []
    assert "done" in await says(w, OMAR, TEAM, "invite standup @maya as=host")


async def test_an_outsiders_link_bears_their_name_has_no_moderator_rights_and_goes_to_the_inviter_alone(
    w: World,
) -> None:
    await answer(w, MIA, TEAM, "create standup")
    told = await answer(w, MIA, TEAM, 'invite standup "John Doe" john@x.org')
    assert told.ephemeral_for == MIA
    user = claims(w.link_of(told))["context"]["user"]
    assert (user["name"], user["email"], user["moderator"]) == ("John Doe", "john@x.org", "false")
    john = await w.jaas.join(*w.room_and_token(w.link_of(told)))
    await w.jaas.webhooks.settled()
    assert "*John Doe* · name not verified" in await says(w, MIA, TEAM, "who standup")
    assert (john.name, john.moderator) == ("John Doe", False)


async def test_an_outsider_can_be_blocked_and_let_in_again_by_name(w: World) -> None:
    await answer(w, MIA, TEAM, "create standup")
    link = w.link_of(await answer(w, MIA, TEAM, 'invite standup "John Doe"'))
    await w.jaas.join(*w.room_and_token(link))
    await w.jaas.webhooks.settled()
    assert "done" in await says(w, MIA, TEAM, "block standup john doe")
    assert w.jaas.people() == []
    assert "refused" in await says(w, MIA, TEAM, 'invite standup "JOHN DOE"')
    assert "done" in await says(w, MIA, TEAM, "unblock standup John Doe")
    assert "Open" in await says(w, MIA, TEAM, 'invite standup "John Doe"')


@pytest.mark.parametrize("words", ["@ops", "@here", "#team", "@nobody", "@ops John"])
async def test_a_group_a_channel_and_a_name_slack_does_not_know_are_no_outsiders(w: World, words: str) -> None:
    await answer(w, MIA, TEAM, "create standup")
    told = await answer(w, MIA, TEAM, f"invite standup {words}")
    assert "invalid" in text_of(told)
    assert "Open" not in labels(told)


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ("", "Say whom to invite"),
        ("john@x.org", "Say whom to invite"),
        ('@max "John Doe"', "in two commands"),
        ('"John Doe" as=host', "outsider can't be invited as host"),
        ("@max as=boss", "as is one of: host"),
    ],
)
async def test_half_an_invitation_is_refused_whole(w: World, words: str, problem: str) -> None:
    await answer(w, MIA, TEAM, "create standup")
    told = await says(w, MIA, TEAM, f"invite standup {words}")
    assert "invalid" in told
    assert problem in told
    assert w.slack.workspace.dms(MAX) == []


@pytest.mark.parametrize(("person", "problem"), [(DAN, "deactivated"), (GUS, "is a guest"), (STAN, "is a guest")])
async def test_nobody_is_invited_together_with_somebody_who_could_not_come_in(
    w: World, person: str, problem: str
) -> None:
    await answer(w, MIA, TEAM, "create standup")
    for line in ("invite standup @max @{}", "start sync @max @{}"):
        told = await says(w, MIA, TEAM, line.format(person))
        assert "refused" in told
        assert problem in told
    assert w.slack.workspace.dms(MAX) == []
    assert "sync" not in await says(w, MIA, TEAM, "rooms")


async def test_a_guest_can_be_invited_where_guests_may_join(tmp_path: Path) -> None:
    async with world(tmp_path, top='guests = "join"') as w:
        await answer(w, MIA, OPS, "create standup")
        await answer(w, MIA, OPS, "invite standup @gus")
        link = w.link_of(await pressed(w, GUS, await w.told(GUS, "made by"), "Join"))
        assert (await w.jaas.join(*w.room_and_token(link))).name == "Gus"


async def test_two_people_never_share_a_link_and_each_opens_its_own_room_alone(w: World) -> None:
    await answer(w, MIA, TEAM, "create one")
    await answer(w, MIA, TEAM, "create two")
    one, two = [w.link_of(await answer(w, MIA, TEAM, f"join {name}")) for name in ("one", "two")]
    assert w.link_of(await answer(w, MIA, TEAM, "join one")) != one
    room, _ = w.room_and_token(one)
    _, other_token = w.room_and_token(two)
    with pytest.raises(TokenRefused):
        await w.jaas.join(room, other_token)
