"""Who is in which simulated meeting, and letting people in and out of it from the page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from yarl import URL

from bot.play.slack import Message, Workspace, controls_of

Json = Mapping[str, Any]


class VendorRooms(Protocol):
    """The rooms of one simulated vendor, as the page shows them."""

    def rooms(self) -> list[Json]:
        """{backend, room, title, people: [{id, name, note}], joiners: [{id, label}]}."""

    async def join(self, room: str, who: str) -> None:
        """Let one of the joiners in. Raises WrongAction with the vendor's reason."""

    def leave(self, room: str, participant_id: str) -> None:
        """Let somebody go out by themselves."""

    def subscribe(self, callback: Callable[[], None]) -> None:
        """Call back each time somebody came or went."""


class Meetings:
    """All rooms of all simulated vendors, by the name of the back end."""

    def __init__(self, vendors: Mapping[str, VendorRooms]) -> None:
        self._vendors = vendors

    def rooms(self) -> list[Json]:
        """Rooms with somebody in first."""
        rooms = [room for vendor in self._vendors.values() for room in vendor.rooms()]
        return sorted(rooms, key=lambda room: not room["people"])

    def subscribe(self, callback: Callable[[], None]) -> None:
        """Call back each time somebody came or went anywhere."""
        for vendor in self._vendors.values():
            vendor.subscribe(callback)

    def by_name(self) -> dict[str, Callable[[Json], Awaitable[Json]]]:
        """For `Stage.actions`."""
        return {"join": self._join, "leave": self._leave}

    async def _join(self, body: Json) -> Json:
        await self._vendors[body["backend"]].join(str(body["room"]), str(body["who"]))
        return {}

    async def _leave(self, body: Json) -> Json:
        self._vendors[body["backend"]].leave(str(body["room"]), str(body["participant"]))
        return {}


@dataclass(frozen=True, slots=True)
class Ticket:
    """What one join link is good for. `name`: as whom one enters with it, empty where the vendor does not say."""

    room: str
    secret: str = field(repr=False)
    name: str = ""


class JoinLinks:
    """The links that people were shown in Slack and have not used up: what `Open` would open."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def tickets(self, vendor: str, read: Callable[[URL], Ticket | None]) -> dict[str, dict[str, tuple[str, Ticket]]]:
        """By room, who may come in with a link to the vendor at that address: joiner id to label and newest ticket.

        `read` tells what a link is good for, None once it is good for nothing. A link in somebody else's name (an
        outsider's, handed on by whoever asked for it) makes a joiner of its own.
        """
        found: dict[str, dict[str, tuple[str, Ticket]]] = {}
        for person, link in self._of_everybody(vendor):
            if ticket := read(link):
                joiner, label = self._joiner(person, ticket.name)
                found.setdefault(ticket.room, {})[joiner] = label, ticket
        return found

    def _joiner(self, person: str, name: str) -> tuple[str, str]:
        holder = self._workspace.users[person]
        if name in ("", holder.display_name, holder.real_name, holder.name):
            return person, holder.real_name
        return f"{person} {name}", f"{name}, with a link from {holder.real_name}"

    def _of_everybody(self, vendor: str) -> list[tuple[str, URL]]:
        return [
            (message.ephemeral_for or self._workspace.channel(message.channel).peer, URL(address))
            for message in self._private_messages()
            for control in controls_of(message)
            if (address := str(control.element.get("url", ""))).startswith(f"{vendor}/")
        ]

    def _private_messages(self) -> list[Message]:
        direct = [one.id for one in self._workspace.channels.values() if one.is_im]
        messages = [message for channel in direct for message in self._workspace.messages(channel)]
        return sorted([*messages, *self._workspace.ephemerals()], key=lambda message: float(message.ts))
