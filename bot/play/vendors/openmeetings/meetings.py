"""Who is in which room of simulated OpenMeetings: one client per open window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from bot.clock import Clock
from bot.play.vendors.openmeetings.rooms import Rooms
from bot.play.vendors.openmeetings.sessions import Sessions

Json = dict[str, Any]


class EntryRefused(Exception):
    """The page says why."""


@dataclass(frozen=True, slots=True)
class Client:
    """One open window."""

    room_id: int
    user: Json  # UserDTO
    joined_at: datetime
    moderator: bool = False
    uid: str = field(default_factory=lambda: str(uuid4()))

    @property
    def name(self) -> str:
        """First and last name."""
        return " ".join(filter(None, (self.user["firstname"], self.user["lastname"])))


class Meetings:
    """Lets people in and out."""

    def __init__(self, rooms: Rooms, sessions: Sessions, clock: Clock) -> None:
        self.subscribers: list[Callable[[], None]] = []  # called back after each change
        self.clients: dict[str, Client] = {}
        self._rooms = rooms
        self._sessions = sessions
        self._clock = clock
        self._externals: dict[tuple[str, str], Json] = {}
        self._last_user_id = 76

    def enter(self, secure: str) -> Client:
        """Open a window with a join hash. Raises EntryRefused."""
        entered = self._sessions.enter(secure)
        if entered is None:
            raise EntryRefused("The invitation code is invalid, was already used, or has expired.")
        link, guest = entered
        return self._open(link.room_id or 0, self._external(guest), moderator=link.moderator)

    def enter_with_account(self, room_id: int, login: str) -> Client:
        """Open a window as somebody with an account of their own. Raises EntryRefused."""
        number = 1 + list(self._sessions.accounts).index(login)
        account = self._sessions.accounts[login]
        firstname, lastname = account.name or (login, "Test")
        address = {"deleted": False, "country": "DE", "mail": f"{login}@example.org"}
        user = {
            "address": address,
            "firstname": firstname,
            "id": number,
            "languageId": 1,
            "lastname": lastname,
            "login": login,
            "rights": sorted(account.rights),
            "timeZoneId": "Europe/Berlin",
            "type": "USER",
        }
        return self._open(room_id, user)

    def _open(self, room_id: int, user: Json, *, moderator: bool = False) -> Client:
        room = self._rooms.by_id.get(room_id)
        if room is None:
            raise EntryRefused("Access denied.")
        if room["closed"]:
            raise EntryRefused("This room is closed.")
        if len(self.inside(room_id)) >= room["capacity"]:
            raise EntryRefused("This room is full.")
        client = Client(room_id, user, self._clock.now(), moderator)
        self.clients[client.uid] = client
        self._changed()
        return client

    def _external(self, guest: Json) -> Json:
        """The user behind a guest: names are renewed at each entry, login and address only set at the first."""
        key = str(guest["externalType"]), str(guest["externalId"])
        if key not in self._externals:
            self._last_user_id += 1
            self._externals[key] = {
                "address": {"deleted": False, "mail": guest.get("email") or None},
                "externalId": key[1],
                "externalType": key[0],
                "firstname": "",
                "id": self._last_user_id,
                "languageId": 0,
                "lastname": "",
                "login": str(guest.get("login", "")),
                "rights": ["ROOM"],
                "type": "EXTERNAL",
            }
        user = self._externals[key]
        user["firstname"], user["lastname"] = str(guest.get("firstname", "")), str(guest.get("lastname", ""))
        return user

    def inside(self, room_id: int) -> list[Client]:
        """The windows open in a room."""
        return [client for client in self.clients.values() if client.room_id == room_id]

    def leave(self, uid: str) -> bool:
        """Close one window. False when it is not open."""
        if self.clients.pop(uid, None) is None:
            return False
        self._changed()
        return True

    def kick(self, room_id: int, external: tuple[str, str] | None = None) -> bool:
        """Close the windows of one external user, or all. False when there was none."""
        gone = [
            client
            for client in self.inside(room_id)
            if external is None or (client.user.get("externalType"), client.user.get("externalId")) == external
        ]
        for client in gone:
            self.leave(client.uid)
        return bool(gone)

    def _changed(self) -> None:
        for subscriber in tuple(self.subscribers):
            subscriber()
