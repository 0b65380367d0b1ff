"""What a Slack workspace is made of: people, groups, channels, messages, views."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Json = dict[str, Any]

ChangeKind = Literal[
    "posted",
    "edited",
    "deleted",
    "ephemeral",
    "ephemeral_edited",
    "ephemeral_deleted",
    "view_opened",
    "view_updated",
    "view_closed",
    "home_published",
]


@dataclass(slots=True)
class User:
    """A person or a bot of the workspace, or a stranger from another one (Slack Connect)."""

    id: str
    name: str  # the unique handle, without @
    real_name: str = ""
    display_name: str = ""
    email: str = ""
    tz: str = "Etc/UTC"
    team_id: str = ""  # empty: the workspace's own
    is_admin: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    is_bot: bool = False
    deleted: bool = False


@dataclass(slots=True)
class UserGroup:
    """A user group (`S…`); `handle` is what people type after @."""

    id: str
    handle: str
    name: str
    members: list[str] = field(default_factory=list)
    disabled: bool = False


@dataclass(slots=True)
class Channel:
    """A channel or a direct conversation; `peer` is the person of a direct one."""

    id: str
    name: str = ""
    members: set[str] = field(default_factory=set)
    is_private: bool = False
    is_archived: bool = False
    peer: str = ""

    @property
    def is_im(self) -> bool:
        """True for a direct conversation between the bot and one person."""
        return bool(self.peer)


@dataclass(slots=True)
class Message:
    """One message; `ephemeral_for` names the only person who sees it, empty when the whole channel does."""

    channel: str
    ts: str
    user: str
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    files: list[Json] = field(default_factory=list)
    thread_ts: str = ""
    ephemeral_for: str = ""
    metadata: Json = field(default_factory=dict)
    edited: bool = False
    deleted: bool = False
    bot_id: str = ""
    # what a person chose in selects and inputs of this message: block_id -> action_id -> state
    values: dict[str, dict[str, Json]] = field(default_factory=dict)


@dataclass(slots=True)
class View:
    """A modal of one person's stack, or somebody's Home tab."""

    id: str
    user: str
    payload: Json  # as the bot sent it, block ids filled in
    hash: str
    root_id: str
    previous_id: str = ""
    errors: dict[str, str] = field(default_factory=dict)  # block_id -> text under the input
    values: dict[str, dict[str, Json]] = field(default_factory=dict)
    closed: bool = False

    @property
    def blocks(self) -> list[Json]:
        """The blocks on show."""
        blocks: list[Json] = self.payload.get("blocks", [])
        return blocks

    @property
    def title(self) -> str:
        """The title at the top of a modal; empty for a Home tab."""
        return str((self.payload.get("title") or {}).get("text", ""))

    @property
    def is_home(self) -> bool:
        """True for a Home tab, which is published and never opened."""
        return self.payload.get("type") == "home"


@dataclass(frozen=True, slots=True)
class Change:
    """One visible change of the workspace, as told to subscribers."""

    kind: ChangeKind
    message: Message | None = None
    view: View | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """One Web API call as it arrived, without its token, and the answer it got."""

    method: str
    args: Json
    at: datetime
    answer: Json
    status: int = 200

    @property
    def ok(self) -> bool:
        """Whether Slack did what was asked."""
        return bool(self.answer.get("ok"))
