"""Rooms of simulated OpenMeetings on the page: who is in, who holds a link, and somebody with an account there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from yarl import URL

from bot.play.meetings import JoinLinks, Ticket
from bot.play.vendors.openmeetings import EntryRefused, SimulatedOpenMeetings
from bot.play.web import WrongAction

Json = Mapping[str, Any]
VISITOR = "visitor"
VISITORS_LOGIN = "ann"
VISITORS_NAME = ("Ann", "Lee")  # comes in by the front door, with an account of her own


class OpenMeetingsRooms:
    """Rooms of simulated OpenMeetings: all but public ones in which nobody is and for which nobody holds a link."""

    def __init__(self, vendor: SimulatedOpenMeetings, *, backend: str, links: JoinLinks) -> None:
        self._vendor = vendor
        self._backend = backend
        self._links = links

    def rooms(self) -> list[Json]:
        """See VendorRooms."""
        tickets = self._tickets()
        private = [str(number) for number, room in self._vendor.rooms.by_id.items() if not room["isPublic"]]
        people: dict[str, list[Json]] = {room: [] for room in (*private, *tickets)}
        for one in self._vendor.people():
            shown = {"id": one["participant_id"], "name": one["name"], "note": ""}
            people.setdefault(one["room"], []).append(shown)
        return [self._room(room, inside, tickets.get(room, {})) for room, inside in people.items()]

    async def join(self, room: str, who: str) -> None:
        """See VendorRooms."""
        try:
            if who == VISITOR:
                self._vendor.join_with_account(int(room), VISITORS_LOGIN)
            else:
                _, ticket = self._tickets().get(room, {}).get(who, ("", None))
                self._vendor.join(ticket.secret if ticket else "")
        except EntryRefused as refused:
            raise WrongAction(f"OpenMeetings does not let them in: {refused}") from None

    def leave(self, room: str, participant_id: str) -> None:
        """See VendorRooms."""
        self._vendor.leave(room, participant_id)

    def subscribe(self, callback: Callable[[], None]) -> None:
        """See VendorRooms."""
        self._vendor.subscribe(callback)

    def _tickets(self) -> dict[str, dict[str, tuple[str, Ticket]]]:
        return self._links.tickets(self._vendor.url, self._read)

    def _read(self, link: URL) -> Ticket | None:
        secure = link.query.get("secure", "")
        room = self._vendor.room_of(secure)
        return Ticket(room, secure, self._vendor.name_behind(secure)) if room else None

    def _room(self, room: str, people: Sequence[Json], tickets: Mapping[str, tuple[str, Ticket]]) -> Json:
        joiners = [{"id": one, "label": label} for one, (label, _) in tickets.items()]
        visitor = {"id": VISITOR, "label": f"{' '.join(VISITORS_NAME)}, with an account there"}
        return {
            "backend": self._backend,
            "room": room,
            "title": self._vendor.title(room),
            "people": list(people),
            "joiners": [*joiners, visitor],
        }
