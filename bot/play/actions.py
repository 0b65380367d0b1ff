"""What a person at the page may do in the simulated Slack: speak, type commands, click, fill in modals."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from typing import Any

from bot.play.slack import Control, Delivery, Message, NotPossibleError, SlackServer, View, controls_of
from bot.play.slack.inputs import missing_inputs
from bot.play.web import WrongAction

Json = Mapping[str, Any]
Action = Callable[[Json], Awaitable[Json]]
SLACKBOT = "USLACKBOT"
FAILURES = {
    "operation_timeout": "meetops did not answer within three seconds.",
    "dispatch_failed": "meetops could not be reached, or answered with an error.",
}
# what an element's entry of `actions` and of `state.values` calls the thing that was chosen (slack docs)
CHOSEN = (
    "selected_option",
    "selected_options",
    "selected_user",
    "selected_users",
    "selected_conversation",
    "selected_conversations",
    "selected_channel",
    "selected_channels",
    "selected_date",
    "selected_time",
    "selected_date_time",
)


class SlackActions:
    """Turns the page's JSON into gestures of the simulated Slack. `command` is the bot's slash command."""

    def __init__(self, slack: SlackServer, command: str) -> None:
        self._slack = slack
        self._workspace = slack.workspace
        self._command = command

    def by_name(self) -> dict[str, Action]:
        """For `Stage.actions`."""
        actions: dict[str, Action] = {
            "send": self._send,
            "act": self._act,
            "submit": self._submit,
            "close": self._close,
            "suggest": self._suggest,
            "home": self._home,
            "shortcut": self._shortcut,
        }
        return {name: _in_words(action) for name, action in actions.items()}

    async def _send(self, body: Json) -> Json:
        person, channel, text = str(body["as"]), str(body["channel"]), str(body["text"]).strip()
        thread = str(body.get("thread") or "")
        word, _, rest = text.partition(" ")
        if word.startswith("/") and thread:
            bot = self._workspace.team.bot_name
            told = f"Slack has no slash commands in threads. Say `@{bot} {rest or 'help'}` instead."
            self._whisper(person, channel, told, thread)
        elif word == self._command:
            await self._slack.slash(person, channel, rest, command=word)  # a failure is shown in the channel
        elif word == "/invite":
            await self._invite(person, channel, rest)
        elif word.startswith("/"):
            self._whisper(person, channel, f"`{word}` is not a valid command here. Try `{self._command} help`.")
        else:
            await self._slack.say(person, channel, text, thread_ts=thread)
        return {}

    async def _invite(self, person: str, channel: str, names: str) -> None:
        place = self._workspace.channel(channel)
        handles = [name.removeprefix("@") for name in names.split()]
        invited = [user for user in self._workspace.users.values() if user.name in handles and not user.deleted]
        if place.is_im or not invited:
            return self._whisper(person, channel, "Name somebody of this workspace: `/invite @name`, in a channel.")
        for user in sorted(invited, key=lambda one: not one.is_bot):  # the bot first: it hears of those after it
            await self._slack.join_channel(user.id, channel, inviter=person)
        who = ", ".join(f"<@{user.id}>" for user in invited)
        text = f"{who} joined #{place.name}, invited by <@{person}>."
        self._workspace.post(Message(place.id, self._workspace.new_ts(), SLACKBOT, text))
        return None

    def _whisper(self, person: str, channel: str, text: str, thread: str = "") -> None:
        place, ts = self._workspace.channel(channel).id, self._workspace.new_ts()
        self._workspace.post(Message(place, ts, SLACKBOT, text, ephemeral_for=person, thread_ts=thread))

    async def _act(self, body: Json) -> Json:
        person, action, shown = str(body["as"]), body["action"], self._shown(body)
        shown.values = body["values"]
        control = _control(shown, str(action["block_id"]), str(action["action_id"]))
        chosen = next((action[name] for name in CHOSEN if name in action), action.get("value"))
        return _went(await self._slack.click(person, shown, control, chosen))

    async def _submit(self, body: Json) -> Json:
        view = self._top(body)
        view.values = body["values"]
        if missing := missing_inputs(view):
            self._workspace.refuse_view(view, _complaints(view, missing))
            return {}
        return _went(await self._slack.submit_view(view.user))

    async def _close(self, body: Json) -> Json:
        return _went(await self._slack.close_view(self._top(body).user))

    async def _suggest(self, body: Json) -> Json:
        shown = self._shown(body)
        delivery = await self._slack.options(str(body["as"]), str(body["action_id"]), str(body["value"]), shown=shown)
        _went(delivery)
        answer = delivery.ack if isinstance(delivery.ack, dict) else {}
        groups = answer.get("option_groups", [])
        return {"options": [*answer.get("options", []), *(option for group in groups for option in group["options"])]}

    async def _home(self, body: Json) -> Json:
        return _went(await self._slack.open_home(str(body["as"]), tab=str(body.get("tab") or "home")))

    async def _shortcut(self, body: Json) -> Json:
        """A global one, or with `ts` one in the menu of that message."""
        person, callback = str(body["as"]), str(body["callback"])
        if "ts" not in body:
            return _went(await self._slack.shortcut(person, callback))
        message = self._message(person, str(body["channel"]), str(body["ts"]))
        if message is None:
            raise WrongAction("That is not there any more.")
        return _went(await self._slack.message_action(person, message, callback))

    def _shown(self, body: Json) -> Message | View:
        found: Message | View | None
        if "view" in body:
            found = self._workspace.view(str(body["view"]))
        else:
            found = self._message(str(body["as"]), str(body["channel"]), str(body["ts"]))
        if found is None:
            raise WrongAction("That is not there any more.")
        return found

    def _message(self, person: str, channel: str, ts: str) -> Message | None:
        whispers = self._workspace.ephemerals(channel=channel, user=person)
        whisper = next((message for message in whispers if message.ts == ts), None)
        return whisper or self._workspace.find_message(channel, ts)

    def _top(self, body: Json) -> View:
        view = self._workspace.view_of(str(body["as"]))
        if view is None or view.id != body["view"]:
            raise WrongAction("That window is not open any more.")
        return view


def _in_words(action: Action) -> Action:
    @wraps(action)
    async def told(body: Json) -> Json:
        try:
            return await action(body)
        except NotPossibleError as error:
            raise WrongAction(f"Slack would not let you: {error}.") from None

    return told


def _went(delivery: Delivery | None) -> Json:
    if delivery is not None and delivery.error:
        raise WrongAction(FAILURES.get(delivery.error, f"Slack refused the answer of meetops: {delivery.error}."))
    return {}


def _control(shown: Message | View, block_id: str, action_id: str) -> Control:
    for control in controls_of(shown):
        if (control.block_id, control.action_id) == (block_id, action_id):
            return control
    raise WrongAction("That is not there any more.")


def _complaints(view: View, missing: list[str]) -> dict[str, str]:
    sentence = "Please complete this required field."
    return {control.block_id: sentence for control in controls_of(view) if control.label in missing}
