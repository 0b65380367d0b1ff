"""The REST services of simulated OpenMeetings that the bot uses, with the statuses and bodies of a recorded 7.2."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.clock import Clock
from bot.play.vendors.jaas.faults import Faults
from bot.play.vendors.openmeetings.jettison import render
from bot.play.vendors.openmeetings.meetings import Meetings
from bot.play.vendors.openmeetings.rooms import TYPES, NoSuchRoom, NotARoom, Rooms
from bot.play.vendors.openmeetings.sessions import LoginRefused, Sessions

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
PAGE = '<!doctype html><html lang="en"><head><title>HTTP Status {0} – {1}</title></head><body>{1}</body></html>'
SENTENCES = {  # by key and language: 1 is English, 2 German
    ("error.bad.credentials", 1): "Username/email and/or password are incorrect.",
    ("error.nogroup", 1): "User is not assigned to group.",
    ("error.nogroup", 2): "Nutzer gehört zu keiner Gruppe.",
}
NULL = 'Cannot invoke "org.apache.openmeetings.db.{}" because "<{}>" is null'
NO_ROOM_TO_GET = NULL.format("entity.room.Room.getId()", "parameter1")
NO_ROOM_TO_CLOSE = NULL.format("entity.room.Room.setClosed(boolean)", "local5")
NO_ROOM_TO_OPEN = NULL.format("entity.room.Room.setClosed(boolean)", "local4")
NO_ROOM_TO_SAVE = NULL.format("entity.room.Room.setId(java.lang.Long)", "local2")
NO_ROOM_SENT = NULL.format("dto.room.RoomDTO.getId()", "parameter1")
NO_OPTIONS_SENT = NULL.format("dto.room.RoomOptionsDTO.isAllowSameURLMultipleTimes()", "parameter3")


class ServerError(Exception):
    """What the server answers with status 500 and its own words."""


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it came. `service` is what follows `services/`."""

    method: str
    service: str
    query: Mapping[str, str] = field(repr=False)
    form: Mapping[str, str] = field(repr=False)
    at: datetime


class Services:
    """Below /openmeetings/services."""

    def __init__(self, rooms: Rooms, sessions: Sessions, meetings: Meetings, clock: Clock, *, version: str) -> None:
        self.version = version
        self.health = {"inited": True, "installed": True, "dbOk": True}
        self.recordings: list[dict[str, Any]] = []
        self.requests: list[Received] = []
        self._rooms = rooms
        self._sessions = sessions
        self._meetings = meetings
        self._clock = clock

    def application(self, faults: Faults) -> web.Application:
        """The services, with the server's own ways to refuse."""
        app = web.Application(middlewares=[self._remember, faults.middleware, self._refuse])
        login = app.router.add_post if int(self.version.split(".")[0]) >= 9 else app.router.add_get
        login("/user/login", self._login)
        app.router.add_post("/user/hash", self._hash)
        app.router.add_get("/info/version", self._version)
        app.router.add_get("/info/health", self._health)
        app.router.add_get("/error/{key}/{language:[0-9]+}", self._error)
        app.router.add_post("/room", self._save_room)
        app.router.add_get("/room/public/{type}", self._public_rooms)
        app.router.add_get("/room/close/{id:[0-9]+}", self._close)
        app.router.add_get("/room/open/{id:[0-9]+}", self._open)
        app.router.add_get("/room/count/{id:[0-9]+}", self._count)
        app.router.add_get("/room/users/{id:[0-9]+}", self._users)
        app.router.add_get("/room/kick/{id:[0-9]+}", self._kick)
        app.router.add_get("/room/kick/{id:[0-9]+}/{external_type}/{external_id}", self._kick)
        app.router.add_get("/room/{type}/{external_type}/{external_id}", self._external_room)
        app.router.add_get("/room/{id:[0-9]+}", self._room)
        app.router.add_delete("/room/{id:[0-9]+}", self._delete_room)
        app.router.add_get("/record/room/{id:[0-9]+}", self._recordings_of_room)
        return app

    @web.middleware
    async def _remember(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        form = await request.post() if request.content_type in FORMS else {}
        self.requests.append(
            Received(
                method=request.method,
                service=request.path.partition("/services/")[2],
                query=dict(request.query),
                form={key: str(value) for key, value in form.items()},
                at=self._clock.now(),
            )
        )
        return await handler(request)

    @web.middleware
    async def _refuse(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if "%2f" in request.raw_path.lower():
            return _page(400, "Invalid URI: noSlash")
        if request.headers.get("Accept", "*/*") not in ("*/*", "application/json"):
            return web.Response(status=406)
        if request.method == "POST" and request.content_type == "application/json":
            return web.Response(status=415)
        try:
            return await handler(request)
        except ServerError as error:
            return _result(str(error), "ERROR", status=500, exception=str(error))
        except web.HTTPMethodNotAllowed:
            return web.Response(status=405, headers={"Allow": "DELETE,POST,GET,OPTIONS,HEAD"})
        except web.HTTPException as error:
            return web.Response(status=error.status)

    def _need(self, request: web.Request, right: str = "SOAP") -> None:
        if not self._sessions.allows(request.query.get("sid", ""), right):
            raise ServerError("error.notallowed")

    async def _version(self, _request: web.Request) -> web.Response:
        info = {"version": self.version, "revision": "abcdef1", "buildDate": "2023-12-18T07:15:31Z"}
        return _json(render("info", info))

    async def _health(self, _request: web.Request) -> web.Response:
        return _json(render("health", self.health))

    async def _error(self, request: web.Request) -> web.Response:
        key, language = request.match_info["key"], int(request.match_info["language"])
        return _result(SENTENCES.get((key, language), "[Missing]"))

    async def _login(self, request: web.Request) -> web.Response:
        fields = request.query if request.method == "GET" else await request.post()
        try:
            return _result(self._sessions.login(str(fields.get("user", "")), str(fields.get("pass", ""))))
        except LoginRefused as refused:
            return _result(str(refused), "ERROR")

    async def _hash(self, request: web.Request) -> web.Response:
        form = await request.post()
        user, options = _object(form.get("user", "null")), _object(form.get("options", "null"))
        self._need(request)
        if options is None:
            raise ServerError(NO_OPTIONS_SENT)
        if user is None or not user.get("externalId") or not user.get("externalType"):
            return _result("externalId and/or externalType are not set", "ERROR")
        return _result(self._sessions.mint(request.query["sid"], user, options))

    async def _public_rooms(self, request: web.Request) -> web.Response:
        kind = request.match_info["type"]
        self._need(request, "ROOM")
        if kind not in TYPES:
            return _page(500, f"No enum constant org.apache.openmeetings.db.entity.room.Room.Type.{kind}")
        rooms = self._rooms.by_id.values()
        return _json(render("roomDTO", [room for room in rooms if room["type"] == kind and room["isPublic"]]))

    async def _room(self, request: web.Request) -> web.Response:
        self._need(request)
        try:
            return _json(render("roomDTO", self._rooms.get(_id(request))))
        except NoSuchRoom:
            raise ServerError(NO_ROOM_TO_GET) from None

    async def _external_room(self, request: web.Request) -> web.Response:
        kind, external_type, external_id = (request.match_info[k] for k in ("type", "external_type", "external_id"))
        wanted = request.query.get("room")
        if wanted is not None and _object_or_none(wanted) is None:
            raise web.HTTPNotFound
        self._need(request)
        if kind not in TYPES:
            raise ServerError(f"No enum constant org.apache.openmeetings.db.entity.room.Room.Type.{kind}")
        room = self._rooms.external(kind, external_type, external_id)
        if room is None and wanted is not None:
            room = self._rooms.save(wanted, external=(external_type, external_id))
        return _json(render("roomDTO", room)) if room else web.Response(status=204)

    async def _save_room(self, request: web.Request) -> web.Response:
        text = (await request.post()).get("room")
        self._need(request)
        if text is None:
            raise ServerError(NO_ROOM_SENT)
        try:
            return _json(render("roomDTO", self._rooms.save(str(text))))
        except NotARoom:
            raise web.HTTPBadRequest from None
        except NoSuchRoom:
            raise ServerError(NO_ROOM_TO_SAVE) from None

    async def _delete_room(self, request: web.Request) -> web.Response:
        self._need(request)
        return _result("Deleted" if self._rooms.by_id.pop(_id(request), None) else "Not found")

    async def _close(self, request: web.Request) -> web.Response:
        self._set_closed(request, NO_ROOM_TO_CLOSE, closed=True)
        self._meetings.kick(_id(request))  # the real one hides the room behind a dialog that leads out
        return _result("Closed")

    async def _open(self, request: web.Request) -> web.Response:
        self._set_closed(request, NO_ROOM_TO_OPEN, closed=False)
        return _result("Opened")

    def _set_closed(self, request: web.Request, missing: str, *, closed: bool) -> None:
        self._need(request)
        try:
            self._rooms.get(_id(request))["closed"] = closed
        except NoSuchRoom:
            raise ServerError(missing) from None

    async def _count(self, request: web.Request) -> web.Response:
        self._need(request)
        return _result(str(len(self._meetings.inside(_id(request)))))

    async def _users(self, request: web.Request) -> web.Response:
        self._need(request)
        return _json(render("userDTO", [client.user for client in self._meetings.inside(_id(request))]))

    async def _kick(self, request: web.Request) -> web.Response:
        self._need(request)
        if "external_id" not in request.match_info:
            self._meetings.kick(_id(request))
            return _result("Kicked")
        external = request.match_info["external_type"], request.match_info["external_id"]
        return _result("Kicked" if self._meetings.kick(_id(request), external) else "Not kicked")

    async def _recordings_of_room(self, request: web.Request) -> web.Response:
        self._need(request)
        return _json(render("recordingDTO", [one for one in self.recordings if one["roomId"] == _id(request)]))


def _id(request: web.Request) -> int:
    return int(request.match_info["id"])


def _object_or_none(text: object) -> dict[str, Any] | None:
    try:
        content = json.loads(str(text))
    except ValueError:
        return None
    return content if isinstance(content, dict) else None


def _object(text: object) -> dict[str, Any] | None:
    """A form field's JSON; None where the field was not sent. Raises HTTPBadRequest for what is not JSON."""
    content = _object_or_none(text)
    if content is None and text != "null":
        raise web.HTTPBadRequest
    return content


def _json(text: str, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    return web.Response(
        body=text.encode(), status=status, headers={"Content-Type": "application/json", **(headers or {})}
    )


def _result(message: str, kind: str = "SUCCESS", *, status: int = 200, exception: str = "") -> web.Response:
    headers = {"exception": exception} if exception else {}
    return _json(render("serviceResult", {"message": message, "type": kind}), status, headers)


def _page(status: int, words: str) -> web.Response:
    return web.Response(status=status, text=PAGE.format(status, words), content_type="text/html")
