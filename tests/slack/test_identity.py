"""Who somebody is by Slack's own word: home, guest, stranger, bot; and what is said when Slack does not say."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from bot.errors import Unavailable
from bot.model import Person
from bot.people import Workspace
from bot.play.slack import Fault
from bot.play.slack.seed import DAN, GUS, MIA, OMAR, SARA, STAN
from bot.slack.client import Authorisation, WebClient
from bot.slack.identity import SlackDirectory
from tests.fakes.raw_http import RawServer, Turn, answer
from tests.fakes.slack_entrance import BOT_TOKEN, Door, opened_door

HOME, ELSEWHERE = "T0MEETOPS", "T0ELSEWHERE"


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    async with opened_door(http=False) as opened:
        yield opened


@pytest.fixture
def directory(door: Door) -> SlackDirectory:
    return SlackDirectory(door.client, door.authorisation)


async def test_a_member_is_described_as_slack_knows_them(directory: SlackDirectory) -> None:
    mia = await directory.profile(Person(HOME, MIA))
    assert mia
    assert (mia.name, mia.tz, mia.email) == ("Mia", "Europe/Paris", "mia@meetops.example")
    assert not any((mia.guest, mia.stranger, mia.bot, mia.deactivated))


async def test_guests_strangers_bots_and_the_deactivated_are_told_apart(directory: SlackDirectory, door: Door) -> None:
    async def facts(user_id: str) -> set[str]:
        found = await directory.profile(Person(HOME, user_id))
        assert found
        return {name for name in ("guest", "stranger", "bot", "deactivated") if getattr(found, name)}

    assert await facts(GUS) == {"guest"}
    assert await facts(STAN) == {"stranger"}
    assert await facts(door.slack.workspace.team.bot_user) == {"bot"}
    assert await facts(DAN) == {"deactivated"}


@pytest.mark.parametrize("claimed_team", [HOME, ELSEWHERE])
async def test_somebody_of_another_workspace_in_a_shared_channel_is_a_stranger_although_slack_does_not_mark_them(
    directory: SlackDirectory, door: Door, claimed_team: str
) -> None:
    door.slack.workspace.users[STAN].is_stranger = False
    stan = await directory.profile(Person(claimed_team, STAN))
    assert stan
    assert stan.stranger


async def test_whom_slack_does_not_know_nobody_is(directory: SlackDirectory) -> None:
    assert await directory.profile(Person(HOME, "U0NOBODY")) is None


async def test_the_members_of_a_user_group_are_read(directory: SlackDirectory) -> None:
    assert await directory.group_members("S0OPS") == {OMAR}
    assert await directory.group_members("S0ADMINS") == {SARA}


async def test_a_group_that_is_gone_or_switched_off_has_no_members(directory: SlackDirectory, door: Door) -> None:
    assert await directory.group_members("S0GONE") == frozenset()
    door.slack.workspace.groups["S0OPS"].disabled = True
    assert await directory.group_members("S0OPS") == frozenset()


async def test_a_workspace_without_user_groups_has_no_members_in_them(directory: SlackDirectory, door: Door) -> None:
    door.slack.faults.plan("usergroups.users.list", Fault(error="plan_upgrade_required"))
    assert await directory.group_members("S0OPS") == frozenset()


@pytest.mark.parametrize("fault", [Fault(error="missing_scope"), Fault(status=503), Fault(reset=True)])
async def test_what_slack_does_not_say_is_not_guessed(directory: SlackDirectory, door: Door, fault: Fault) -> None:
    door.slack.faults.plan("*", replace(fault, times=100))  # reads are repeated freely
    with pytest.raises(Unavailable, match="Slack did not say"):
        await directory.profile(Person(HOME, MIA))
    with pytest.raises(Unavailable, match="Slack did not say"):
        await directory.group_members("S0OPS")


async def test_home_is_where_the_bot_was_authorised(directory: SlackDirectory) -> None:
    assert directory.workspace() == Workspace(HOME)


async def test_before_slack_has_authorised_the_bot_nobody_is_at_home(door: Door) -> None:
    directory = SlackDirectory(door.client, Authorisation(door.client))
    assert directory.workspace() == Workspace("")
    mia = await directory.profile(Person(HOME, MIA))
    assert mia
    assert mia.stranger


def said(**body: Any) -> Turn:
    return Turn(answer("200 OK", json.dumps({"ok": True} | body).encode(), Content_Type="application/json"))


@pytest.mark.parametrize(
    ("user", "stranger"),
    [
        ({"team_id": HOME, "enterprise_user": {"enterprise_id": "E0HOME", "teams": [HOME]}}, False),
        ({"team_id": "T0OTHER", "enterprise_user": {"enterprise_id": "E0HOME", "teams": ["T0OTHER"]}}, False),
        ({"team_id": "T0OTHER", "enterprise_user": {"enterprise_id": "E0FOREIGN"}}, True),
        ({"team_id": "T0OTHER", "is_stranger": False}, True),
        ({"team_id": HOME, "is_app_user": True}, False),
        ({}, True),
    ],
)
async def test_within_the_enterprise_every_workspace_is_home_and_beyond_it_none(
    door: Door, user: dict[str, Any], stranger: bool
) -> None:
    ann = {"id": "W0ANN", "name": "ann", "locale": "fr-CA"} | user
    whoami = said(team_id=HOME, enterprise_id="E0HOME", user_id="U0BOT", bot_id="B0BOT")
    async with RawServer([whoami, said(user=ann)]) as server:
        client = WebClient(door.session, token=BOT_TOKEN, api_url=f"{server.url}/api/", metrics=door.metrics)
        authorisation = Authorisation(client)
        await authorisation.obtain()
        # The payload's enterprise is that of the channel, also for a stranger who clicks in it.
        found = await SlackDirectory(client, authorisation).profile(Person("T0OTHER", "W0ANN", "E0HOME"))
    assert found
    assert (found.stranger, found.bot, found.language) == (stranger, False, "fr-CA")


@pytest.mark.parametrize(
    ("more", "stranger"), [({}, False), ({"is_stranger": True}, True), ({"team_id": "T0OTHER"}, True)]
)
async def test_where_no_team_is_named_a_bot_of_one_workspace_goes_by_the_rest_of_the_profile(
    door: Door, more: dict[str, Any], stranger: bool
) -> None:
    turns = [said(team_id=HOME, user_id="U0BOT"), said(user={"id": "U0ANN", "name": "ann"} | more)]
    async with RawServer(turns) as server:
        client = WebClient(door.session, token=BOT_TOKEN, api_url=f"{server.url}/api/", metrics=door.metrics)
        authorisation = Authorisation(client)
        await authorisation.obtain()
        found = await SlackDirectory(client, authorisation).profile(Person(HOME, "U0ANN"))
    assert found
    assert (found.name, found.stranger) == ("ann", stranger)
