"""The state of one simulated Slack workspace, short ways to look at it, and news of every change."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import TypeVar

from bot.clock import Clock
from bot.play.slack.records import Call, Change, ChangeKind, Channel, Json, Message, User, UserGroup, View
from bot.play.slack.visible import with_block_ids

Seen = TypeVar("Seen")

BOT_SCOPES = frozenset(
    (
        "app_mentions:read",
        "commands",
        "files:read",
        "chat:write",
        "chat:write.public",
        "users:read",
        "users:read.email",
        "usergroups:read",
        "channels:read",
        "groups:read",
        "im:history",
        "im:write",
        "mpim:read",
    )
)


BOT_EVENTS = frozenset(
    (
        *("app_home_opened", "app_mention", "message.im"),
        *("channel_archive", "channel_left", "group_archive", "group_left"),
        *("member_joined_channel", "member_left_channel"),
        *("subteam_members_changed", "subteam_updated", "user_change"),
    )
)


@dataclass(frozen=True, slots=True)
class Team:
    """The workspace's own names, and the bot's in it."""

    id: str = "T0MEETOPS"
    domain: str = "meetops-demo"
    name: str = "Meetops Demo"
    enterprise_id: str = ""
    enterprise_name: str = ""
    app_id: str = "A0MEETOPS"
    bot_id: str = "B0MEETOPS"
    bot_user: str = "U0MEETOPS"
    bot_name: str = "meetops"
    verification_token: str = "deprecated-verification-token"  # noqa: S105 (Slack still sends one; nobody checks it)
    scopes: frozenset[str] = field(default=BOT_SCOPES)
    events: frozenset[str] | None = None  # what the bot subscribed to; None: whatever its scopes let it hear


class Workspace:
    """People, channels, messages and open views, changed only through its methods.

    Channels are named by id or by `#name` everywhere.
    """

    def __init__(self, clock: Clock, team: Team | None = None) -> None:
        self.clock = clock
        self.team = team or Team()
        self.users: dict[str, User] = {}
        self.groups: dict[str, UserGroup] = {}
        self.channels: dict[str, Channel] = {}
        self.history: dict[str, list[Message]] = {}
        self.whispers: list[Message] = []
        self.stacks: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}
        self.calls: list[Call] = []
        self._subscribers: list[Callable[[Change], None]] = []
        self._changed = asyncio.Event()
        self._last_micros = 0
        self._serial = count(1)
        self.add_user(User(self.team.bot_user, self.team.bot_name, real_name=self.team.bot_name, is_bot=True))

    # -- looking

    def messages(self, channel: str, *, deleted: bool = False) -> list[Message]:
        """What everybody in that channel sees, oldest first; with `deleted` also what was taken away."""
        found = self.history.get(self.channel(channel).id, [])
        return [message for message in found if deleted or not message.deleted]

    def ephemerals(self, *, channel: str = "", user: str = "") -> list[Message]:
        """Messages "only visible to you", oldest first, in one channel and for one person where named."""
        place = self.channel(channel).id if channel else ""
        return [
            message
            for message in self.whispers
            if not message.deleted and place in ("", message.channel) and user in ("", message.ephemeral_for)
        ]

    def dms(self, user: str) -> list[Message]:
        """The direct conversation of that person with the bot, oldest first."""
        return self.messages(im.id) if (im := self._im_of(user)) else []

    def view_of(self, user: str) -> View | None:
        """The modal on top of that person's screen."""
        stack = self.stacks.get(user)
        return stack[-1] if stack else None

    def home_of(self, user: str) -> View | None:
        """The Home tab last published for that person."""
        return self.homes.get(user)

    def view(self, view_id: str) -> View | None:
        """An open modal or a Home tab by id."""
        views = [*(view for stack in self.stacks.values() for view in stack), *self.homes.values()]
        return next((view for view in views if view.id == view_id), None)

    def calls_of(self, method: str) -> list[Call]:
        """The Web API calls of one method, oldest first."""
        return [call for call in self.calls if call.method == method]

    def channel(self, name: str) -> Channel:
        """By id or `#name`. Raises KeyError naming what does not exist."""
        if found := self.find_channel(name):
            return found
        raise KeyError(f"no channel {name} in the workspace")

    def find_channel(self, name: str) -> Channel | None:
        """By id or `#name`, None when there is none."""
        if name in self.channels:
            return self.channels[name]
        bare = name.removeprefix("#")
        return next((channel for channel in self.channels.values() if bare and channel.name == bare), None)

    async def until(self, predicate: Callable[[], Seen], timeout: float = 5.0) -> Seen:  # noqa: ASYNC109
        """Wait (real seconds) until `predicate()` is true and return its value.

        Looks again at each change of the workspace and every 10 ms, so it may also watch other things.
        Raises TimeoutError.
        """
        async with asyncio.timeout(timeout):
            while not (seen := predicate()):
                changed = self._changed
                with suppress(TimeoutError):
                    async with asyncio.timeout(0.01):
                        await changed.wait()
            return seen

    def subscribe(self, callback: Callable[[Change], None]) -> Callable[[], None]:
        """Call back for every visible change from now on; the returned function ends that."""
        self._subscribers.append(callback)
        return lambda: self._subscribers.remove(callback)

    # -- changing

    def add_user(self, user: User) -> User:
        """Add or replace a person."""
        user.team_id = user.team_id or self.team.id
        self.users[user.id] = user
        return user

    def add_group(self, group: UserGroup) -> UserGroup:
        """Add or replace a user group."""
        self.groups[group.id] = group
        return group

    def add_channel(self, channel: Channel) -> Channel:
        """Add or replace a channel."""
        self.channels[channel.id] = channel
        return channel

    def open_im(self, user: str) -> Channel:
        """The direct conversation of that person with the bot, made when it is the first time."""
        members = {user, self.team.bot_user}
        return self._im_of(user) or self.add_channel(Channel(f"D{user[1:]}", members=members, peer=user))

    def post(self, message: Message) -> Message:
        """Show a message to the channel, or to one person when it is ephemeral."""
        message.blocks = with_block_ids(message.blocks)
        if message.ephemeral_for:
            self.whispers.append(message)
        else:
            self.history.setdefault(message.channel, []).append(message)
        self._tell("ephemeral" if message.ephemeral_for else "posted", message=message)
        return message

    def edit(self, message: Message, **content: object) -> Message:
        """Change text, blocks, attachments or metadata of a message where it stands."""
        for name, value in content.items():
            setattr(message, name, value)
        message.blocks = with_block_ids(message.blocks)
        message.edited = True
        self._tell("ephemeral_edited" if message.ephemeral_for else "edited", message=message)
        return message

    def delete(self, message: Message) -> None:
        """Take a message away; it stays in the history, marked."""
        message.deleted = True
        self._tell("ephemeral_deleted" if message.ephemeral_for else "deleted", message=message)

    def find_message(self, channel: str, ts: str) -> Message | None:
        """A message everybody sees and nobody deleted. Ephemeral ones are never found, as in Slack."""
        return next(
            (message for message in self.history.get(channel, []) if message.ts == ts and not message.deleted), None
        )

    def show_view(self, user: str, payload: Json, *, push: bool = False) -> View:
        """Open a modal, alone or on top of the person's stack."""
        stack = self.stacks.get(user, []) if push else []
        if not push:
            self.close_views(user)
        view_id = f"V{self.serial():08d}"
        view = View(view_id, user, payload, self._new_hash(), root_id=stack[0].id if stack else view_id)
        view.previous_id = stack[-1].id if stack else ""
        view.payload = {**payload, "blocks": with_block_ids(view.blocks)}
        self.stacks[user] = [*stack, view]
        self._tell("view_opened", view=view)
        return view

    def update_view(self, view: View, payload: Json) -> View:
        """Replace what a modal shows. Inputs keep what was typed where both ids stayed the same."""
        view.payload = {**payload, "blocks": with_block_ids(payload.get("blocks", []))}
        view.errors, view.hash = {}, self._new_hash()
        self._tell("view_updated", view=view)
        return view

    def refuse_view(self, view: View, errors: dict[str, str]) -> None:
        """Show an error under inputs of a modal: block_id -> text."""
        view.errors = errors
        self._tell("view_updated", view=view)

    def close_views(self, user: str, views: Iterable[View] | None = None) -> None:
        """Close these modals of that person, all when none are named."""
        stack = self.stacks.get(user, [])
        for view in reversed(list(stack if views is None else views)):
            view.closed = True
            self.stacks[user] = [kept for kept in self.stacks[user] if kept is not view]
            self._tell("view_closed", view=view)

    def publish_home(self, user: str, payload: Json) -> View:
        """Show that Home tab to the person."""
        before = self.homes.get(user)
        view_id = before.id if before else f"V{self.serial():08d}"
        home = View(view_id, user, payload, self._new_hash(), root_id=view_id)
        home.payload = {**payload, "blocks": with_block_ids(home.blocks)}
        self.homes[user] = home
        self._tell("home_published", view=home)
        return home

    def note_call(self, call: Call) -> None:
        """Remember a Web API call."""
        self.calls.append(call)

    def new_ts(self) -> str:
        """The present as a message timestamp, unique in this workspace."""
        micros = round(self.clock.now().timestamp() * 1_000_000)
        self._last_micros = max(micros, self._last_micros + 1)
        return f"{self._last_micros // 1_000_000}.{self._last_micros % 1_000_000:06d}"

    def serial(self) -> int:
        """A number never given before in this workspace."""
        return next(self._serial)

    def _im_of(self, user: str) -> Channel | None:
        return next((channel for channel in self.channels.values() if user and channel.peer == user), None)

    def _new_hash(self) -> str:
        return f"{int(self.clock.now().timestamp())}.{secrets.token_hex(4)}"

    def _tell(self, kind: ChangeKind, *, message: Message | None = None, view: View | None = None) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()
        for subscriber in tuple(self._subscribers):
            subscriber(Change(kind, message=message, view=view))
