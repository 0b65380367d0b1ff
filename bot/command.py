"""The one form every command fills in, and what its handler is given.

A command is a file in `bot/commands/` with an `Args` dataclass (its grammar), `run` (what it does) and `COMMAND`
(the declaration). Parser, help, modals, manifest and the documents read the declarations.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

from bot.capabilities import Backend
from bot.desk import Desk
from bot.errors import BotError, Refused
from bot.forms import FieldForm
from bot.grammar import ParticipantWord
from bot.lookup import find_participant
from bot.model import Meeting, Participant, Presence, Risk, Room, RoomWord
from bot.people import Caller
from bot.policy import Decision, Deny
from bot.reply import Button, Reply, Text
from bot.rules import Need
from bot.voice import Address

B = TypeVar("B", bound=Backend)
A = TypeVar("A")
T = TypeVar("T")


class Confirm(BotError):
    """A question instead of an act: nothing was done yet, the button does it."""

    outcome = ""

    def __init__(self, question: Text, button: Button) -> None:
        super().__init__("Please confirm.", detail=question, buttons=(button,))


def enforce(decision: Decision) -> None:
    """Raise what a policy denies."""
    if isinstance(decision, Deny):
        raise Refused(decision.sentence, detail=decision.reason)


@dataclass(frozen=True, slots=True)
class Act(Generic[B]):
    """One command being carried out: who, where, on what."""

    desk: Desk
    caller: Caller
    address: Address
    backends: tuple[B, ...]  # of the rooms, in their order; or the one named
    rooms: tuple[Room, ...] = ()
    why: str = ""
    line: str = ""  # the canonical command line
    request_id: str | None = None  # set once the act is recorded and about to happen
    meeting: Meeting | None = None  # the running meeting this is bound to, where known
    found: dict[str, Any] = field(default_factory=dict)  # what `prepare` found out, for what follows; kept nowhere

    @property
    def backend(self) -> B:
        """The back end of the (first) room."""
        return self.backends[0]

    @property
    def room(self) -> Room:
        """The room, for commands that name one."""
        return self.rooms[0]

    @property
    def place(self) -> str | None:
        """The channel the command came from, None for a direct message or the launcher."""
        channel = self.address.channel_id
        return channel if channel and not channel.startswith("D") else None

    def recorded(self, request_id: str) -> Act[B]:
        """The same act, known by its request."""
        return replace(self, request_id=request_id)

    async def once(self, effect: str, send: Callable[[], Awaitable[T]], kind: type[T]) -> T:
        """Send what costs money or cannot be repeated: at most once for this request, whatever crashes in between."""
        if self.request_id is None:
            raise RuntimeError("only a recorded request may do this")
        return await self.desk.calls.once(self.request_id, effect, send, kind)

    async def participant(self, word: ParticipantWord) -> Participant:
        """Exactly one person who is in the room now. Raises NotFound or Ambiguous."""
        user_id = None
        if word.user_id is not None:
            person = self.caller.person.beside(word.user_id)
            user_id = await self.desk.store.people.user_id_of(person)
        return find_participant(word, await self.desk.presence(self.room), vendor_user_id=user_id)


def _no_facts(act: Act[Any], args: Any) -> frozenset[str]:  # noqa: ANN401
    return frozenset()


def _one_room(args: Any) -> tuple[RoomWord | None, ...]:  # noqa: ANN401
    return (args.room,) if hasattr(args, "room") else ()


@dataclass(frozen=True)
class Command(Generic[B, A]):
    """One verb, as data."""

    name: str
    summary: str  # one line for help, in the imperative
    args: type[A]
    run: Callable[[Act[B], A], Awaitable[Reply]]
    doing: str = ""  # completes "You can't … here": "remove people"
    needs: type[B] | None = None  # the ability; None: no back end is asked
    permission: Need | None = None  # None: everybody (help, whoami)
    writing: Need | None = None  # what changing something takes, where `permission` is for looking
    risk: Risk = Risk.READ
    owner_counts: bool = True  # the room's owner counts as monitoringMode READ_WRITE_ACCESS
    public: bool = False  # its result is posted in the channel it came from
    binds_meeting: bool = False  # refused when the meeting it was asked for has ended
    backend_needs: Callable[[B], Need | None] = lambda backend: None  # what a back end asks for beside `permission`
    rooms: Callable[[A], tuple[RoomWord | None, ...]] = _one_room  # the existing rooms it names; None: this channel's
    backend: Callable[[A], str | None] = lambda args: None  # without rooms: the back end named; None: the default one
    facts: Callable[[Act[B], A], frozenset[str]] = _no_facts  # for the approval rules: book, own_idle, bulk, …
    says: Callable[[Act[B], A, Presence | None], Text] | None = None  # the approval card: what exactly will happen
    prepare: Callable[[Act[B], A], Awaitable[A]] | None = None  # resolve and check before anything is asked or done
    check: Callable[[Act[B], A], Awaitable[Reply]] | None = None  # look what became of an unknown outcome; send nothing
    permission_of: Callable[[A], Need] | None = None  # what these arguments need, where that differs from `permission`
    risk_of: Callable[[A], Risk] | None = None  # what repeating these would do, where that differs from `risk`
    form: Callable[[Act[B], A], Awaitable[FieldForm]] | None = None  # a form that completes a line begun, asked anew
    suggest: Callable[[Act[B], str, str], Awaitable[tuple[tuple[str, str], ...]]] | None = None  # of a form's choices
    examples: tuple[str, ...] = ()

    def need(self, args: A) -> Need | None:
        """The permission that this very command needs."""
        return self.permission_of(args) if self.permission_of else self.permission

    def risk_with(self, args: A) -> Risk:
        """What repeating this very command would do."""
        return self.risk_of(args) if self.risk_of else self.risk
