"""Simulated Pexip Infinity: a management node with the wire rules recorded from a running django-tastypie, and people.

Configuration objects with schema, filters, pages, bulk PATCH, moved aliases and the traps that go with them; status and
command APIs of running meetings; an event sink; a web app through which people come in; images of new nodes, licences.
Not simulated: history, layouts, transfers, and the minute that a new room takes until every node knows it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.clock import Clock
from bot.play.exchange import ExchangeFeed, recording
from bot.play.vendors.jaas.faults import EMPTY, HTML, Fault, Faults
from bot.play.vendors.pexip import page
from bot.play.vendors.pexip.appliances import Appliances
from bot.play.vendors.pexip.configuration import Configuration
from bot.play.vendors.pexip.fields import RESOURCES
from bot.play.vendors.pexip.further import FURTHER
from bot.play.vendors.pexip.licensing import Licensing
from bot.play.vendors.pexip.live import Live
from bot.play.vendors.pexip.meetings import EntryRefused, Leg, Meetings
from bot.play.vendors.pexip.objects import Objects
from bot.play.vendors.pexip.signin import Account, Client, SignIns
from bot.play.vendors.pexip.sink import EventSink
from bot.play.vendors.telling import Delivery

__all__ = [
    "EMPTY",
    "HTML",
    "Account",
    "Client",
    "Delivery",
    "EntryRefused",
    "Fault",
    "Leg",
    "Received",
    "SimulatedPexip",
]


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it came. Its `repr` shows no body."""

    method: str
    path: str
    query: str
    body: bytes = field(repr=False)


class SimulatedPexip:
    """One management node on loopback, web app included. With `faults` and `write_faults` its API misbehaves."""

    def __init__(
        self,
        *,
        clock: Clock,
        accounts: Sequence[Account] = (),
        clients: Sequence[Client] = (),
        sink_username: str = "sink",
        sink_password: str = "",
        feed: ExchangeFeed | None = None,
        backend: str = "pexip",
        rings_for: float = 0.02,
    ) -> None:
        """`rings_for`: seconds until a called phone is picked up."""
        self.url = ""
        self.faults = Faults()
        self.write_faults = Faults()  # of what is no GET
        self.requests: list[Received] = []
        self.objects = Objects(clock, {**RESOURCES, **FURTHER})
        self.sign_ins = SignIns(clock, accounts, clients)
        self.appliances = Appliances(self.objects, self.sign_ins)
        self.licensing = Licensing(self.sign_ins)
        self.sink = EventSink(clock, username=sink_username, password=sink_password, feed=feed, backend=backend)
        self.meetings = Meetings(self.objects, self.sink, clock, rings_for=rings_for)
        self._feed = feed
        self._backend = backend
        for location in ("London", "Oslo"):
            self.objects.create("system_location", {"name": location})

    @property
    def webapp_url(self) -> str:
        """For the configuration: where people join."""
        return f"{self.url}/webapp/m/{{alias}}"

    async def start(self, port: int = 0) -> None:
        """Listen on 127.0.0.1; `url` says where."""
        await self.sink.start()
        self._runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """End every call and connection."""
        self.meetings.stop()
        await self._runner.cleanup()
        await self.sink.stop()

    def join(self, alias: str, name: str, pin: str = "", **more: Any) -> Leg:  # noqa: ANN401
        """Come in by an alias. Raises EntryRefused with the reason."""
        return self.meetings.join(alias, name, pin, **more)

    def leave(self, leg_id: str) -> bool:
        """Go out by oneself. False when no such leg is in."""
        return self.meetings.leave(leg_id)

    def conferences(self) -> list[dict[str, Any]]:
        """All rooms as the API shows them."""
        return [self.objects.shown("conference", number) for number in sorted(self.objects.rows["conference"])]

    def room(self, name: str) -> dict[str, Any]:
        """The room of this name as the API shows it."""
        return next(one for one in self.conferences() if one["name"] == name)

    def subscribe(self, callback: Callable[[], None]) -> None:
        """Call back each time somebody came, went or changed."""
        self.meetings.subscribers.append(callback)

    def _application(self) -> web.Application:
        app = web.Application(middlewares=[self._api])
        self.appliances.routes(app)
        self.licensing.routes(app)
        Configuration(self.objects, self.sign_ins).routes(app)
        Live(self.meetings, self.sign_ins).routes(app)
        app.router.add_post("/oauth/token/", self.sign_ins.token)
        app.router.add_get("/webapp/m/{alias}", self._door)
        app.router.add_post("/webapp/m/{alias}", self._enter)
        app.router.add_get("/webapp/leg/{leg}", self._still_in)
        app.router.add_post("/webapp/leg/{leg}/leave", self._leave)
        return app

    @web.middleware
    async def _api(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """What holds for the management node alone, not for the web app."""
        if not request.path.startswith(("/api/", "/oauth/")):
            return await handler(request)
        shown = [recording(self._feed, self._backend)] if self._feed else []
        faults = [self.faults.middleware, *([] if request.method == "GET" else [self.write_faults.middleware])]
        for layer in reversed([*shown, self._remember, *faults, _slashed]):
            handler = partial(layer, handler=handler)
        return await handler(request)

    @web.middleware
    async def _remember(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self.requests.append(Received(request.method, request.path, request.query_string, await request.read()))
        return await handler(request)

    async def _door(self, request: web.Request) -> web.Response:
        alias = request.match_info["alias"]
        room = self.meetings.room_with(alias)
        if room is None:
            return web.Response(text=page.unknown(), content_type="text/html", status=404)
        return web.Response(text=page.door(alias, asks_pin=bool(room["pin"])), content_type="text/html")

    async def _enter(self, request: web.Request) -> web.Response:
        alias, form = request.match_info["alias"], await request.post()
        try:
            me = self.join(alias, str(form.get("name", "")), str(form.get("pin", "")))
        except EntryRefused as refused:
            text = page.door(alias, asks_pin=True, refused=str(refused))
            return web.Response(text=text, content_type="text/html", status=403)
        others = [leg.display_name for leg in self.meetings.running[me.conference].legs.values() if leg is not me]
        waits = me.service_type == "waiting_room"
        text = page.inside(
            room=me.conference, name=me.display_name, leg=me.id, role=me.role, waits=waits, others=others
        )
        return web.Response(text=text, content_type="text/html")

    async def _still_in(self, request: web.Request) -> web.Response:
        meeting = self.meetings.of_leg(request.match_info["leg"])
        if meeting is None:
            return web.Response(status=404)
        waits = meeting.legs[request.match_info["leg"]].service_type == "waiting_room"
        return web.Response(text="waiting" if waits else "in")

    async def _leave(self, request: web.Request) -> web.Response:
        self.leave(request.match_info["leg"])
        return web.Response(text=page.left(), content_type="text/html")


@web.middleware
async def _slashed(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Django's APPEND_SLASH: an address without the last slash is sent on, and a POST with it becomes a GET."""
    if not request.path.endswith("/"):
        return web.Response(status=301, headers={"Location": f"{request.path}/"})
    return await handler(request)
