"""What stands on somebody's Home tab: from memory and the database alone, no vendor is asked for it."""

from __future__ import annotations

from bot.cards import join_button, request_line, role_source, who_is_in
from bot.desk import Desk
from bot.errors import BotError
from bot.grammar import quote
from bot.launch import Home, Section
from bot.model import Person, Room
from bot.people import Caller
from bot.readback import line_of
from bot.reply import Button, Line, Strong, text
from bot.store import Request, Standing

MOST_ROOMS = 10
MOST_REQUESTS = 10
MOST_REMINDERS = 5
NO_ROLE = "You have no role here: you can use help, whoami, and Join on a card in your channel."


class HomePages:
    """Puts them together. What a button on them does is judged at the click, like anything else."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def page(self, person: Person) -> Home:
        """This person's, as things stand."""
        try:
            caller = await self._desk.people.caller(person)
        except BotError as error:
            return Home((), (Section("Not now", (Line(text(str(error))),)),))
        sections = (
            await self._waiting(caller),
            await self._rooms(caller),
            await self._mine(caller),
            await self._reminders(caller),
            self._role(caller),
            await self._backends(caller),
        )
        return Home(await self._buttons(caller), tuple(one for one in sections if one is not None))

    async def _buttons(self, caller: Caller) -> tuple[Button, ...]:
        verbs = (
            ("start", "Start a meeting", "start_meeting"),
            ("create", "Make a room", "form"),
            ("rooms", "All rooms", "run"),
        )
        commands = self._desk.commands
        buttons = [
            Button(label, action, value=verb, style="primary" if verb == "start" else None)
            for verb, label, action in verbs
            if await self._desk.allowed(commands[verb], caller)
        ]
        return (*buttons, Button("Help", "run", value="help"))

    async def _waiting(self, caller: Caller) -> Section | None:
        waiting = await self._desk.waiting_for(caller)
        lines = [_request(one, Button("Details", "details", value=one.id)) for one in waiting[:MOST_REQUESTS]]
        if len(waiting) > MOST_REQUESTS:
            lines.append(_all(len(waiting), "approvals"))
        return Section("Waiting for you", tuple(lines)) if lines else None

    async def _rooms(self, caller: Caller) -> Section | None:
        own = [
            one for one in await self._desk.store.rooms.rooms_of(caller.person) if one.backend in self._desk.backends
        ]
        own.sort(key=lambda room: room.created_at, reverse=True)
        own.sort(key=lambda room: not self._desk.roster.presence(room.backend, room.vendor_id).participants)
        lines = [self._room(room) for room in own[:MOST_ROOMS]]
        if len(own) > MOST_ROOMS:
            lines.append(_all(len(own), "rooms"))
        if not lines and not caller.sources:
            return None
        return Section("Your rooms", tuple(lines) or (Line(text("None yet.")),))

    def _room(self, room: Room) -> Line:
        presence = self._desk.roster.presence(room.backend, room.vendor_id)
        locked = " · locked" if room.locked else ""
        who = Button("Who", "run", value=f"who {quote(room.title)}")
        body = text(Strong(room.title), locked, " · ", *who_is_in(presence))
        return Line(body, buttons=(join_button(room), who))

    async def _mine(self, caller: Caller) -> Section | None:
        mine = await self._desk.approvals.mine(caller.person)
        lines = [
            _request(one, *([Button("Cancel request", "cancel_request", value=one.id)] if one.pending else []))
            for one in mine[:MOST_REQUESTS]
        ]
        if len(mine) > MOST_REQUESTS:
            lines.append(_all(len(mine), "approvals"))
        return Section("Your requests", tuple(lines)) if lines else None

    async def _reminders(self, caller: Caller) -> Section | None:
        """Their own, the next first; those that are paused last."""
        going_on = await self._desk.reminders.going_on()
        own = [one for one in going_on if one.owner == caller.person]
        dues = {one.id: await self._desk.reminders.upcoming(one, 1) for one in own}
        own.sort(key=lambda one: (one.state is Standing.PAUSED, not dues[one.id], dues[one.id]))
        now = self._desk.clock.now()
        lines = [line_of(one, dues[one.id], now, manages=True) for one in own[:MOST_REMINDERS]]
        if len(own) > MOST_REMINDERS:
            lines.append(_all(len(own), "reminders"))
        return Section("Your next reminders", tuple(lines)) if lines else None

    def _role(self, caller: Caller) -> Section:
        lines = [Line(text(Strong(source.role), " · ", role_source(source.via))) for source in caller.sources]
        if not lines:
            lines = [Line(text(NO_ROLE, f" {caller.doubt}".rstrip()))]
        held = ", ".join(str(need) for need in caller.permissions.held())
        return Section("Your role", (*lines, Line(text(held), quiet=True)) if held else tuple(lines))

    async def _backends(self, caller: Caller) -> Section | None:
        """For those who may see `status`: whether the last call to each failed. `Status` asks them."""
        if not await self._desk.allowed(self._desk.commands["status"], caller):
            return None
        lines = []
        for name, backend in self._desk.backends.items():
            error = self._desk.last_error(name)
            state = f"last error: {error}" if error else "no failed call since my start"
            lines.append(Line(text(Strong(name), f" ({backend.kind}) · {state}")))
        ask = Line(text("How they do now:"), buttons=(Button("Status", "run", value="status"),))
        return Section("Back ends", (*lines, ask)) if lines else None


def _request(one: Request, *buttons: Button) -> Line:
    return Line(request_line(one), buttons=buttons)


def _all(count: int, verb: str) -> Line:
    return Line(text(f"{count} in all."), buttons=(Button("Show all", "run", value=verb),))
