"""Who the bot is, and who and what else there is, as Slack's SDK hears it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.play.slack import Workspace
from tests.play.slack.refusing import error_of, refused


async def test_auth_test_tells_who_the_bot_is_and_its_scopes(client: AsyncWebClient) -> None:
    answer = await client.auth_test()
    assert (answer["team_id"], answer["user_id"], answer["bot_id"]) == ("T0MEETOPS", "U0MEETOPS", "B0MEETOPS")
    assert "chat:write" in answer.headers["x-oauth-scopes"].split(",")


async def test_a_missing_scope_is_named(client: AsyncWebClient, workspace: Workspace) -> None:
    workspace.team = replace(workspace.team, scopes=frozenset(("commands",)))
    error = await refused(client.users_info(user="U0MIA"))
    assert (error.response["error"], error.response["needed"]) == ("missing_scope", "users:read")


async def test_users_carry_what_decides_about_them(client: AsyncWebClient) -> None:
    async def user(user_id: str) -> dict[str, Any]:
        found: dict[str, Any] = (await client.users_info(user=user_id))["user"]
        return found

    sara, gus, stan, dan = [await user(f"U0{name}") for name in ("SARA", "GUS", "STAN", "DAN")]
    assert (sara["tz"], sara["tz_offset"], sara["is_admin"]) == ("Europe/Berlin", 3600, True)
    assert sara["profile"]["email"] == "sara@meetops.example"
    assert gus["is_restricted"] is True
    assert (stan["is_stranger"], stan["team_id"]) == (True, "T0ELSEWHERE")
    assert "tz" not in stan
    assert dan["deleted"] is True
    assert await error_of(client.users_info(user="U0NOBODY")) == "user_not_found"


async def test_people_are_found_by_mail_unless_deactivated(client: AsyncWebClient) -> None:
    found = await client.users_lookupByEmail(email="Mia@meetops.example")
    assert found["user"]["id"] == "U0MIA"
    assert await error_of(client.users_lookupByEmail(email="dan@meetops.example")) == "users_not_found"


async def test_lists_come_in_pages(client: AsyncWebClient, workspace: Workspace) -> None:
    seen = [user["id"] async for page in await client.users_list(limit=4) for user in page["members"]]
    assert sorted(seen) == sorted(set(workspace.users) - {"U0STAN"})


async def test_user_groups_and_their_members(client: AsyncWebClient, workspace: Workspace) -> None:
    groups = {group["handle"]: group for group in (await client.usergroups_list(include_users=True))["usergroups"]}
    assert groups["admins"]["users"] == ["U0SARA"]
    assert (await client.usergroups_users_list(usergroup="S0OPS"))["users"] == ["U0OMAR"]
    workspace.groups["S0OPS"].disabled = True
    assert await error_of(client.usergroups_users_list(usergroup="S0OPS")) == "no_such_subteam"


async def test_a_private_channel_without_the_bot_does_not_exist_for_it(client: AsyncWebClient) -> None:
    assert await error_of(client.conversations_info(channel="C0BOARD")) == "channel_not_found"
    listed = await client.conversations_list(types="public_channel,private_channel", exclude_archived=True)
    assert {channel["name"] for channel in listed["channels"]} == {"ops", "team", "random", "incident"}
    assert "U0GUS" in (await client.conversations_members(channel="C0TEAM"))["members"]


async def test_the_bot_joins_public_channels_only(client: AsyncWebClient, workspace: Workspace) -> None:
    workspace.team = replace(workspace.team, scopes=workspace.team.scopes | {"channels:join"})
    assert (await client.conversations_join(channel="C0RANDOM"))["channel"]["is_member"] is True
    assert await error_of(client.conversations_join(channel="C0ATTIC")) == "is_archived"
    assert await error_of(client.conversations_join(channel="C0INCIDENT")) == "method_not_supported_for_channel_type"


async def test_a_direct_conversation_is_opened_once(client: AsyncWebClient) -> None:
    first = await client.conversations_open(users="U0MIA")
    again = await client.conversations_open(users="U0MIA", return_im=True)
    assert first["channel"]["id"] == again["channel"]["id"]
    assert again["channel"]["user"] == "U0MIA"
    assert await error_of(client.conversations_open(users="U0DAN")) == "user_disabled"
