"""views.*: modals on a person's stack and Home tabs."""

from __future__ import annotations

from bot.play.slack.grants import Trigger, Triggers
from bot.play.slack.methods.content import decoded, required, view_content
from bot.play.slack.records import Json, View
from bot.play.slack.refusals import SlackRefusal
from bot.play.slack.wire import view_json
from bot.play.slack.workspace import Workspace

STACK_LIMIT = 3


class Views:
    """The view methods."""

    def __init__(self, workspace: Workspace, triggers: Triggers) -> None:
        self._workspace = workspace
        self._triggers = triggers

    def open(self, args: Json) -> Json:
        """views.open: a modal alone on the screen of whoever gave the trigger."""
        payload = self._modal(args)
        trigger = self._trigger(args)
        return self._shown(self._workspace.show_view(trigger.user, payload))

    def push(self, args: Json) -> Json:
        """views.push: a modal on top of the one the trigger came from, three at most."""
        payload = self._modal(args)
        trigger = self._trigger(args)
        if not trigger.view_id or not self._workspace.view_of(trigger.user):
            raise SlackRefusal("not_found")
        if len(self._workspace.stacks[trigger.user]) >= STACK_LIMIT:
            raise SlackRefusal("push_limit_reached")
        return self._shown(self._workspace.show_view(trigger.user, payload, push=True))

    def update(self, args: Json) -> Json:
        """views.update: by `view_id` or `external_id`; an old `hash` is refused."""
        required(args, "view")
        view = self._named(args)
        payload = view_content(decoded(args, "view", "invalid_arguments"), str(view.payload["type"]))
        if args.get("hash") and args["hash"] != view.hash:
            raise SlackRefusal("hash_conflict")
        self._external_id_is_free(payload, besides=view)
        return self._shown(self._workspace.update_view(view, payload))

    def publish(self, args: Json) -> Json:
        """views.publish: the Home tab of one person."""
        required(args, "user_id", "view")
        payload = view_content(decoded(args, "view", "invalid_arguments"), "home")
        user = str(args["user_id"])
        if user not in self._workspace.users:
            raise SlackRefusal("invalid_arguments", messages=["invalid `user_id`"])
        before = self._workspace.home_of(user)
        if args.get("hash") and (before is None or args["hash"] != before.hash):
            raise SlackRefusal("hash_conflict")
        return self._shown(self._workspace.publish_home(user, payload))

    def _modal(self, args: Json) -> Json:
        required(args, "view")
        payload = view_content(decoded(args, "view", "invalid_arguments"), "modal")
        self._external_id_is_free(payload)
        return payload

    def _trigger(self, args: Json) -> Trigger:
        required(args, "trigger_id")
        return self._triggers.exchange(str(args["trigger_id"]))

    def _named(self, args: Json) -> View:
        if view_id := str(args.get("view_id") or ""):
            view = self._workspace.view(view_id)
        else:
            required(args, "external_id")
            view = self._by_external_id(str(args["external_id"]))
        if view is None or view.is_home:
            raise SlackRefusal("not_found")
        return view

    def _by_external_id(self, external_id: str) -> View | None:
        stacks = self._workspace.stacks.values()
        views = (view for stack in stacks for view in stack)
        return next((view for view in views if view.payload.get("external_id") == external_id), None)

    def _external_id_is_free(self, payload: Json, *, besides: View | None = None) -> None:
        external_id = payload.get("external_id")
        taken = self._by_external_id(str(external_id)) if external_id else None
        if taken is not None and taken is not besides:
            raise SlackRefusal("duplicate_external_id")

    def _shown(self, view: View) -> Json:
        return {"view": view_json(self._workspace, view)}
