"""What a person does in Slack: typing commands, clicking, using shortcuts, searching in a select."""

from __future__ import annotations

from collections.abc import Mapping

from bot.play.slack.delivery import Delivery
from bot.play.slack.inputs import (
    Choice,
    NotPossibleError,
    action_of,
    chosen_state,
    fill,
    find_control,
    state_values,
    wrong_options,
)
from bot.play.slack.methods.content import message_content, says_something
from bot.play.slack.records import Channel, Json, Message, User, View
from bot.play.slack.refusals import SlackRefusal
from bot.play.slack.response_urls import show_answer
from bot.play.slack.sender import Sender, channel_name
from bot.play.slack.typed_text import TypedText
from bot.play.slack.visible import Control
from bot.play.slack.wire import message_json, view_json


class Gestures:
    """Gestures of people; each returns how its delivery to the bot went, after Slack showed what it had to show."""

    sender: Sender

    async def slash(
        self, user: str, channel: str, text: str = "", *, command: str = "/meet", link_contacts: bool = False
    ) -> Delivery:
        """Type a slash command. What the bot acknowledges with is shown; a failure is shown to the person.

        Raises NotPossibleError when the person is not in the channel.
        """
        workspace = self.sender.workspace
        place = workspace.channel(channel)
        person = self.sender.person(user, place)
        escaped = TypedText(workspace).escaped(text.strip(), link_contacts=link_contacts)
        delivery = await self.sender.send("slash_commands", self._command(person, place, command, escaped))
        if delivery.error:
            self._show_failure(place, user, command, delivery.error)
        elif delivery.ack:
            self._show_ack(delivery, place, user, typed=f"{command} {text}".strip())
        return delivery

    async def click(
        self,
        user: str,
        shown: Message | View,
        what: str | Control,
        choose: Choice = None,
        *,
        values: Mapping[str, Choice] | None = None,
        block_id: str = "",
    ) -> Delivery:
        """Click a button or choose in a select, overflow or picker, named by label or action id.

        `choose` is an option's value or label, a user or channel id, a date, or a whole option; `values` fills
        other inputs on show first. Raises NotPossibleError when this person cannot see or find it.
        """
        person = self.sender.person(user)
        self._may_click(user, shown)
        fill(shown, values or {})
        control = find_control(shown, what, block_id=block_id)
        action = action_of(control, choose, self.sender.workspace.new_ts())
        if control.type not in ("button", "overflow", "icon_button", "feedback_buttons"):
            shown.values.setdefault(control.block_id, {})[control.action_id] = chosen_state(control, choose)
        payload = self.sender.interaction("block_actions", person)
        payload |= self._origin_of_click(person, shown) | {"actions": [action]}
        return await self.sender.send("interactive", payload)

    async def options(
        self, user: str, action_id: str, value: str = "", *, shown: Message | View | None = None
    ) -> Delivery:
        """Type into an external select: `ack` holds the options. Without `shown`, in the modal on top.

        Options that Slack would not show are its `error`.
        """
        person = self.sender.person(user)
        place = shown or self.sender.workspace.view_of(user)
        if place is None:
            raise NotPossibleError(f"{user} has no modal open")
        control = find_control(place, action_id)
        if len(value) < control.element.get("min_query_length", 3):
            raise NotPossibleError(f"{action_id} asks the bot only after more letters than {value!r}")
        origin = self._origin_of_click(person, place)
        del origin["trigger_id"], origin["state"]
        origin.pop("response_url", "")
        payload = self.sender.interaction("block_suggestion", person) | origin
        payload |= {"action_id": control.action_id, "block_id": control.block_id, "value": value}
        delivery = await self.sender.send("interactive", payload)
        if not delivery.error:
            delivery.error = wrong_options(delivery.ack)
        return delivery

    async def shortcut(self, user: str, callback_id: str) -> Delivery:
        """Use a global shortcut."""
        payload = self.sender.interaction("shortcut", self.sender.person(user))
        payload |= {"callback_id": callback_id, "action_ts": self.sender.workspace.new_ts()}
        return await self.sender.send("interactive", payload | {"trigger_id": self.sender.trigger_id(user)})

    async def message_action(self, user: str, message: Message, callback_id: str) -> Delivery:
        """Use a shortcut of a message's menu."""
        self._may_click(user, message)
        place = self.sender.workspace.channel(message.channel)
        payload = self.sender.interaction("message_action", self.sender.person(user))
        payload |= {
            "callback_id": callback_id,
            "action_ts": self.sender.workspace.new_ts(),
            "trigger_id": self.sender.trigger_id(user),
            "message_ts": message.ts,
            "response_url": self.sender.response_url(message.channel, user),
            "channel": {"id": place.id, "name": channel_name(place)},
            "message": message_json(self.sender.workspace, message),
        }
        return await self.sender.send("interactive", payload)

    async def redeliver(self, delivery: Delivery) -> Delivery:
        """Deliver the very same bytes or envelope once more. Nothing is shown for it."""
        return await self.sender.resend(delivery)

    def _command(self, person: User, place: Channel, command: str, text: str) -> Json:
        team = self.sender.workspace.team
        grid = {"enterprise_id": team.enterprise_id, "enterprise_name": team.enterprise_name}
        return {
            "token": team.verification_token,
            "team_id": person.team_id,
            "team_domain": team.domain if person.team_id == team.id else "elsewhere",
            "channel_id": place.id,
            "channel_name": channel_name(place),
            "user_id": person.id,
            "user_name": person.name,
            "command": command,
            "text": text,
            "api_app_id": team.app_id,
            "is_enterprise_install": "false",
            **(grid if team.enterprise_id else {}),
            "response_url": self.sender.response_url(place.id, person.id),
            "trigger_id": self.sender.trigger_id(person.id),
        }

    def _origin_of_click(self, person: User, shown: Message | View) -> Json:
        workspace = self.sender.workspace
        if isinstance(shown, View):
            view = view_json(workspace, shown) | {"state": {"values": state_values(shown)}}
            return {
                "container": {"type": "view", "view_id": shown.id},
                "trigger_id": self.sender.trigger_id(person.id, "" if shown.is_home else shown.id),
                "view": view,
                "state": {"values": state_values(shown)},
            }
        place = workspace.channel(shown.channel)
        container = {"type": "message", "message_ts": shown.ts, "channel_id": place.id}
        thread = {"thread_ts": shown.thread_ts} if shown.thread_ts else {}
        origin = {
            "container": container | {"is_ephemeral": bool(shown.ephemeral_for)} | thread,
            "trigger_id": self.sender.trigger_id(person.id),
            "channel": {"id": place.id, "name": channel_name(place)},
            "state": {"values": state_values(shown)},
            "response_url": self.sender.response_url(place.id, person.id, shown),
        }
        # Slack does not keep ephemeral messages: a click on one comes without it
        return origin if shown.ephemeral_for else origin | {"message": message_json(workspace, shown)}

    def _may_click(self, user: str, shown: Message | View) -> None:
        if isinstance(shown, View):
            if shown.user != user or shown.closed:
                raise NotPossibleError(f"{user} does not have this view on the screen")
            return
        place = self.sender.workspace.channel(shown.channel)
        hidden = shown.ephemeral_for not in ("", user)
        if shown.deleted or hidden or (user not in place.members and (place.is_private or place.is_im)):
            raise NotPossibleError(f"{user} does not see this message")

    def _show_failure(self, place: Channel, user: str, command: str, error: str) -> None:
        text = f'{command} failed with the error "{error}"'
        notice = Message(place.id, self.sender.workspace.new_ts(), "USLACKBOT", text, ephemeral_for=user)
        self.sender.workspace.post(notice)

    def _show_ack(self, delivery: Delivery, place: Channel, user: str, *, typed: str) -> None:
        workspace = self.sender.workspace
        body = {"text": delivery.ack} if isinstance(delivery.ack, str) else delivery.ack
        if body.get("response_type") == "in_channel":
            workspace.post(Message(place.id, workspace.new_ts(), user, typed))
            if body.keys() == {"response_type"}:
                return
        try:
            content = message_content(body)
            says_something(content)
        except SlackRefusal as refusal:
            delivery.error = refusal.code
            self._show_failure(place, user, typed.split()[0], refusal.code)
            return
        show_answer(workspace, place.id, user, content=content, body=body)
