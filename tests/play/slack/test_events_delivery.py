"""Events: what the bot is told, and how often when it does not listen."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.clock import MovableClock
from bot.play.slack import SlackServer, Workspace
from bot.play.slack.workspace import BOT_EVENTS, BOT_SCOPES
from bot.slack.manifest import EVENTS, SCOPES
from tests.play.slack.conftest import Listener


async def test_an_event_is_wrapped_as_slack_does(slack: SlackServer, listener: Listener, workspace: Workspace) -> None:
    delivery = await slack.open_home("U0MIA")
    assert delivery.ok
    (body,) = listener.requests
    assert (body["type"], body["team_id"], body["api_app_id"]) == ("event_callback", "T0MEETOPS", "A0MEETOPS")
    assert body["event"]["type"] == "app_home_opened"
    assert body["event"]["tab"] == "home"
    assert body["authorizations"][0]["user_id"] == workspace.team.bot_user


async def test_an_unheard_event_is_retried_at_once_after_a_minute_and_after_five(
    slack: SlackServer, listener: Listener, clock: MovableClock
) -> None:
    listener.status = 500
    await slack.open_home("U0MIA")
    for heard, pause in ((2, timedelta(minutes=1)), (3, timedelta(minutes=5)), (4, timedelta(hours=1))):
        await slack.workspace.until(lambda heard=heard: len(slack.deliveries) == heard)  # type: ignore[misc]
        clock.advance(pause)
    await slack.workspace.until(lambda: not slack.retries)
    assert [headers.get("X-Slack-Retry-Num") for headers in listener.headers] == [None, "1", "2", "3"]
    assert listener.headers[1]["X-Slack-Retry-Reason"] == "http_error"
    assert len({body["event_id"] for body in listener.requests}) == 1


async def test_a_bot_may_decline_retries(slack: SlackServer, listener: Listener) -> None:
    listener.status, listener.answer_headers = 500, {"x-slack-no-retry": "1"}
    await slack.open_home("U0MIA")
    assert slack.retries == set()


async def test_the_bot_hears_a_mention_and_a_direct_word_but_not_the_rest(
    slack: SlackServer, listener: Listener, workspace: Workspace
) -> None:
    workspace.team = replace(workspace.team, scopes=workspace.team.scopes | {"app_mentions:read", "im:history"})
    assert await slack.say("U0MIA", "#ops", "hello all") is None
    await slack.say("U0MIA", "#ops", "@meetops rooms")
    await slack.say("U0MIA", workspace.open_im("U0MIA").id, "rooms")
    mention, direct = (body["event"] for body in listener.requests)
    assert (mention["type"], mention["text"]) == ("app_mention", "<@U0MEETOPS|meetops> rooms")
    assert (direct["type"], direct["channel_type"]) == ("message", "im")
    assert len(workspace.messages("#ops")) == 2


async def test_changes_of_people_and_groups_are_made_and_told(
    slack: SlackServer, listener: Listener, workspace: Workspace
) -> None:
    await slack.change_group("S0OPS", add=("U0MAX",), remove=("U0OMAR",))
    await slack.change_user("U0MIA", deleted=True)
    await slack.join_channel("U0GUS", "#ops")
    group, user, joined = (body["event"] for body in listener.requests)
    assert (group["type"], group["added_users"], group["removed_users"]) == (
        "subteam_members_changed",
        ["U0MAX"],
        ["U0OMAR"],
    )
    assert workspace.groups["S0OPS"].members == ["U0MAX"]
    assert (user["type"], user["user"]["deleted"]) == ("user_change", True)
    assert (joined["type"], joined["channel"]) == ("member_joined_channel", "C0OPS")
    assert "U0GUS" in workspace.channel("#ops").members


async def test_without_the_scopes_nobodys_words_are_heard(
    slack: SlackServer, listener: Listener, workspace: Workspace
) -> None:
    unheard = {"app_mentions:read", "im:history"}
    workspace.team = replace(workspace.team, scopes=workspace.team.scopes - unheard)
    assert await slack.say("U0MIA", "#ops", "@meetops rooms") is None
    assert await slack.say("U0MIA", workspace.open_im("U0MIA").id, "rooms") is None
    assert listener.requests == []
    assert len(workspace.messages("#ops")) == 1


async def test_an_event_that_is_not_subscribed_to_goes_nowhere(
    slack: SlackServer, listener: Listener, workspace: Workspace
) -> None:
    workspace.team = replace(workspace.team, events=BOT_EVENTS - {"app_home_opened"})
    assert (await slack.open_home("U0MIA")).status is None
    await slack.change_group("S0OPS", add=("U0MAX",))
    assert [body["event"]["type"] for body in listener.requests] == ["subteam_members_changed"]


async def test_somebody_who_comes_into_a_channel_without_the_bot_is_not_told(
    slack: SlackServer, listener: Listener, workspace: Workspace
) -> None:
    assert await slack.join_channel("U0STAN", "#random") is None
    assert "U0STAN" in workspace.channel("#random").members
    assert listener.requests == []


async def test_the_bot_hears_of_its_own_coming_in_and_who_asked_it(
    slack: SlackServer, listener: Listener, workspace: Workspace
) -> None:
    await slack.join_channel(workspace.team.bot_user, "#board", inviter="U0SARA")
    (event,) = (body["event"] for body in listener.requests)
    assert (event["user"], event["channel"], event["channel_type"]) == (workspace.team.bot_user, "C0BOARD", "G")
    assert event["inviter"] == "U0SARA"


def test_the_simulated_app_asks_for_what_the_manifest_asks_for() -> None:
    assert frozenset(SCOPES) == BOT_SCOPES
    assert frozenset(EVENTS) == BOT_EVENTS
