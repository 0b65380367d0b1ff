"""Simulated 8x8 JaaS: the wire rules of seeds/000 and of 8x8's public documents, with people who come and go.

It verifies tokens with the public key and the injected clock, keeps meetings, rings phones, and tells the bot by signed
webhooks. Not simulated: the lobby and the PIN of a room (its settings are asked for and kept, `maxOccupants` holds).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from email.utils import format_datetime
from typing import Any

from aiohttp import web

from bot.clock import Clock
from bot.play.exchange import ExchangeFeed, recording
from bot.play.vendors.jaas import page
from bot.play.vendors.jaas.control import Control, Received
from bot.play.vendors.jaas.faults import EMPTY, HTML, Fault, Faults
from bot.play.vendors.jaas.meetings import MeetingFull, Meetings, Presence
from bot.play.vendors.jaas.tokens import TokenCheck, TokenRefused
from bot.play.vendors.jaas.webhooks import Webhooks
from bot.play.vendors.telling import Delivery

__all__ = ["EMPTY", "HTML", "Delivery", "Fault", "Presence", "Received", "SimulatedJaas", "TokenRefused"]


SECRET_ANSWERS = {"/v1/access": re.compile(r'(?<="id": ")[0-9]+')}  # the PIN of a room


class SimulatedJaas:
    """One AppID at 8x8 on loopback. `faults` and `webhooks.delivery` make it misbehave."""

    def __init__(
        self,
        *,
        app_id: str,
        keys: Mapping[str, str],
        clock: Clock,
        webhook_secret: str,
        hook_url: str | None = None,
        webhook_authorization: str | None = None,
        feed: ExchangeFeed | None = None,
        backend: str = "jaas",
        muc_domain: str = "8x8.vc",
        rings_for: float = 0.02,
    ) -> None:
        """`keys`: kid to public key (PEM); `rings_for`: seconds until a called phone is picked up."""
        self.app_id = app_id
        self.url = ""
        self.faults = Faults()
        self.webhooks = Webhooks(
            app_id,
            clock,
            url=hook_url,
            secret=webhook_secret,
            authorization=webhook_authorization,
            feed=feed,
            backend=backend,
        )
        self.meetings = Meetings(
            clock,
            muc=f"conference.{app_id}.{muc_domain}",
            tell=self.webhooks.tell,
            ask_settings=self.webhooks.ask_settings,
            rings_for=rings_for,
        )
        self._clock = clock
        self._feed = feed
        self._backend = backend
        self._check = TokenCheck(app_id, keys, clock)
        self.control = Control(self._check, self.meetings, clock, muc_domain=muc_domain)

    @property
    def requests(self) -> list[Received]:
        """Every REST request so far, those that were refused included."""
        return self.control.requests

    async def start(self, port: int = 0) -> None:
        """Listen on 127.0.0.1; `url` says where."""
        await self.webhooks.start()
        self._runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """End every call and connection."""
        self.meetings.stop()
        await self._runner.cleanup()
        await self.webhooks.stop()

    async def join(self, room: str, token: str) -> Presence:
        """Come in as the token says. Raises TokenRefused with the reason."""
        claims = self._check.join(token, room)
        user_id = str(claims["context"]["user"].get("id", ""))
        if token in self.control.banned_tokens or user_id in self.control.banned_users:
            raise TokenRefused("banned")
        try:
            return await self.meetings.join(room, claims, token)
        except MeetingFull:
            raise TokenRefused("full") from None

    def leave(self, room: str, participant_id: str) -> bool:
        """Go out by oneself. False when nobody by that id is in."""
        return self.meetings.leave(room, participant_id)

    def people(self) -> list[dict[str, Any]]:
        """Who is in which meeting: {room, participant_id, name, medium, joined_at (ISO)}."""
        return [
            {
                "room": meeting.room,
                "participant_id": one.participant_id,
                "name": one.name,
                "medium": one.medium,
                "joined_at": one.joined_at.isoformat(),
            }
            for meeting in self.meetings.running.values()
            for one in meeting.people.values()
        ]

    def subscribe(self, callback: Callable[[], None]) -> None:
        """Call back each time somebody came or went."""
        self.meetings.subscribers.append(callback)

    def _application(self) -> web.Application:
        app = web.Application()
        app.on_response_prepare.append(self._dated)
        api = self.control.application(self.faults)
        if self._feed:
            api.middlewares.insert(0, recording(self._feed, self._backend, secret_answers=SECRET_ANSWERS))
        app.add_subapp("/v1", api)
        room = f"/{self.app_id}/{{room}}"
        app.router.add_get(room, self._page)
        app.router.add_get(room + "/presence/{participant_id}", self._still_in)
        app.router.add_post(room + "/presence/{participant_id}/leave", self._leave)
        return app

    async def _dated(self, _request: web.Request, response: web.StreamResponse) -> None:
        response.headers["Date"] = format_datetime(self._clock.now(), usegmt=True)

    async def _page(self, request: web.Request) -> web.Response:
        room, token = request.match_info["room"], request.query.get("jwt", "")
        try:
            if not token:
                raise TokenRefused("tokenMissing")
            me = await self.join(room, token)
        except TokenRefused as refused:
            return web.Response(text=page.refused(str(refused)), content_type="text/html", status=403)
        return web.Response(text=page.inside(self.meetings.running[room], me), content_type="text/html")

    async def _still_in(self, request: web.Request) -> web.Response:
        meeting = self.meetings.running.get(request.match_info["room"])
        inside = meeting and request.match_info["participant_id"] in meeting.people
        return web.Response(status=200 if inside else 404)

    async def _leave(self, request: web.Request) -> web.Response:
        self.leave(request.match_info["room"], request.match_info["participant_id"])
        return web.Response(text=page.left(), content_type="text/html")
