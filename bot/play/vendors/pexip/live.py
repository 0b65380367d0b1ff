"""The status and command APIs of simulated Pexip."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aiohttp import web

from bot.play.vendors.pexip.configuration import answer, empty, sent
from bot.play.vendors.pexip.listing import filtered, page
from bot.play.vendors.pexip.meetings import EntryRefused, Leg, Meetings, Running
from bot.play.vendors.pexip.objects import Invalid, Wrong
from bot.play.vendors.pexip.signin import SignIns, not_permitted

STATUS, COMMAND = "/api/admin/status/v1", "/api/admin/command/v1"
COMMANDS = {
    "participant": ("dial", "disconnect", "mute", "role", "transfer", "unlock", "unmute"),
    "conference": ("disconnect", "lock", "mute_guests", "unlock", "unmute_guests"),
}
DONE = {"data": None, "status": "success"}

Json = dict[str, Any]


class Live:
    """Below /api/admin/status/v1 and /api/admin/command/v1."""

    def __init__(self, meetings: Meetings, sign_ins: SignIns) -> None:
        self._meetings = meetings
        self._sign_ins = sign_ins

    def routes(self, app: web.Application) -> None:
        """Lists, details, schemas; commands."""
        app.router.add_get(f"{STATUS}/{{resource:conference|participant}}/schema/", self._schema)
        app.router.add_get(f"{STATUS}/{{resource:conference|participant}}/", self._list)
        app.router.add_get(f"{STATUS}/{{resource:conference|participant}}/{{id}}/", self._detail)
        app.router.add_get(f"{COMMAND}/{{scope:conference|participant}}/", self._root)
        app.router.add_post(f"{COMMAND}/{{scope:conference|participant}}/{{command}}/", self._command)

    async def _schema(self, request: web.Request) -> web.Response:
        if not self._sign_ins.known(request).reads:
            raise not_permitted()
        return answer({"allowed_list_http_methods": ["get"], "fields": {}})

    async def _list(self, request: web.Request) -> web.Response:
        account = self._sign_ins.known(request)
        objects = self._objects(request.match_info["resource"]) if account.reads else []
        query = [(key, value) for key, value in request.query.items()]
        known = frozenset(objects[0]) if objects else frozenset()
        try:
            return answer(page(request.path, filtered(objects, query, known), query, known))
        except Wrong as error:
            return answer({"error": str(error)}, 400)

    async def _detail(self, request: web.Request) -> web.Response:
        account = self._sign_ins.known(request)
        for one in self._objects(request.match_info["resource"]):
            if one["id"] == request.match_info["id"]:
                if not account.reads:
                    raise not_permitted()
                return answer(one)
        return empty(404)

    def _objects(self, resource: str) -> list[Json]:
        if resource == "conference":
            return [one.shown() for one in self._meetings.running.values()]
        return [leg.shown() for leg in self._meetings.legs()]

    async def _root(self, request: web.Request) -> web.Response:
        self._sign_ins.known(request)
        scope = request.match_info["scope"]
        paths = {name: f"{COMMAND}/{scope}/{name}/" for name in COMMANDS[scope]}
        return answer({name: {"list_endpoint": path, "schema": f"{path}schema/"} for name, path in paths.items()})

    async def _command(self, request: web.Request) -> web.Response:
        account = self._sign_ins.known(request)
        scope, command = request.match_info["scope"], request.match_info["command"]
        if command not in COMMANDS[scope]:
            raise web.HTTPNotFound
        if not account.writes:
            raise not_permitted()
        try:
            return await self._carry_out(scope, command, await sent(request, command))
        except Invalid as error:
            return answer(error.body, 400)
        except Wrong as error:
            return answer({"error": str(error), "status": "failure"}, 400)

    async def _carry_out(self, scope: str, command: str, order: Json) -> web.Response:
        if command == "dial":
            return self._dial(order)
        _required(command, order, f"{scope}_id")
        target = str(order[f"{scope}_id"])
        meeting = self._meetings.by_id(target) if scope == "conference" else self._meetings.of_leg(target)
        if meeting is None:
            raise Wrong(f"Failed to find {scope} {target}")
        if scope == "conference":
            self._to_meeting(command, meeting)
        else:
            self._to_leg(command, meeting.legs[target], order)
        return answer(DONE, 202)

    def _dial(self, order: Json) -> web.Response:
        _required("dial", order, "conference_alias", "destination")
        if order.get("routing", "manual") == "manual" and not (order.get("system_location") or order.get("node")):
            raise Wrong("Either node or system_location must be given for manual routing")
        try:
            leg = self._meetings.dial(order)
        except EntryRefused as refused:
            raise Wrong(f"{refused} {order['conference_alias']}") from None
        data = {"participant_id": leg.id, "participant_ids": [leg.id]}
        return answer({"data": data, "status": "success"}, 202)

    def _to_meeting(self, command: str, meeting: Running) -> None:
        if command == "disconnect":
            for leg_id in list(meeting.legs):
                self._meetings.leave(leg_id, "Conference terminated by an administrator")
            return
        if command in {"lock", "unlock"}:
            meeting.locked = command == "lock"
        else:
            meeting.guests_muted = command == "mute_guests"
            for leg in meeting.legs.values():
                if leg.role == "guest":
                    leg.muted = meeting.guests_muted
        self._meetings.meeting_updated(meeting)

    def _to_leg(self, command: str, leg: Leg, order: Json) -> None:
        actions: dict[str, Callable[[], object]] = {
            "disconnect": lambda: self._meetings.leave(leg.id, "Participant disconnected by an administrator"),
            "unlock": lambda: self._meetings.admit(leg),
            "mute": lambda: self._set(leg, "muted", True),
            "unmute": lambda: self._set(leg, "muted", False),
        }
        if command == "role":
            _required(command, order, "role")
            if order["role"] not in {"chair", "guest"}:
                raise Invalid("role", {"role": [f"Value '{order['role']}' is not a valid choice."]})
            self._set(leg, "role", order["role"])
        elif command in actions:
            actions[command]()
        else:
            raise Wrong("Not simulated.")

    def _set(self, leg: Leg, name: str, value: object) -> None:
        setattr(leg, name, value)
        self._meetings.updated(leg)


def _required(command: str, order: Json, *names: str) -> None:
    missing = {name: ["This field is required."] for name in names if not order.get(name)}
    if missing:
        raise Invalid(command, missing)
