"""What several commands show: a room in a channel, a participant in a list, a request in one line."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.approvals import Request
from bot.capabilities import Event
from bot.errors import BackendError, BotError, NotFound, Unavailable
from bot.model import Medium, Meeting, Participant, Presence, Room
from bot.policy import Source
from bot.reply import At, Button, Card, Group, Line, Part, Place, Strong, Text, User, joined, text
from bot.role_copies import RoleCopy
from bot.roster import Roster
from bot.store import Store
from bot.voice import Posted, Voice

MOST_NAMED = 12
MOST_KEPT_TRUE = 5  # cards of one room, the newest: an edit of each costs a call to Slack


class RoomCards:
    """The posted cards of rooms, kept true: who is in, whether it is locked, whether it is still there.

    What vendors report changes them by itself; commands say `changed` for the rest. Edits never fail a command.
    """

    def __init__(
        self,
        store: Store,
        roster: Roster,
        voice: Voice,
        *,
        presence: Callable[[Room], Awaitable[Presence]],
        asked: Callable[[Room], bool],
        door: Callable[[Room], tuple[str, ...]],
        known: Callable[[str], bool],
        background: Callable[[Coroutine[Any, Any, None], str], None],
    ) -> None:
        """`presence` may raise BackendError; `asked`: the back end is asked who is in, it does not tell by itself;
        `door`: what whoever joins has to know (SharesJoinLinks.door_words); `known`: such a back end is configured.
        """
        self._store, self._roster, self._voice, self._door = store, roster, voice, door
        self._presence, self._asked, self._known, self._background = presence, asked, known, background
        self._due: set[str] = set()
        self._editing: set[str] = set()
        self._shown: dict[str, Card] = {}
        roster.subscribe(self._reported)

    async def card(self, room: Room) -> Card:
        """The card as things stand. A vendor that cannot be asked makes it say so, not fail."""
        try:
            presence = await self._presence(room)
        except (BackendError, NotFound):
            presence = Presence(None, None)
        return room_card(room, presence, asked=self._asked(room), door=self._door(room))

    def changed(self, room_id: str) -> None:
        """Something about this room is other than its cards say."""
        self._due.add(room_id)
        if room_id not in self._editing:
            self._background(self._refresh(room_id), "room cards")

    def posted(self, room_id: str, card: Card) -> None:
        """This card of the room stands somewhere now. What changed while Slack took it is written on it too."""
        shown = self._shown.get(room_id)
        if shown is not None and shown != card:
            del self._shown[room_id]
            self.changed(room_id)

    def retire(self, room: Room, cards: Sequence[Posted]) -> None:
        """The room was deleted: its cards offer no Join any more."""
        self._shown.pop(room.id, None)
        self.gone(room.handle, cards)

    def gone(self, title: str, cards: Sequence[Posted]) -> None:
        """These show a room of that name which is no more."""
        self._background(self._edit(cards, Card(title=title, lines=(Line(text("Deleted.")),))), "room cards")

    def _reported(self, backend: str, event: Event) -> None:
        self._background(self._changed_there(backend, event.vendor_id), "room cards")

    async def resume(self, since: datetime) -> None:
        """After a start: put right the cards of rooms in which something happened since then, or happens now."""
        for backend, vendor_id in {*self._roster.heard_since(since), *self._roster.running_anywhere()}:
            room = await self._store.rooms.by_vendor(backend, vendor_id)
            if room is not None and self._known(backend):
                self.changed(room.id)

    async def _changed_there(self, backend: str, vendor_id: str) -> None:
        room = await self._store.rooms.by_vendor(backend, vendor_id)
        if room is not None:
            self._due.add(room.id)
            await self._refresh(room.id)

    async def _refresh(self, room_id: str) -> None:
        """One at a time for each room; what changes meanwhile is written in the next turn."""
        if room_id in self._editing:
            return
        self._editing.add(room_id)
        try:
            while room_id in self._due:
                self._due.discard(room_id)
                room = await self._store.rooms.get(room_id)
                if room is None:
                    return
                card = await self.card(room)
                if self._store.db.shared or self._shown.get(room_id) != card:
                    self._shown[room_id] = card
                    try:
                        await self._edit(await self._store.rooms.cards(room_id), card)
                    except Unavailable:
                        self._shown.pop(room_id, None)  # the next change is written even if it says the same
                    if await self._was_late(room_id, card):
                        self._due.add(room_id)
        finally:
            self._editing.discard(room_id)

    async def _was_late(self, room_id: str, card: Card) -> bool:
        """Where other processes edit it too: whether this is not true any more, so that it may stand over what is."""
        if not self._store.db.shared:
            return False
        room = await self._store.rooms.get(room_id)
        return room is not None and not self._asked(room) and await self.card(room) != card

    async def _edit(self, cards: Sequence[Posted], card: Card) -> None:
        """Raises Unavailable, once all were tried, where one of them may not say so."""
        edits = (self._voice.edit(one, card) for one in cards[-MOST_KEPT_TRUE:])
        for error in filter(None, await asyncio.gather(*edits, return_exceptions=True)):
            raise error


def room_card(room: Room, presence: Presence | None = None, *, asked: bool = False, door: Sequence[str] = ()) -> Card:
    """A room for a channel: never a secret on it; `Join` mints a link for whoever clicks.

    The card says how old that is: of what the vendor told, or where it is `asked`, when.
    """
    made_by: Text = (" · made by ", User(room.owner.user_id)) if room.owner else ()
    told = presence is not None and (asked or presence.meeting is not None or presence.last is not None)
    age: Text = (" · as of ", At(presence.as_of)) if told and presence and presence.as_of else ()
    lines = [Line(text(*who_is_in(presence), *age)), *_came_in(presence)]
    lines.append(Line(text("on ", Strong(room.backend), f" {room.kind}".rstrip(), *made_by), quiet=True))
    lines += [Line(text(words), quiet=True) for words in door]
    if room.locked:
        lines.append(Line(text("Locked: no links are given out.")))
    return Card(title=room.handle, lines=tuple(lines), buttons=(join_button(room),))


def join_button(room: Room) -> Button:
    """`Join` for this room."""
    return Button("Join", "join", value=room.id, style="primary")


def who_is_in(presence: Presence | None) -> Text:
    """One line: who is in, or honestly that it is not known."""
    if presence is None or presence.participants is None:
        return text("Who is in: not known yet.")
    people = presence.participants
    if not people:
        return text("Nobody is in.", *how_it_ended(presence.last))
    names: list[Part] = []
    for index, one in enumerate(people[:MOST_NAMED]):
        names += [", " if index else "", *named(one)]
    more = f" and {len(people) - MOST_NAMED} more" if len(people) > MOST_NAMED else ""
    since: Text = ()
    if presence.meeting and presence.meeting.started_at:
        since = (" · since ", At(presence.meeting.started_at))
    return text(f"In now ({len(people)}): ", *names, more, *since)


def unseen(why: Presence | BotError) -> str:
    """Said of somebody who is to be out, where it cannot be seen whether they are in."""
    reason = why.why_unknown or "nothing was reported yet." if isinstance(why, Presence) else str(why)
    return f" I can't see whether they are inside: {reason}"


def how_it_ended(last: Meeting | None) -> Text:
    """`The last meeting ended at 15:00 after 58 min.`; nothing where no end is known."""
    if last is None or last.ended_at is None:
        return ()
    lasted = f" after {spoken_span(last.ended_at - last.started_at)}" if last.started_at else ""
    return text(" The last meeting ended at ", At(last.ended_at, "full"), f"{lasted}.")


def spoken_span(span: timedelta) -> str:
    """`under a minute`, `58 min`, `1 h 5 min`."""
    minutes = int(span.total_seconds() // 60)
    hours, rest = divmod(minutes, 60)
    if minutes < 1:
        return "under a minute"
    return f"{minutes} min" if not hours else f"{hours} h {rest} min" if rest else f"{hours} h"


def _came_in(presence: Presence | None) -> list[Line]:
    """Since when each of them is in."""
    people = [one for one in (presence.participants or () if presence else ())[:MOST_NAMED] if one.joined_at]
    if not people:
        return []
    each = [text(*named(one), " ", At(one.joined_at)) for one in people if one.joined_at]
    return [Line(text("In since: ", *joined(" · ", each)), quiet=True)]


def named(one: Participant) -> Text:
    """A participant's name as an operator may rely on it: a Slack mention only when the bot minted their link."""
    if one.person is not None:
        return text(User(one.person.user_id))
    if one.medium is Medium.PHONE:
        return text(_phone(one))
    return text(one.name or "somebody without a name")


def _phone(one: Participant) -> str:
    """The last digits only where they are known: 8x8 may report a phone before its number, or without one."""
    return f"phone …{one.phone[-3:]}" if one.phone else "phone, number not known"


def called(one: Participant) -> Text:
    """The same with the name they show beside the mention: for what was done to them."""
    if one.person is not None:
        return text(*named(one), f" ({one.name})")
    return named(one) if one.medium is Medium.PHONE else text(Strong(one.name or one.id))


def standing(one: Participant) -> str:
    """How sure the bot is who this is."""
    if one.person is not None:
        return "joined from Slack"
    if one.medium is Medium.PHONE:
        return _phone(one)
    return "name not verified" if one.medium is Medium.WEB else "SIP, name not verified"


def request_line(request: Request) -> Text:
    """One line: who asks for what, how it stands, where, until when."""
    where: Text = (" · in ", Place(request.card_channel_id)) if request.card_channel_id else ()
    until: Text = (" · until ", At(request.expires_at)) if request.pending and request.expires_at else ()
    return text(User(request.requester.user_id), ": ", *request.says, f" · {request.word}", *where, *until)


def role_source(via: str) -> Part:
    """Where a role comes from: everyone, a user group, or a grant by id."""
    if via == "everyone":
        return "everyone of this workspace has it"
    return Group(via) if via.startswith("S") else "granted by id"


def read_from(source: Source, copy: RoleCopy | None, now: datetime) -> Text:
    """For a role that another back end defines: which one, how old that is, what bounds it. Empty for the bot's own."""
    if not source.from_:
        return ()
    bound = f", at most {source.at_most}"
    if copy is None or copy.as_of is None:
        return (f" · read from {source.from_}: not known now{bound}",)
    known = "" if source.role in copy.roles else ", which has no such role"
    age = _age(now - copy.as_of)
    return text(f" · read from {source.from_}{known} at ", At(copy.as_of), f" ({age}){bound}")


def _age(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    return "just now" if minutes < 1 else f"{minutes} min ago"
