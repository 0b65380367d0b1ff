"""The Events API: what happened in the workspace, told to the bot and told again when it does not listen."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

from bot.play.slack.delivery import Delivery, Parcel
from bot.play.slack.records import Json, Message
from bot.play.slack.sender import Sender
from bot.play.slack.typed_text import TypedText
from bot.play.slack.wire import group_json, user_json, view_json

# slack docs, Events API: retried at once, after one minute, after five
RETRY_AFTER = (timedelta(0), timedelta(minutes=1), timedelta(minutes=5))
_REASONS = {"operation_timeout": "http_timeout"}


class Events:
    """Events and the gestures that cause them. Each returns the first delivery; retries follow on the clock."""

    sender: Sender
    retries: set[asyncio.Task[None]]

    async def event(self, kind: str, **fields: Any) -> Delivery:  # noqa: ANN401 (JSON)
        """Deliver one event of that type with these fields. One that is not subscribed to goes nowhere."""
        body = self._callback({"type": kind, "event_ts": self.sender.workspace.new_ts(), **fields})
        subscribed = self.sender.workspace.team.events
        if subscribed is not None and kind not in subscribed:
            return Delivery(Parcel("events_api", body))
        first = await self.sender.send("events_api", body)
        if first.error and not first.no_retry:
            task = asyncio.create_task(self._retry(body, first))
            self.retries.add(task)
            task.add_done_callback(self.retries.discard)
        return first

    async def say(self, user: str, channel: str, text: str, *, thread_ts: str = "") -> Delivery | None:
        """Write a message. The bot hears of it when it is mentioned or spoken to directly and has the scope for it.

        Otherwise None.
        """
        workspace = self.sender.workspace
        place = workspace.channel(channel)
        self.sender.person(user, place)
        escaped = TypedText(workspace).escaped(text)
        message = workspace.post(Message(place.id, workspace.new_ts(), user, escaped, thread_ts=thread_ts))
        fields = {"user": user, "text": escaped, "ts": message.ts, "channel": place.id, "team": workspace.team.id}
        if thread_ts:
            fields["thread_ts"] = thread_ts
        heard = workspace.team.scopes
        if place.is_im and "im:history" in heard:
            return await self.event("message", channel_type="im", client_msg_id=str(uuid4()), **fields)
        called = f"<@{workspace.team.bot_user}" in escaped and workspace.team.bot_user in place.members
        if called and not place.is_im and "app_mentions:read" in heard:
            return await self.event("app_mention", **fields)
        return None

    async def open_home(self, user: str, *, tab: str = "home") -> Delivery:
        """Look at the bot's Home tab, or with `tab="messages"` at its messages."""
        self.sender.person(user)
        home = self.sender.workspace.home_of(user)
        shown = {"view": view_json(self.sender.workspace, home)} if home and tab == "home" else {}
        place = self.sender.workspace.open_im(user)
        return await self.event("app_home_opened", user=user, channel=place.id, tab=tab, **shown)

    async def join_channel(self, user: str, channel: str, *, inviter: str = "") -> Delivery | None:
        """Come into a channel, by oneself or invited. The bot hears of it where it is a member; otherwise None."""
        workspace = self.sender.workspace
        place = workspace.channel(channel)
        place.members.add(user)
        if workspace.team.bot_user not in place.members:
            return None
        kind = "G" if place.is_private else "C"
        fields = {"user": user, "channel": place.id, "channel_type": kind, "team": workspace.team.id}
        return await self.event("member_joined_channel", **fields, **({"inviter": inviter} if inviter else {}))

    async def change_group(self, group: str, *, add: tuple[str, ...] = (), remove: tuple[str, ...] = ()) -> Delivery:
        """Change who is in a user group."""
        workspace = self.sender.workspace
        found = workspace.groups[group]
        kept = [member for member in found.members if member not in (*add, *remove)]
        found.members = [*kept, *add]
        return await self.event(
            "subteam_members_changed",
            subteam_id=found.id,
            team_id=workspace.team.id,
            date_previous_update=1700000000,
            date_update=int(workspace.clock.now().timestamp()),
            added_users=list(add),
            added_users_count=len(add),
            removed_users=list(remove),
            removed_users_count=len(remove),
        )

    async def update_group(self, group: str, *, disabled: bool) -> Delivery:
        """Switch a user group off or on again."""
        workspace = self.sender.workspace
        workspace.groups[group].disabled = disabled
        return await self.event(
            "subteam_updated", subteam=group_json(workspace, workspace.groups[group], with_users=True)
        )

    async def change_user(self, user: str, **fields: Any) -> Delivery:  # noqa: ANN401 (fields of User)
        """Change a person: deactivate, rename, make a guest."""
        workspace = self.sender.workspace
        changed = workspace.add_user(replace(workspace.users[user], **fields))
        return await self.event("user_change", user=user_json(workspace, changed), cache_ts=1700000000)

    async def _retry(self, body: Json, last: Delivery) -> None:
        clock = self.sender.workspace.clock
        for number, pause in enumerate(RETRY_AFTER, start=1):
            await clock.sleep_until(clock.now() + pause)
            reason = _REASONS.get(last.error, "http_error" if last.status else "connection_failed")
            last = await self.sender.send("events_api", body, retry=number, retry_reason=reason)
            if not last.error or last.no_retry:
                return

    def _callback(self, event: Json) -> Json:
        team = self.sender.workspace.team
        bot = {
            "enterprise_id": team.enterprise_id or None,
            "team_id": team.id,
            "user_id": team.bot_user,
            "is_bot": True,
            "is_enterprise_install": False,
        }
        return {
            "token": team.verification_token,
            "team_id": team.id,
            "api_app_id": team.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": f"Ev{uuid4().hex[:10].upper()}",
            "event_time": int(self.sender.workspace.clock.now().timestamp()),
            "authorizations": [bot],
            "is_ext_shared_channel": False,
            "event_context": uuid4().hex,
        }
