"""What a person does in a modal, and what the bot's answer to it does to the screen."""

from __future__ import annotations

from collections.abc import Mapping

from bot.play.slack.delivery import Delivery
from bot.play.slack.inputs import Choice, NotPossibleError, fill, missing_inputs, state_values
from bot.play.slack.methods.content import view_content
from bot.play.slack.methods.views import STACK_LIMIT
from bot.play.slack.records import Json, View
from bot.play.slack.refusals import SlackRefusal
from bot.play.slack.sender import Sender
from bot.play.slack.visible import controls_of
from bot.play.slack.wire import view_json


class Modals:
    """Submitting and closing modals."""

    sender: Sender

    async def submit_view(self, user: str, values: Mapping[str, Choice] | None = None) -> Delivery:
        """Fill the modal on top (block id, action id or label -> value) and submit it; the answer is carried out.

        Raises NotPossibleError where Slack's client would not submit: nothing open, an obligatory input empty.
        """
        view = self._top(user)
        fill(view, values or {})
        if wrong := missing_inputs(view):
            raise NotPossibleError(f"Slack's client does not submit: {', '.join(wrong)} is missing or out of bounds")
        payload = self.sender.interaction("view_submission", self.sender.person(user))
        payload |= {
            "trigger_id": self.sender.trigger_id(user, view.id),
            "view": view_json(self.sender.workspace, view) | {"state": {"values": state_values(view)}},
            "response_urls": self._response_urls(user, view),
        }
        delivery = await self.sender.send("interactive", payload)
        if not delivery.error and not view.closed:
            self._carry_out(view, delivery)
        return delivery

    async def close_view(self, user: str, *, clear: bool = False) -> Delivery | None:
        """Close the modal on top, or with `clear` the whole stack. None when the bot did not ask to be told."""
        view = self._top(user)
        cleared = clear or bool(view.payload.get("clear_on_close"))
        self.sender.workspace.close_views(user, None if cleared else [view])
        if not view.payload.get("notify_on_close"):
            return None
        payload = self.sender.interaction("view_closed", self.sender.person(user))
        payload |= {
            "view": view_json(self.sender.workspace, view) | {"state": {"values": state_values(view)}},
            "is_cleared": cleared,
        }
        return await self.sender.send("interactive", payload)

    def _top(self, user: str) -> View:
        view = self.sender.workspace.view_of(user)
        if view is None:
            raise NotPossibleError(f"{user} has no modal open")
        return view

    def _carry_out(self, view: View, delivery: Delivery) -> None:
        answer: Json = delivery.ack if isinstance(delivery.ack, dict) else {}
        workspace = self.sender.workspace
        try:
            match answer.get("response_action"):
                case None:
                    workspace.close_views(view.user, [view])
                case "clear":
                    workspace.close_views(view.user)
                case "errors":
                    self._show_errors(view, answer.get("errors") or {})
                case "update":
                    workspace.update_view(view, view_content(answer.get("view"), "modal"))
                case "push":
                    self._push(view, view_content(answer.get("view"), "modal"))
                case unknown:
                    raise SlackRefusal(f"invalid response_action {unknown}")
        except SlackRefusal as refusal:
            delivery.error = refusal.code

    def _show_errors(self, view: View, errors: dict[str, str]) -> None:
        inputs = {control.block_id for control in controls_of(view) if control.block.get("type") == "input"}
        if not errors or not inputs.issuperset(errors):
            raise SlackRefusal("invalid_errors")
        self.sender.workspace.refuse_view(view, errors)

    def _push(self, view: View, payload: Json) -> None:
        if len(self.sender.workspace.stacks[view.user]) >= STACK_LIMIT:
            raise SlackRefusal("push_limit_reached")
        self.sender.workspace.show_view(view.user, payload, push=True)

    def _response_urls(self, user: str, view: View) -> list[Json]:
        urls = []
        states = state_values(view)
        for control in controls_of(view):
            state = states.get(control.block_id, {}).get(control.action_id, {})
            channel = state.get("selected_conversation") or state.get("selected_channel")
            if control.element.get("response_url_enabled") and channel:
                url = self.sender.response_url(channel, user)
                urls.append(
                    {
                        "block_id": control.block_id,
                        "action_id": control.action_id,
                        "channel_id": channel,
                        "response_url": url,
                    }
                )
        return urls
