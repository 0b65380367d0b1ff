"""What the bot needs from a chat: say something to one person, post, edit, ask in a form. Slack implements it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from bot.forms import FieldForm
from bot.model import Person
from bot.reply import Button, Card, Text

Sending = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Address:
    """Where a private answer to one interaction can go: its response address first, then the channel, then their DM."""

    person: Person
    channel_id: str | None = None
    response_url: str | None = None
    trigger_id: str | None = None  # 3 seconds, single use
    thread_ts: str | None = None  # the thread that was spoken in, where it was one
    view_id: str | None = None


@dataclass(frozen=True, slots=True)
class Posted:
    """A message the bot posted and may edit."""

    channel_id: str
    ts: str
    thread_ts: str | None = field(default=None, compare=False)  # the thread it stands in


@dataclass(frozen=True, slots=True)
class Form:
    """A modal that fills in one command. `fields` come from the command's own arguments (bot/grammar.py)."""

    verb: str
    title: str
    values: Mapping[str, str]  # what is known already, by field name
    only: tuple[str, ...] = ()  # show just these fields (the rest stays as in `line`)
    line: str = ""  # the command line the form completes (a missing reason)
    where: bool = False  # ask for the channel too: it was opened from no place in particular


class Voice(ABC):
    """The chat, as dispatch sees it. Every method escapes what it is given, and raises only what it says."""

    @abstractmethod
    async def whisper(self, to: Address, body: Text | Card, buttons: tuple[Button, ...] = ()) -> None:
        """Answer this person alone: response address, then ephemeral, then direct message. May reveal links."""

    @abstractmethod
    async def post(
        self,
        to: str,
        body: Text | Card,
        buttons: tuple[Button, ...] = (),
        *,
        thread_ts: str | None = None,
        sending: Sending | None = None,
    ) -> Posted:
        """Post to a channel (`C…`, `G…`, `D…`), in a thread of it, or to somebody's direct messages (`U…`). No links.

        `sending` is awaited once it is this message's turn, right before it goes out; what it raises stops it.
        Raises Unreachable: NotYetSaid where trying again may help, MaybeSaid where nobody knows.
        """

    @abstractmethod
    async def remove(self, message: Posted) -> None:
        """Take a message of the bot's own away; nothing is raised when that can't be done."""

    @abstractmethod
    async def edit(self, message: Posted, body: Text | Card, buttons: tuple[Button, ...] = ()) -> None:
        """Replace a message. Edits of one message are paced; the last state wins.

        Raises Unavailable where the chat did not take it, after several tries: the message may say what it said.
        """

    @abstractmethod
    async def check_may_post(self, channel_id: str) -> None:
        """Raises Unreachable with the remedy ("invite me with /invite @meetops") where the bot cannot post."""

    @abstractmethod
    async def is_member(self, channel_id: str, person: Person) -> bool:
        """Whether this person is in that channel now. Raises Unreachable when it cannot be known."""

    @abstractmethod
    async def channel_name(self, channel_id: str) -> str:
        """The channel's name without `#`; its id when Slack does not say."""

    @abstractmethod
    async def ask(self, to: Address, form: Form) -> None:
        """Open this form for the person (needs a fresh trigger), or say privately how to type it."""

    @abstractmethod
    async def fill_in(self, to: Address, form: Callable[[], Awaitable[FieldForm]]) -> None:
        """Open a form at once, with its fields as soon as they are known. What it raises is said in the form."""
