"""Simulated Apache OpenMeetings: the wire rules recorded from a running 7.2 (login as in 9 on request), with people.

Sessions idle out by the injected clock, join hashes are used up, and the guest's identity sits on the session, as in
the real one. Not simulated: calendar, groups, files, invitations by mail, and the pause after a wrong password.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from aiohttp import web

from bot.clock import Clock
from bot.play.exchange import ExchangeFeed, recording
from bot.play.vendors.jaas.faults import EMPTY, HTML, Fault, Faults
from bot.play.vendors.openmeetings import page
from bot.play.vendors.openmeetings.meetings import Client, EntryRefused, Meetings
from bot.play.vendors.openmeetings.rooms import Rooms
from bot.play.vendors.openmeetings.services import Received, Services
from bot.play.vendors.openmeetings.sessions import Account, Sessions

__all__ = ["EMPTY", "HTML", "Account", "Client", "EntryRefused", "Fault", "Received", "SimulatedOpenMeetings"]

PATH = "/openmeetings"
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SECRET_ANSWERS = {"/user/login": _UUID, "/user/hash": _UUID}  # a sid, a join hash


class SimulatedOpenMeetings:
    """One server on loopback. `faults` make its services misbehave; `services.health` and `.recordings` may be set."""

    def __init__(
        self,
        *,
        accounts: Sequence[Account],
        clock: Clock,
        version: str = "9.1.0",
        feed: ExchangeFeed | None = None,
        backend: str = "openmeetings",
    ) -> None:
        """`version` decides how a login is taken: GET up to 8, POST from 9."""
        self.url = ""
        self.faults = Faults()
        self.rooms = Rooms()
        self.sessions = Sessions(clock, tuple(accounts))
        self.meetings = Meetings(self.rooms, self.sessions, clock)
        self.services = Services(self.rooms, self.sessions, self.meetings, clock, version=version)
        self._feed = feed
        self._backend = backend

    @property
    def requests(self) -> list[Received]:
        """Every REST request so far, those that were refused included."""
        return self.services.requests

    async def start(self, port: int = 0) -> None:
        """Listen on 127.0.0.1; `url` is the base_url of the configuration, context path included."""
        self._runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}{PATH}"

    async def stop(self) -> None:
        """End every connection."""
        await self._runner.cleanup()

    def join(self, secure: str) -> Client:
        """Come in with a join hash, which is used up. Raises EntryRefused with the reason."""
        return self.meetings.enter(secure)

    def join_with_account(self, room_id: int, login: str) -> Client:
        """Come in as one of the accounts. Raises EntryRefused with the reason."""
        return self.meetings.enter_with_account(room_id, login)

    def leave(self, room: str, participant_id: str) -> bool:
        """Go out by oneself. False when that window is not open in that room."""
        client = self.meetings.clients.get(participant_id)
        return client is not None and str(client.room_id) == room and self.meetings.leave(participant_id)

    def people(self) -> list[dict[str, Any]]:
        """Who is in which room: {room (its number), participant_id (of the window), name, medium, joined_at (ISO)}."""
        return [
            {
                "room": str(client.room_id),
                "participant_id": client.uid,
                "name": client.name,
                "medium": "web",
                "joined_at": client.joined_at.isoformat(),
            }
            for client in self.meetings.clients.values()
        ]

    def title(self, room: str) -> str:
        """The name of the room with this number; the number itself once the room is gone."""
        found = self.rooms.by_id.get(int(room))
        return str(found["name"]) if found else room

    def room_of(self, secure: str) -> str | None:
        """The number of the room that a join hash still leads to, or None."""
        link = self.sessions.hashes.get(secure)
        return str(link.room_id) if link and not link.used else None

    def name_behind(self, secure: str) -> str:
        """As whom one would enter with a join hash; empty for one that is unknown or whose session is over."""
        return self.sessions.name_behind(secure)

    def subscribe(self, callback: Callable[[], None]) -> None:
        """Call back each time somebody came or went."""
        self.meetings.subscribers.append(callback)

    def _application(self) -> web.Application:
        app = web.Application()
        services = self.services.application(self.faults)
        if self._feed:
            services.middlewares.insert(0, recording(self._feed, self._backend, secret_answers=SECRET_ANSWERS))
        app.add_subapp(f"{PATH}/services", services)
        app.router.add_get(f"{PATH}/hash", self._page)
        app.router.add_get(f"{PATH}/window/{{uid}}", self._still_in)
        app.router.add_post(f"{PATH}/window/{{uid}}/leave", self._leave)
        return app

    async def _page(self, request: web.Request) -> web.Response:
        try:
            me = self.join(request.query.get("secure", ""))
        except EntryRefused as refused:
            return web.Response(text=page.refused(str(refused)), content_type="text/html", status=403)
        others = [client.name for client in self.meetings.inside(me.room_id) if client is not me]
        text = page.inside(
            room=self.title(str(me.room_id)), name=me.name, uid=me.uid, moderator=me.moderator, others=others
        )
        return web.Response(text=text, content_type="text/html")

    async def _still_in(self, request: web.Request) -> web.Response:
        return web.Response(status=200 if request.match_info["uid"] in self.meetings.clients else 404)

    async def _leave(self, request: web.Request) -> web.Response:
        self.meetings.leave(request.match_info["uid"])
        return web.Response(text=page.left(), content_type="text/html")
