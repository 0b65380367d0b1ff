"""Giving something to rooms: a theme, a playlist. All rooms in one request, all or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.backends.pexip.objects import detail_of, id_of, uri_of
from bot.backends.pexip.paths import configuration
from bot.backends.pexip.schema import Json
from bot.backends.pexip.tasks.base import Node
from bot.capabilities import Done, Hands, Plan, Wish
from bot.model import Outcome
from bot.reply import Strong, text

NONE = frozenset({"none", "default"})


async def chosen(node: Node, resource: str, wish: Wish) -> Json | None:
    """The object that is named; None for the word `none`."""
    word = " ".join(wish.words)
    return None if word.lower() in NONE else await node.objects.find(resource, word)


async def apply_to_rooms(node: Node, wish: Wish, field: str, what: str, one: Json | None) -> Plan:
    """Set this field of the rooms in `rooms=` to the object, or to nothing."""
    rooms = await node.rooms(wish.values.get("rooms", ""))
    names = ", ".join(str(room.get("name")) for room in rooms)
    title = str(one.get("name") or one.get("id")) if one else "none"
    value = uri_of(one) if one else None
    transport, collection = node.objects.transport, configuration("conference")

    async def act(hands: Hands) -> Done:
        if all(_has(room, field, value) for room in rooms):
            return Done(f"{names} had the {what} {title} before.", Outcome.ALREADY_SO)
        if len(rooms) == 1:
            await transport.change(detail_of(rooms[0]), {field: value}, what="that room")
        else:
            await transport.bulk(collection, [{"resource_uri": uri_of(room), field: value} for room in rooms])
        return await _seen(node, rooms, field, value, f"{names} got the {what} {title}")

    says = text(f"Give the {what} ", Strong(title), f" to {names}")
    exact: Mapping[str, str] = {"rooms": ",".join(id_of(room) for room in rooms)}
    words = (id_of(one),) if one else ("none",)
    return Plan(says, act, words, exact, bulk=len(rooms) > 1, binds=f"{title} {names}")


def _has(room: Json, field: str, value: str | None) -> bool:
    now = room.get(field)
    return (now.get("resource_uri") if isinstance(now, dict) else now) == value


async def _seen(node: Node, rooms: Sequence[Json], field: str, value: Any, words: str) -> Done:  # noqa: ANN401
    now = [await node.objects.transport.read(detail_of(room), what="that room") for room in rooms]
    if all(_has(room, field, value) for room in now):
        return Done(f"{words}.", Outcome.CONFIRMED)
    return Done(f"{words}, but the node shows something else; look at the rooms.", Outcome.ACCEPTED)
