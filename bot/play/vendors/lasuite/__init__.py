"""Simulated La Suite Meet with its LiveKit: the wire rules recorded from a running server, and people.

The external API (application tokens, rooms), the traps around it (redirects without the last slash, pages instead of
JSON, the internal API that answers with an empty list), LiveKit's Twirp API and webhooks, a lobby. Not simulated:
the resource-server's own sign-in, recordings, the internal API, translated messages.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.clock import Clock
from bot.play.exchange import ExchangeFeed, recording
from bot.play.vendors.jaas.faults import EMPTY, HTML, Fault, Faults
from bot.play.vendors.lasuite import page
from bot.play.vendors.lasuite.accounts import Accounts, Application, Person, said
from bot.play.vendors.lasuite.livekit import Present, SimulatedLiveKit
from bot.play.vendors.lasuite.rooms import Room, Rooms, refusing
from bot.play.vendors.telling import Delivery

__all__ = [
    "EMPTY",
    "HTML",
    "Application",
    "Delivery",
    "Fault",
    "Person",
    "Present",
    "Received",
    "Room",
    "SimulatedLaSuite",
    "SimulatedLiveKit",
]

PREFIX = "/external-api/v1.0"


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it came. Its `repr` shows neither headers nor body."""

    method: str
    path: str
    query: str
    headers: dict[str, str] = field(repr=False)
    body: bytes = field(repr=False)


class SimulatedLaSuite:
    """One deployment on loopback. With `faults` its external API misbehaves, with `livekit_faults` its LiveKit."""

    def __init__(
        self,
        *,
        clock: Clock,
        applications: Sequence[Application] = (),
        people: Sequence[Person] = (),
        livekit_key: str = "",
        livekit_secret: str = "",
        feed: ExchangeFeed | None = None,
        backend: str = "visio",
        rings_for: float = 0.02,
    ) -> None:
        """`rings_for`: seconds until a called phone is picked up."""
        self.url = ""
        self.faults, self.livekit_faults = Faults(), Faults()
        self.requests: list[Received] = []
        self.accounts = Accounts(clock, applications, people)
        self.rooms = Rooms(self.accounts)
        self.livekit = SimulatedLiveKit(
            clock, api_key=livekit_key, secret=livekit_secret, rings_for=rings_for, feed=feed, backend=backend
        )
        self.lobby: dict[str, list[str]] = {}  # slug → names of those who wait
        self._feed = feed
        self._backend = backend

    @property
    def base_url(self) -> str:
        """For the configuration."""
        return f"{self.url}{PREFIX}"

    async def start(self, port: int = 0) -> None:
        """Listen on 127.0.0.1; `url` says where."""
        await self.livekit.webhooks.start()
        self._runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """End every connection."""
        await self._runner.cleanup()
        await self.livekit.webhooks.stop()

    def sent(self, ending: str) -> list[Received]:
        """The requests whose path ends so."""
        return [one for one in self.requests if one.path.endswith(ending)]

    def enter(self, slug: str, name: str, person: Person | None = None) -> Present | None:
        """Somebody opens the address: in, or None for the lobby. Raises KeyError where there is no such room."""
        room = self.room(slug)
        member = person is not None and person.sub in room.members
        free = room.access_level == "public" or member or (person is not None and room.access_level == "trusted")
        if not free:
            self.lobby.setdefault(slug, []).append(name)
            return None
        role = {"room_role": "owner"} if member else {}
        return self.livekit.join(room.id, name, **({"identity": person.sub} if person else {}), attributes=role)

    def room(self, slug: str) -> Room:
        """The room with this slug. Raises KeyError."""
        found = next((one for one in self.rooms.by_id.values() if one.slug == slug), None)
        if found is None:
            raise KeyError(slug)
        return found

    def subscribe(self, callback: Callable[[], None]) -> None:
        """Call back each time somebody came, went or changed."""
        self.livekit.subscribers.append(callback)

    def _application(self) -> web.Application:
        app = web.Application(middlewares=[self._api])
        app.router.add_post(f"{PREFIX}/application/token/", self._token)
        self.rooms.routes(app, PREFIX)
        self.livekit.routes(app)
        app.router.add_get("/api/v1.0/rooms/", _anonymous_list)
        app.router.add_get("/__heartbeat__", _heartbeat)
        app.router.add_get("/{slug}", self._door)
        app.router.add_post("/{slug}", self._enter)
        return app

    async def _token(self, request: web.Request) -> web.Response:
        return await self.accounts.token(request) if self.rooms.enabled else await _no_route(request)

    @web.middleware
    async def _api(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """What holds for the two APIs, not for the pages of people."""
        twirp = request.path.startswith("/twirp/")
        if not twirp and not request.path.startswith(("/external-api/", "/api/")):
            return await handler(request)
        shown = [recording(self._feed, self._backend)] if self._feed else []
        faults = self.livekit_faults if twirp else self.faults
        for layer in reversed([*shown, self._remember, faults.middleware, *([] if twirp else [refusing])]):
            handler = partial(layer, handler=handler)
        return await handler(request)

    @web.middleware
    async def _remember(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        headers = {name: value for name, value in request.headers.items()}
        self.requests.append(
            Received(request.method, request.path, request.query_string, headers, await request.read())
        )
        return await handler(request)

    async def _door(self, request: web.Request) -> web.Response:
        slug = request.match_info["slug"]
        known = any(one.slug == slug for one in self.rooms.by_id.values())
        text = page.door(slug) if known else page.unknown()
        return web.Response(text=text, content_type="text/html", status=200 if known else 404)

    async def _enter(self, request: web.Request) -> web.Response:
        slug, form = request.match_info["slug"], await request.post()
        name = str(form.get("name", ""))
        person = Person(f"{name}@visitors.example", name) if form.get("account") else None
        try:
            present = self.enter(slug, name, person)
        except KeyError:
            return web.Response(text=page.unknown(), content_type="text/html", status=404)
        return web.Response(text=page.inside(slug, name, waits=present is None), content_type="text/html")


async def _anonymous_list(request: web.Request) -> web.Response:
    """The internal API takes an application token for nobody's, and answers with an empty list."""
    return said(200, {"count": 0, "next": None, "previous": None, "results": []})


async def _heartbeat(request: web.Request) -> web.Response:
    return said(200, {"status": "ok"})


async def _no_route(request: web.Request) -> web.Response:
    raise web.HTTPNotFound
