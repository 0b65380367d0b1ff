"""The workspace as the page reads it: people, channels, messages and views as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.play.slack.records import Channel, Message, User, View
from bot.play.slack.visible import text_of
from bot.play.slack.workspace import Workspace

Json = dict[str, Any]
LATEST = 200  # messages of one channel that a page gets when it opens


class Scene:
    """Reads one workspace. `roles` is what the switcher says beside a name: user id -> word."""

    def __init__(self, workspace: Workspace, roles: Mapping[str, str]) -> None:
        self._workspace = workspace
        self._roles = roles

    def people(self) -> list[Json]:
        """Everybody, the bot included, in the order of the workspace."""
        return [self._person(user) for user in self._workspace.users.values() if not user.deleted]

    def playable(self, user_id: str) -> bool:
        """Whether the page may show the workspace as this person: one with a role here, never a bot."""
        user = self._workspace.users.get(user_id)
        return bool(user and user.id in self._roles and not user.is_bot and not user.deleted)

    def groups(self) -> list[Json]:
        """The user groups that are in use."""
        return [{"id": one.id, "handle": one.handle} for one in self._workspace.groups.values() if not one.disabled]

    def channels(self, user_id: str) -> list[Json]:
        """The channels and direct conversations this person is in."""
        return [self._channel(channel) for channel in self._channels_of(user_id)]

    def messages(self, user_id: str) -> dict[str, list[Json]]:
        """By channel, oldest first: what this person sees, whispers to them included."""
        return {channel.id: self._seen_in(channel, user_id) for channel in self._channels_of(user_id)}

    def views(self, user_id: str) -> list[Json]:
        """The stack of modals of this person, the top one last."""
        return [view_json(view) for view in self._workspace.stacks.get(user_id, [])]

    def home(self, user_id: str) -> Json | None:
        """The Home tab last published for this person."""
        view = self._workspace.home_of(user_id)
        return view_json(view) if view else None

    def readers_of(self, message: Message) -> frozenset[str]:
        """Who sees it."""
        if message.ephemeral_for:
            return frozenset({message.ephemeral_for})
        return frozenset(self._workspace.channel(message.channel).members)

    def awaited_by(self, message: Message) -> dict[str, list[str]]:
        """`readers`: for whom the channel has something new; `called`: those whom it is about, or who alone see it."""
        readers = [one for one in self.readers_of(message) if one != message.user and self.playable(one)]
        private = bool(message.ephemeral_for) or self._workspace.channel(message.channel).is_im
        words = text_of(message)
        return {"readers": readers, "called": [one for one in readers if private or f"<@{one}" in words]}

    def _channels_of(self, user_id: str) -> list[Channel]:
        known = self._workspace.channels.values()
        return [channel for channel in known if user_id in channel.members and not channel.is_archived]

    def _seen_in(self, channel: Channel, user_id: str) -> list[Json]:
        public = self._workspace.messages(channel.id)
        whispers = self._workspace.ephemerals(channel=channel.id, user=user_id)
        return [message_json(one) for one in sorted([*public, *whispers], key=lambda one: float(one.ts))][-LATEST:]

    def _person(self, user: User) -> Json:
        return {
            "id": user.id,
            "name": user.real_name or user.display_name or user.name,
            "handle": user.name,
            "tz": user.tz,
            "bot": user.is_bot,
            "role": self._roles.get(user.id, ""),
            "playable": self.playable(user.id),
        }

    def _channel(self, channel: Channel) -> Json:
        return {
            "id": channel.id,
            "name": channel.name,
            "private": channel.is_private,
            "im": self._workspace.team.bot_user if channel.is_im else None,
        }


def message_json(message: Message) -> Json:
    """One message."""
    return {
        "ts": message.ts,
        "user": message.user,
        "text": message.text,
        "blocks": message.blocks,
        "attachments": message.attachments,
        "thread_ts": message.thread_ts,
        "ephemeral": bool(message.ephemeral_for),
        "edited": message.edited,
    }


def view_json(view: View) -> Json:
    """One modal or Home tab: what the bot sent, with its id, hash and the errors under inputs."""
    return {**view.payload, "id": view.id, "hash": view.hash, "errors": view.errors}
