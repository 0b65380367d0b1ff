"""The REST commands of simulated 8x8 (seeds/000) and its dial-in look-ups, as one aiohttp sub-application."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.clock import Clock
from bot.play.vendors.jaas.faults import Faults
from bot.play.vendors.jaas.meetings import Meetings
from bot.play.vendors.jaas.tokens import TokenCheck, TokenRefused

NUMBERS = (
    {"countryCode": "US", "tollFree": False, "formattedNumber": "+1 456-221-4739"},
    {"countryCode": "FR", "tollFree": False, "formattedNumber": "+33 1 99 00 12 34"},
)
DIDS = ("access/v1/dids", "v1/access/dids")  # 8x8's documents name both


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it came. `action` is DESTROY, BAN_USER, …, PIN, DIDS; `payload` is what it acts on."""

    action: str
    payload: Mapping[str, Any]
    at: datetime
    method: str
    path: str  # as on the wire, with the query
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


class Control:
    """Acts on the meetings for whoever signs with an uploaded key."""

    def __init__(self, check: TokenCheck, meetings: Meetings, clock: Clock, *, muc_domain: str) -> None:
        self.requests: list[Received] = []
        self.banned_users: set[str] = set()
        self.banned_tokens: set[str] = set()
        self.dids_at = DIDS[0]  # the other path answers 404
        self._check = check
        self._meetings = meetings
        self._clock = clock
        self._conference = re.compile(rf"([^@/]+)@conference\.{check.app_id}\.{re.escape(muc_domain)}")

    def application(self, faults: Faults) -> web.Application:
        """What is served below /v1."""
        app = web.Application(middlewares=[self._remember, faults.middleware])
        ban = f"/_jaas/jaccess/v1/access-management/{self._check.app_id}/ban"
        app.router.add_post(ban + "/user/{user_id}", self._ban_user)
        app.router.add_post(ban + "/jwt", self._ban_jwt)
        app.router.add_post("/_jaas/conference-commands/v1/meeting", self._command)
        app.router.add_get("/_jaas/vmms-conference-mapper/v1/access", self._pin)
        for path in DIDS:
            app.router.add_get(f"/_jaas/vmms-conference-mapper/{path}", self._dids)
        return app

    @web.middleware
    async def _remember(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        body = await request.read()
        action, payload = _meaning(request, body)
        self.requests.append(
            Received(
                action=action,
                payload=payload,
                at=self._clock.now(),
                method=request.method,
                path=request.raw_path,
                headers=request.headers.copy(),
                body=body,
            )
        )
        return await handler(request)

    def _signed(self, request: web.Request) -> None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer":
            raise web.HTTPUnauthorized
        try:
            self._check.admin(token)
        except TokenRefused as refused:
            raise web.HTTPUnauthorized(text=json.dumps({"status": 401, "message": str(refused)})) from None

    async def _ban_user(self, request: web.Request) -> web.Response:
        self._signed(request)
        self.banned_users.add(request.match_info["user_id"])
        return web.Response()

    async def _ban_jwt(self, request: web.Request) -> web.Response:
        self._signed(request)
        token = _json(await request.read()).get("jwt")
        if not isinstance(token, str):
            raise web.HTTPBadRequest
        self.banned_tokens.add(token)
        return web.Response()

    async def _command(self, request: web.Request) -> web.Response:
        self._signed(request)
        # Prosody takes no `; charset=utf-8` here.
        if request.headers.get("Content-Type") != "application/json":
            raise web.HTTPBadRequest
        command = _json(await request.read())
        payload = command.get("payload")
        if not isinstance(payload, dict):
            raise web.HTTPBadRequest
        named = self._conference.fullmatch(str(payload.get("conferenceFullName", "")))
        if not named:
            raise web.HTTPForbidden
        if not self._done(str(command.get("action")), named.group(1), payload):
            raise web.HTTPNotFound
        return web.Response()

    def _done(self, action: str, room: str, payload: dict[str, Any]) -> bool:
        number = str(payload.get("phoneNo", ""))
        match action:
            case "DESTROY":
                return self._meetings.end(room)
            case "KICK_PARTICIPANT":
                return self._meetings.leave(room, str(payload.get("participantId", "")), "kicked")
            case "DIAL_OUT_PARTICIPANT" if number:
                self._meetings.dial(room, number)
                return True
            case "HANG_UP_CALL" if number:
                return self._meetings.hang_up(room, number)
        raise web.HTTPBadRequest

    async def _pin(self, request: web.Request) -> web.Response:
        conference = request.query.get("conference", "")
        named = self._conference.fullmatch(conference)
        if not named:
            raise web.HTTPBadRequest
        room, app_id = named.group(1), self._check.app_id
        pin = str(10**12 + int(hashlib.sha256(conference.encode()).hexdigest(), 16) % (9 * 10**12))
        return web.json_response(
            {
                "message": "Successfully retrieved conference mapping",
                "id": pin,
                "conference": conference,
                "url": f"{request.url.origin()}/{app_id}/{room}",
                "fqn": f"{app_id}/{room}",
                "name": room,
                "tenant": app_id,
                "hasPasscode": False,
            }
        )

    async def _dids(self, request: web.Request) -> web.Response:
        if not request.path.endswith(self.dids_at):
            raise web.HTTPNotFound
        return web.json_response(list(NUMBERS))


def _json(body: bytes) -> dict[str, Any]:
    try:
        content = json.loads(body)
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise web.HTTPBadRequest
    return content


def _meaning(request: web.Request, body: bytes) -> tuple[str, Mapping[str, Any]]:
    if "/ban/user/" in request.path:
        return "BAN_USER", {"userId": request.path.rpartition("/ban/user/")[2]}
    if request.path.endswith("/dids"):
        return "DIDS", {}
    if request.method == "GET":
        return "PIN", dict(request.query)
    try:
        content = json.loads(body)
    except ValueError:
        return "?", {}
    if request.path.endswith("/ban/jwt"):
        return "BAN_JWT", content
    return str(content.get("action")), content.get("payload", {})
