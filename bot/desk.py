"""All that a handler may use: what the bot keeps, whom it knows, how it speaks. Built once by `bot/app.py`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from bot.approvals import Approvals, Request
from bot.audit import Audit
from bot.calls import Calls
from bot.capabilities import Backend, ListsParticipants
from bot.cards import RoomCards
from bot.clock import Clock
from bot.door import Door
from bot.errors import Refused, Unavailable
from bot.files import SharedFiles
from bot.lookup import Lookup
from bot.model import Meeting, Participant, Person, PhoneNumber, Presence, Room
from bot.people import ROLES, Caller, People
from bot.phone import PhoneCalls
from bot.policy import Allow, Policy, judge
from bot.reminders import Reminders
from bot.reply import User, text
from bot.roster import Roster
from bot.seal import Seal
from bot.store import Store
from bot.voice import Voice

if TYPE_CHECKING:
    from bot.command import Command


@dataclass(frozen=True, slots=True)
class Desk:
    """The services, and the questions about a room that several verbs ask."""

    store: Store
    lookup: Lookup
    door: Door
    roster: Roster
    people: People
    approvals: Approvals
    calls: Calls
    phone: PhoneCalls
    audit: Audit
    voice: Voice
    cards: RoomCards
    clock: Clock
    policy: Callable[[], Policy]  # today's: SIGHUP replaces it
    backends: Mapping[str, Backend]
    default_backend: str
    commands: Mapping[str, Command[Any, Any]]
    judge: Callable[[str, Caller, str | None], Awaitable[int]]  # (line, caller, channel) → approvals it needs
    last_error: Callable[[str], str]  # of a back end, for `status`
    reminders: Reminders
    seal: Seal
    files: SharedFiles
    slash: str = "/meet"
    guests_may_join: bool = False

    async def allowed(self, command: Command[Any, Any], caller: Caller) -> bool:
        """Whether the caller may give it at least somewhere: by their own permissions, or in a room they own."""
        owns = command.owner_counts and bool(await self.store.rooms.owned_by(caller.person))
        return isinstance(judge(self.policy().needs(command.permission), caller.permissions, owner=owns), Allow)

    async def allowed_verbs(self, caller: Caller) -> list[Command[Any, Any]]:
        """What `help` and the menu show this caller, in the registry's order."""
        return [command for command in self.commands.values() if await self.allowed(command, caller)]

    async def check_invited(self, people: Sequence[Person]) -> None:
        """Raise Refused for somebody who could not come in with an invitation."""
        for person in people:
            caller = await self.people.caller(person)
            if caller.deactivated or caller.bot:
                what = "has a deactivated account" if caller.deactivated else "is an app"
                raise Refused(
                    f"{caller.name} {what}.", detail=text(User(person.user_id), f" {what}; nobody was invited.")
                )
            if (caller.guest or caller.stranger) and not caller.sources and not self.guests_may_join:
                link = f'a guest link works: invite room "{caller.name}"'
                detail = text(User(person.user_id), f" is a guest and can't press Join; {link}. Nobody was invited.")
                raise Refused(f"{caller.name} is a guest and can't press Join; {link}.", detail=detail)

    async def roles_changed(self, backend: str) -> None:
        """What was read before of the roles that this back end keeps counts no more, in no process."""
        self.people.roles_changed(backend)
        with suppress(Unavailable):  # the others read them again within minutes anyway
            await self.store.db.announce(ROLES, backend)

    async def waiting_for(self, caller: Caller) -> list[Request]:
        """The requests that this person may decide on, did not ask for, and has not approved yet."""
        may_decide = [
            request
            for request in await self.approvals.pending()
            if request.requester.user_id != caller.person.user_id
            and all(caller.permissions.allows(need) for need in request.approver_needs)
        ]
        me = caller.person.user_id
        return [one for one in may_decide if me not in {by.user_id for by in await self.approvals.approvers(one.id)}]

    async def presence(self, room: Room) -> Presence:
        """Who is in, asked or as reported, with the people the bot minted links for made out."""
        backend = self.backends[room.backend]
        if isinstance(backend, ListsParticipants):
            seen = self.roster.completed(room, await backend.participants(room))
        else:
            seen = self.roster.presence(room.backend, room.vendor_id)
        if seen.participants is None:
            return seen
        return replace(seen, participants=tuple([await self._made_out(one) for one in seen.participants]))

    async def _made_out(self, one: Participant) -> Participant:
        if one.user_id is None or one.person is not None:
            return one
        return replace(one, person=await self.store.people.person_of(one.user_id))

    def has_left(self, room: Room, one: Participant) -> bool:
        """Whether the vendor reported that this presence is over."""
        people = self.roster.presence(room.backend, room.vendor_id).participants
        return people is not None and all(other.id != one.id for other in people)

    def over(self, room: Room, meeting: Meeting) -> bool:
        """Whether the vendor reported the end of that meeting."""
        return self.roster.ended_at(room.backend, room.vendor_id, meeting.id) is not None

    def phone_is_in(self, room: Room, number: PhoneNumber) -> bool:
        """Whether the vendor reported that this phone is in the room now."""
        people = self.roster.presence(room.backend, room.vendor_id).participants
        return any(one.phone == number.e164 for one in people or ())

    async def inside(self, backend: str, user_id: str) -> list[tuple[Room, Participant]]:
        """Every place where this vendor user is now, as reported."""
        found = []
        for room in await self.store.rooms.all(backend):
            people = self.roster.presence(backend, room.vendor_id).participants
            found += [(room, one) for one in people or () if one.user_id == user_id]
        return found
