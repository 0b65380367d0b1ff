"""Rooms of simulated La Suite Meet: list, create and retrieve with the wire rules of the external API."""

from __future__ import annotations

import random
import string
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from aiohttp import web

from bot.play.vendors.lasuite.accounts import Accounts, Person, Refusal, json_of, page, said

PAGE_SIZE = 20  # whatever page_size says
ACCESS = ("public", "trusted", "restricted")
SOURCES = ("camera", "microphone", "screen_share", "screen_share_audio")
NUMBER = "+33187212345"

Json = dict[str, Any]


@dataclass(slots=True)
class Room:
    """One room. `members`: the `sub` of whoever has a role in it."""

    name: str
    slug: str
    access_level: str = "trusted"
    configuration: Json = field(default_factory=dict)
    members: set[str] = field(default_factory=set)
    pin_code: str | None = field(default=None, repr=False)
    id: str = field(default_factory=lambda: str(uuid4()))


class Rooms:
    """The rooms and their three operations (seeds/004)."""

    def __init__(self, accounts: Accounts) -> None:
        self.by_id: dict[str, Room] = {}
        self.enabled = True  # EXTERNAL_API_ENABLED
        self.telephony = True
        self.public_allowed = False
        self.tells_url = True  # APPLICATION_BASE_URL is set
        self._accounts = accounts
        self._dice = random.Random()  # noqa: S311 (names and PINs of a simulation)

    def routes(self, app: web.Application, prefix: str) -> None:
        """With the last slash alone; without it, see `slashed`."""
        app.router.add_route("*", f"{prefix}/rooms/", self._collection)
        app.router.add_route("*", f"{prefix}/rooms/{{id}}/", self._one)

    def add(self, person: Person, *, name: str = "", slug: str = "", access: str = "trusted", **more: Any) -> Room:  # noqa: ANN401
        """A room of this person's, as the web interface makes one."""
        slug = slug or self._slug()
        pin = "".join(self._dice.choices(string.digits, k=10)) if self.telephony else None
        room = Room(name or slug, slug, access, members={person.sub}, pin_code=pin, **more)
        self.by_id[room.id] = room
        return room

    async def _collection(self, request: web.Request) -> web.Response:
        if not self.enabled:
            return page(404, "Not Found")
        match request.method:
            case "GET" | "HEAD":
                return self._list(request)
            case "POST":
                return await self._create(request)
        return said(405, {"detail": f'Method "{request.method}" not allowed.'})

    def _list(self, request: web.Request) -> web.Response:
        person = self._accounts.who(request, "rooms:list")
        mine = sorted((one for one in self.by_id.values() if person.sub in one.members), key=lambda one: one.name)
        pages, asked = max(1, -(-len(mine) // PAGE_SIZE)), request.query.get("page", "1")
        number = pages if asked == "last" else int(asked) if asked.isdecimal() else 0
        if not 1 <= number <= pages:
            return said(404, {"detail": "Invalid page."})
        here = f"{request.scheme}://{request.host}{request.path}"
        return said(
            200,
            {
                "count": len(mine),
                "next": f"{here}?page={number + 1}" if number < pages else None,
                "previous": f"{here}?page={number - 1}" if number > 1 else None,
                "results": [self._shown(one, request) for one in mine[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]],
            },
        )

    async def _create(self, request: web.Request) -> web.Response:
        person = self._accounts.who(request, "rooms:create")
        body = await json_of(request)
        access, configuration = body.get("access_level", "trusted"), body.get("configuration", {})
        if access not in ACCESS:
            return said(400, {"access_level": [f'"{access}" is not a valid choice.']})
        if access == "public" and not self.public_allowed:
            return said(400, {"access_level": ["Public rooms are disabled for the external API."]})
        if problem := _problem(configuration):
            return said(400, {"configuration": [problem]})
        room = self.add(person, access=access, configuration=configuration)
        shown = self._shown(room, request)
        return said(201, shown, **({"Location": shown["url"]} if "url" in shown else {}))

    async def _one(self, request: web.Request) -> web.Response:
        if not self.enabled:
            return page(404, "Not Found")
        if request.method not in {"GET", "HEAD"}:
            return said(405, {"detail": f'Method "{request.method}" not allowed.'})
        person = self._accounts.who(request, "rooms:retrieve")
        try:
            room_id = str(UUID(request.match_info["id"]))
        except ValueError:
            return said(404, {"detail": "Not found."})
        room = self.by_id.get(room_id)
        if room is None:
            return said(404, {"detail": "No Room matches the given query."})
        if person.sub not in room.members:
            return said(403, {"detail": "You do not have permission to perform this action."})
        return said(200, self._shown(room, request))

    def _shown(self, room: Room, request: web.Request) -> Json:
        shown: Json = {
            "id": room.id,
            "name": room.name,
            "slug": room.slug,
            "access_level": room.access_level,
            "configuration": room.configuration,
        }
        if self.tells_url:
            shown["url"] = f"{request.scheme}://{request.host}/{room.slug}"
        if self.telephony:
            shown["telephony"] = {
                "enabled": True,
                "phone_number": NUMBER,
                "pin_code": room.pin_code,
                "default_country": "FR",
            }
        return shown

    def _slug(self) -> str:
        return "-".join("".join(self._dice.choices(string.ascii_lowercase, k=size)) for size in (3, 4, 3))


def _problem(configuration: object) -> Json | str | None:
    """Pydantic's own objects, not texts, as the real server answers them."""
    if not isinstance(configuration, dict):
        return "Configuration must be a dictionary."
    for name, value in configuration.items():
        if name not in {"can_publish_sources", "everyone_can_mute"}:
            return {"type": "extra_forbidden", "loc": [name], "msg": "Extra inputs are not permitted"}
        if name == "can_publish_sources" and any(one not in SOURCES for one in value):
            return {
                "type": "literal_error",
                "loc": [name, "0"],
                "msg": "Input should be 'camera', 'microphone', 'screen_share' or 'screen_share_audio'",
            }
    return None


@web.middleware
async def refusing(request: web.Request, handler: Any) -> web.StreamResponse:  # noqa: ANN401 (aiohttp's Handler)
    """Refusals from deep inside, Django's 404 and its redirect to the last slash."""
    if not request.path.endswith("/"):
        return web.Response(status=301, headers={"Location": f"{request.path}/"})
    try:
        return await handler(request)  # type: ignore[no-any-return]
    except Refusal as refusal:
        return refusal.answer
    except web.HTTPNotFound:
        return page(404, "Not Found")
