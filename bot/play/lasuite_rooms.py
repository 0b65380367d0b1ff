"""Rooms of simulated La Suite Meet on the page: who is in, who waits in the lobby, who holds the address, visitors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from yarl import URL

from bot.play.meetings import JoinLinks, Ticket
from bot.play.slack import Workspace
from bot.play.vendors.lasuite import Person, Present, Room, SimulatedLaSuite
from bot.play.web import WrongAction

Json = Mapping[str, Any]
VISITOR, COLLEAGUE = "visitor", "colleague"
VISITORS_NAME, COLLEAGUES_NAME = "Ann Lee", "Cora Colleague"
WAITS = "lobby "


class LaSuiteRooms:
    """Every room. Whoever has an account there walks in, others wait in the lobby, which the bot cannot open."""

    def __init__(self, server: SimulatedLaSuite, *, backend: str, links: JoinLinks, workspace: Workspace) -> None:
        self._server = server
        self._backend = backend
        self._links = links
        self._workspace = workspace
        self._callbacks: list[Callable[[], None]] = []

    def rooms(self) -> list[Json]:
        """See VendorRooms."""
        return [self._room(room) for room in self._server.rooms.by_id.values()]

    async def join(self, room: str, who: str) -> None:
        """See VendorRooms."""
        found = self._server.rooms.by_id.get(room)
        if found is None:
            raise WrongAction("That room is not there any more.")
        name, person = self._visitor(who)
        if self._server.enter(found.slug, name, person) is None:
            self._changed()

    def leave(self, room: str, participant_id: str) -> None:
        """See VendorRooms."""
        if not participant_id.startswith(WAITS):
            self._server.livekit.leave(room, participant_id)
            return
        waiting = self._server.lobby.get(self._server.rooms.by_id[room].slug, [])
        del waiting[int(participant_id.removeprefix(WAITS))]
        self._changed()

    def subscribe(self, callback: Callable[[], None]) -> None:
        """See VendorRooms."""
        self._callbacks.append(callback)
        self._server.subscribe(callback)

    def _changed(self) -> None:
        for callback in self._callbacks:
            callback()

    def _visitor(self, who: str) -> tuple[str, Person | None]:
        if who == VISITOR:
            return VISITORS_NAME, None
        if who == COLLEAGUE:
            return COLLEAGUES_NAME, Person("cora@visitors.example", COLLEAGUES_NAME)
        user = self._workspace.users[who]
        return user.real_name, self._server.accounts.people.get(user.email.lower())

    def _room(self, room: Room) -> Json:
        running = self._server.livekit.running.get(room.id)
        inside = running.people.values() if running else ()
        waiting = self._server.lobby.get(room.slug, [])
        holders = self._links.tickets(self._server.url, self._ticket).get(room.id, {})
        return {
            "backend": self._backend,
            "room": room.id,
            "title": room.name,
            "people": [
                *({"id": one.identity, "name": one.name, "note": _note(one)} for one in inside),
                *({"id": f"{WAITS}{at}", "name": name, "note": "waits"} for at, name in enumerate(waiting)),
            ],
            "joiners": [
                *({"id": person, "label": label} for person, (label, _) in holders.items()),
                {"id": COLLEAGUE, "label": f"{COLLEAGUES_NAME}, with an account there"},
                {"id": VISITOR, "label": f"{VISITORS_NAME}, a visitor"},
            ],
        }

    def _ticket(self, link: URL) -> Ticket | None:
        """The address is the same for everybody, so it says nothing of whoever opens it."""
        room = next((one for one in self._server.rooms.by_id.values() if one.slug == link.name), None)
        return Ticket(room.id, "") if room else None


def _note(one: Present) -> str:
    if one.kind == "SIP":
        return "phone" if one.attributes.get("sip.callStatus") == "active" else "rings"
    return "muted" if one.muted else ""
