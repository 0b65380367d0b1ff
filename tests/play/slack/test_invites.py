"""`/invite` on the page: people and the bot come into a channel, and the bot is told as Slack would."""

from __future__ import annotations

from bot.play.actions import SlackActions
from bot.play.configuration import COMMAND
from bot.play.slack import SlackServer
from bot.play.slack.seed import MAX, SARA
from tests.play.slack.conftest import Listener


async def invite(slack: SlackServer, line: str, *, channel: str = "C0BOARD") -> None:
    await SlackActions(slack, COMMAND).by_name()["send"]({"as": SARA, "channel": channel, "text": line})


async def test_the_bot_invited_with_somebody_hears_of_itself_and_of_them(
    slack: SlackServer, listener: Listener
) -> None:
    bot = slack.workspace.team.bot_user
    await invite(slack, "/invite @max @meetops")
    assert {bot, MAX} <= slack.workspace.channel("#board").members
    told = [(body["event"]["type"], body["event"]["user"], body["event"]["inviter"]) for body in listener.requests]
    assert told == [("member_joined_channel", bot, SARA), ("member_joined_channel", MAX, SARA)]


async def test_people_invited_into_a_channel_without_the_bot_are_none_of_its_business(
    slack: SlackServer, listener: Listener
) -> None:
    await invite(slack, "/invite @max")
    assert MAX in slack.workspace.channel("#board").members
    assert listener.requests == []
