"""What the bot says, without Slack: text whose untrusted parts stay marked, buttons, cards.

A `Text` is a tuple of parts. A bare `str` is always shown literally (the renderer escapes it), so a room called
`<!channel>` stays a name; only the small part classes below have a meaning.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.model import JoinLink, Outcome


@dataclass(frozen=True, slots=True)
class Strong:
    """Shown in bold."""

    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """Shown as code: ids, command lines."""

    text: str


@dataclass(frozen=True, slots=True)
class Verbatim:
    """Several lines shown exactly as they are: a certificate request."""

    text: str


@dataclass(frozen=True, slots=True)
class User:
    """A mention of a Slack user by id. Notifies them where the message is public."""

    user_id: str


@dataclass(frozen=True, slots=True)
class Group:
    """A mention of a Slack user group by id."""

    group_id: str


@dataclass(frozen=True, slots=True)
class Place:
    """A Slack channel by id."""

    channel_id: str


@dataclass(frozen=True, slots=True)
class At:
    """A moment (aware), shown in each reader's own time zone; `style` is `time` (14:32) or `full` (day and time)."""

    moment: datetime
    style: str = "time"


Part = str | Strong | Code | Verbatim | User | Group | Place | At
Text = tuple[Part, ...]


def text(*parts: Part) -> Text:
    """Join parts into one Text."""
    return parts


def joined(separator: str, items: list[Text]) -> Text:
    """The items with the separator between them."""
    parts: list[Part] = []
    for index, item in enumerate(items):
        if index:
            parts.append(separator)
        parts.extend(item)
    return tuple(parts)


@dataclass(frozen=True, slots=True)
class Button:
    """One button. `action` is a stable word that dispatch maps to a handler, `value` an opaque id, never authority.

    `label` is one of the stable button texts of interface.md §5 where it names one. With `link` it opens that link
    and may only stand in a private answer.
    """

    label: str
    action: str
    value: str = ""
    style: str | None = None  # primary | danger
    confirm: Text | None = None
    link: JoinLink | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph of an answer with the buttons that belong to it (a person in `who`, a room in `rooms`)."""

    body: Text
    buttons: tuple[Button, ...] = ()
    quiet: bool = False  # small grey print


@dataclass(frozen=True, slots=True)
class Card:
    """A message made of lines: room cards, approval cards, `who`, `help`."""

    title: str
    lines: tuple[Line, ...] = ()
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class Post:
    """A further message that goes with a Reply: to a channel (`C…`) or to a person's direct messages (`U…`)."""

    to: str
    body: Card | Text
    buttons: tuple[Button, ...] = ()
    room_id: str | None = None  # a room card: remembered so that it can be edited later


@dataclass(frozen=True, slots=True)
class Watch:
    """What to look for after a vendor accepted: once `seen()` is true the answer becomes *confirmed*."""

    seen: Callable[[], bool]
    seconds: float = 90.0
    says: Text = ()  # in place of the answer's words, once it is confirmed


@dataclass(frozen=True, slots=True)
class Reply:
    """How one command ended, for the person who typed it.

    `public` asks for the answer to be posted in the channel the command came from; otherwise it goes to the caller
    alone. The visible text always carries `outcome`'s word, unless it is None (a plain listing).
    """

    body: Text
    outcome: Outcome | None = None
    public: bool = False
    card: Card | None = None
    buttons: tuple[Button, ...] = ()
    posts: tuple[Post, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)  # for the audit: no secrets
    watch: Watch | None = None

    def and_post(self, *posts: Post) -> Reply:
        """The same reply with further messages."""
        return replace(self, posts=self.posts + posts)
