"""A simulated Slack workspace on loopback which enforces Slack's rules, for the playground and end-to-end tests.

    async def test_a_member_creates_a_room(clock):
        async with SlackServer(
            demo_workspace(clock), clock=clock, signing_secret="s", bot_token="xoxb-1", app_token="xapp-1"
        ) as slack:
            ...  # start the bot with slack.api_url as its Slack API; then, unless it uses Socket Mode:
            slack.connect_http("http://127.0.0.1:8080/slack/events")
            ack = await slack.slash("U0MIA", "#ops", "create standup")
            assert ack.ok and ack.elapsed < 1
            card = await slack.workspace.until(lambda: slack.workspace.messages("#ops"))
            await slack.click("U0MAX", card[-1], "Join")  # label or action id; selects: (…, "action_id", "value")
            await slack.workspace.until(lambda: slack.workspace.ephemerals(user="U0MAX"))
            assert "standup" in text_of(card[-1]) and "End" in buttons_of(card[-1])

Looking: `workspace.messages(channel)`, `.ephemerals(channel=, user=)`, `.dms(user)`, `.view_of(user)`,
`.home_of(user)`, `.calls`, `.calls_of(method)`, `.subscribe(callback)`; `text_of`, `buttons_of`, `controls_of`.
Doing: `slack.slash`, `click`, `submit_view(user, {label: value})`, `close_view`, `options`, `shortcut`,
`message_action`, `say`, `open_home`, `join_channel`, `change_group`, `change_user`, `event`, `redeliver`.
Misbehaving: `slack.faults.plan("chat.postMessage", Fault(status=429, retry_after=1))`,
`slack.socket_mode.refuse_connects(2)`, `.drop()`, `.disconnect("warning")`, `.deliver_twice()`.
"""

from bot.play.slack.delivery import Delivery
from bot.play.slack.faults import RESPONSE_URL, Fault
from bot.play.slack.inputs import NotPossibleError
from bot.play.slack.records import Call, Change, Channel, Message, User, UserGroup, View
from bot.play.slack.seed import demo_workspace
from bot.play.slack.server import SlackServer
from bot.play.slack.visible import Control, buttons_of, controls_of, text_of
from bot.play.slack.workspace import Team, Workspace

__all__ = [
    "RESPONSE_URL",
    "Call",
    "Change",
    "Channel",
    "Control",
    "Delivery",
    "Fault",
    "Message",
    "NotPossibleError",
    "SlackServer",
    "Team",
    "User",
    "UserGroup",
    "View",
    "Workspace",
    "buttons_of",
    "controls_of",
    "demo_workspace",
    "text_of",
]
