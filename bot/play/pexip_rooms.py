"""Rooms of simulated Pexip on the page: who is in or waits, who holds the address, and visitors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from yarl import URL

from bot.play.meetings import JoinLinks, Ticket
from bot.play.slack import Workspace
from bot.play.vendors.pexip import EntryRefused, Leg, SimulatedPexip
from bot.play.web import WrongAction

Json = Mapping[str, Any]
VISITOR, HOST = "visitor", "host"
VISITORS_NAME = "Ann Lee"  # let in twice, she is two people of the same name
HOSTS_NAME = "Hal Host"


class PexipRooms:
    """Every room that can be called. Its address lets in whoever has it; the PIN decides as what."""

    def __init__(self, node: SimulatedPexip, *, backend: str, links: JoinLinks, workspace: Workspace) -> None:
        self._node = node
        self._backend = backend
        self._links = links
        self._workspace = workspace

    def rooms(self) -> list[Json]:
        """See VendorRooms."""
        return [self._room(room) for room in self._node.conferences() if room["aliases"]]

    async def join(self, room: str, who: str) -> None:
        """See VendorRooms."""
        found = next((one for one in self._node.conferences() if str(one["id"]) == room), None)
        if found is None or not found["aliases"]:
            raise WrongAction("That room is not there any more.")
        as_guest = found["allow_guests"] and who != HOST
        name = {VISITOR: VISITORS_NAME, HOST: HOSTS_NAME}.get(who) or self._workspace.users[who].real_name
        try:
            self._node.join(found["aliases"][0]["alias"], name, found["guest_pin" if as_guest else "pin"])
        except EntryRefused as refused:
            raise WrongAction(f"Pexip does not let them in: {refused}") from None

    def leave(self, room: str, participant_id: str) -> None:
        """See VendorRooms."""
        self._node.leave(participant_id)

    def subscribe(self, callback: Callable[[], None]) -> None:
        """See VendorRooms."""
        self._node.subscribe(callback)

    def _room(self, room: Mapping[str, Any]) -> Json:
        running = self._node.meetings.running.get(room["name"])
        legs = running.legs.values() if running else ()
        holders = self._links.tickets(self._node.url, self._ticket).get(str(room["id"]), {})
        host = [{"id": HOST, "label": f"{HOSTS_NAME}, with the host PIN"}] if room["allow_guests"] else []
        return {
            "backend": self._backend,
            "room": str(room["id"]),
            "title": room["name"],
            "people": [{"id": leg.id, "name": leg.display_name, "note": _note(leg)} for leg in legs],
            "joiners": [
                *({"id": person, "label": label} for person, (label, _) in holders.items()),
                *host,
                {"id": VISITOR, "label": f"{VISITORS_NAME}, a visitor"},
            ],
        }

    def _ticket(self, link: URL) -> Ticket | None:
        """The address is the same for everybody, so it says nothing of whoever opens it."""
        room = self._node.meetings.room_with(link.name)
        return Ticket(str(room["id"]), "") if room else None


def _note(leg: Leg) -> str:
    if leg.service_type in {"waiting_room", "connecting"}:
        return "waits" if leg.service_type == "waiting_room" else "rings"
    return "muted" if leg.muted else "phone" if leg.direction == "out" else ""
