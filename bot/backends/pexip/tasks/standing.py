"""Standing participants: people and devices that are called whenever a room they are attached to starts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from bot.backends.pexip.objects import detail_of, id_of, uri_of
from bot.backends.pexip.paths import configuration
from bot.backends.pexip.schema import Json
from bot.backends.pexip.tasks.base import MOST_LISTED, ROOMS, Task, only, related_uris
from bot.capabilities import Done, Hands, Operation, Plan, Sheet, Subject, Wish
from bot.forms import Field, FieldKind
from bot.model import Outcome
from bot.reply import Code, Line, Strong, Text, text

ALL = "all"
SOME_ROOMS = Field("rooms", FieldKind.OBJECTS, "the rooms that call it when they start", related="conference")


class Standing(Task):
    """Automatically dialled participants (seeds/002)."""

    resource = "automatic_participant"
    renamed: ClassVar = {"name": "remote_display_name", "rooms": "conference"}
    subject = Subject(
        "standing",
        "Standing participants",
        (
            Operation("list", "List standing participants", changes=False, names="[text]"),
            Operation(
                "add",
                "Add somebody who is called whenever a room starts",
                fields=(
                    Field("alias", help="whom to call, such as desk@example.org", required=True),
                    Field("name", help="how they are shown"),
                    SOME_ROOMS,
                    Field("protocol"),
                    Field("role"),
                    Field("description"),
                ),
                example='alias=desk@example.org name="Front desk" rooms=standup protocol=sip role=guest',
            ),
            Operation(
                "attach",
                "Have further rooms call a participant",
                names="id|alias",
                fields=(ROOMS,),
                example="7 rooms=a,b",
            ),
            Operation(
                "detach",
                "Have rooms call a participant no more",
                names="id|alias",
                fields=(Field("rooms", FieldKind.OBJECTS, "the rooms, or all", required=True, related="conference"),),
                example="7 rooms=a",
            ),
            Operation("delete", "Delete standing participants", names="id|alias …", example="7"),
        ),
        (resource,),
        task=True,
    )

    async def look(self, wish: Wish) -> Sheet:
        """Whom which rooms call."""
        found = await self.listed(wish)
        names = await self._room_names(found)
        lines = [Line(_line(one, names)) for one in found[:MOST_LISTED]]
        return Sheet(f"Standing participants: {len(found)}", tuple(lines))

    async def _room_names(self, found: Sequence[Json]) -> dict[str, str]:
        wanted = {uri for one in found for uri in related_uris(one, "conference")}
        names = {}
        if wanted:
            async for room in self.transport.every(configuration("conference")):
                names[uri_of(room)] = str(room.get("name"))
        return names

    async def plan(self, wish: Wish) -> Plan:
        """add, attach, detach, delete."""
        match wish.operation.name:
            case "add":
                return await self._add(wish)
            case "delete":
                return await self.node.resources.planned(self.resource, wish)
            case _:
                return await self._move(wish, attach=wish.operation.name == "attach")

    async def _add(self, wish: Wish) -> Plan:
        values = self.fields(wish.values)
        rooms = await self.node.rooms(values["conference"]) if values.get("conference") else []
        if rooms:
            values["conference"] = ",".join(uri_of(one) for one in rooms)
        body = await self.objects.payload(self.resource, values, creating=True)
        where = ", ".join(str(one.get("name")) for one in rooms) or "no room yet"
        how = ", ".join(f"{name} {word}" for name, word in body.items() if name not in ("alias", "conference"))
        says = text(
            "Add the standing participant ", Strong(str(body["alias"])), f" to {where}", f" · {how}" if how else ""
        )

        async def act(hands: Hands) -> Done:
            made = await self.transport.create(configuration(self.resource), body)
            return Done(f"Added the standing participant {made.one.id}, {body['alias']}, to {where}.")

        return Plan(says, act, values=_exact(wish, rooms), binds=where)

    async def _move(self, wish: Wish, *, attach: bool) -> Plan:
        """The whole list goes over the wire, so it is made from the one that is there now."""
        only(wish.values, wish.operation)
        one = await self.one(wish)
        present, word = related_uris(one, "conference"), wish.values["rooms"]
        everything = not attach and word.strip().lower() == ALL
        rooms = [] if everything else await self.node.rooms(word)
        named = present if everything else [uri_of(room) for room in rooms]
        kept = present if attach else [uri for uri in present if uri not in named]
        wanted = [*kept, *(uri for uri in named if attach and uri not in present)]
        names = "all rooms" if everything else ", ".join(str(room.get("name")) for room in rooms)
        verb, link = ("Attach", "to") if attach else ("Detach", "from")
        says = text(
            f"{verb} the standing participant ", Strong(str(one.get("alias"))), f" ({id_of(one)}) {link} {names}"
        )

        async def act(hands: Hands) -> Done:
            if set(wanted) == set(present):
                return Done(f"{one.get('alias')} is {'' if attach else 'not '}called by {names}.", Outcome.ALREADY_SO)
            await self.transport.change(detail_of(one), {"conference": wanted}, what="that standing participant")
            return await self._after(one, wanted, f"{verb}ed {one.get('alias')} {link} {names}")

        exact = wish.values if everything else _exact(wish, rooms)
        return Plan(says, act, (id_of(one),), exact, binds=f"{one.get('alias')} {names}")

    async def _after(self, one: Json, wanted: list[str], words: str) -> Done:
        now = await self.transport.read(detail_of(one), what="that standing participant")
        left = related_uris(now, "conference")
        if set(left) != set(wanted):
            return Done(f"{words}, but somebody else changed its rooms meanwhile; look at the list.", Outcome.ACCEPTED)
        return Done(f"{words}; {len(left)} rooms call it now.", Outcome.CONFIRMED)


def _exact(wish: Wish, rooms: Sequence[Json]) -> dict[str, str]:
    """The words with the rooms by their ids, which go on naming the same ones."""
    key = "conference" if "conference" in wish.values else "rooms"
    return {**wish.values, **({key: ",".join(id_of(one) for one in rooms)} if rooms else {})}


def _line(one: Json, names: dict[str, str]) -> Text:
    rooms = ", ".join(names.get(uri, "?") for uri in related_uris(one, "conference")) or "no room"
    shown = f" {one['remote_display_name']}" if one.get("remote_display_name") else ""
    how = f"{one.get('protocol', '')} {one.get('role', '')}".strip()
    return text(Code(id_of(one)), " ", Strong(str(one.get("alias"))), f"{shown} · {how} · called by {rooms}")
