"""Aliases: the addresses of rooms, each of which one room has at most.

An alias that stands inside a room which is created or changed is silently taken from the room that has it (seeds/002
says so, and stock Tastypie does). So every alias is looked up first, and taken from another room only by `move`.
"""

from __future__ import annotations

import asyncio
import re
import unicodedata
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.backends.pexip.paths import Detail, configuration
from bot.backends.pexip.transport import Transport
from bot.errors import AlreadySo, BackendError, BadInput, NotFound, Refused

CONFERENCE, ALIAS = configuration("conference"), configuration("conference_alias")
WORD = re.compile(r"[^\s,]{1,250}")
MOST_REMEMBERED = 20_000
MOST = 50  # in one command

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Held:
    """An alias that some room has."""

    one: Detail
    alias: str
    room: Detail
    room_name: str


def aliases_in(words: str) -> tuple[str, ...]:
    """`a,b` as typed, each once whatever its case; `off` and nothing: none. Raises BadInput."""
    if words.strip().lower() in {"", "off"}:
        return ()
    found = {word.casefold(): word for word in (part.strip() for part in words.split(",")) if word}
    if len(found) > MOST:
        raise BadInput(f"At most {MOST} aliases at once.")
    for word in found.values():
        if not WORD.fullmatch(word) or not word.isprintable():
            raise BadInput("An alias is one word of at most 250 letters, such as meet or meet@example.com.")
    return tuple(found.values())


def slug(name: str) -> str:
    """The name as an alias that can be typed: `Team sync` → `team-sync`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:60].strip("-") or "room"


class AliasMemory:
    """Which room had which alias when it was last read, so that an address can be understood without asking."""

    def __init__(self) -> None:
        self._rooms: OrderedDict[str, str] = OrderedDict()
        self._aliases: dict[str, frozenset[str]] = {}

    def keep(self, vendor_id: str, aliases: Iterable[str]) -> None:
        """The room has these and no others."""
        now = frozenset(alias.casefold() for alias in aliases)
        for alias in self._aliases.get(vendor_id, frozenset()) - now:
            if self._rooms.get(alias) == vendor_id:
                del self._rooms[alias]
        self._aliases[vendor_id] = now
        self._rooms.update(dict.fromkeys(now, vendor_id))
        while len(self._rooms) > MOST_REMEMBERED:
            self._rooms.popitem(last=False)

    def room_of(self, alias: str) -> str | None:
        """The id of the room that had it."""
        return self._rooms.get(alias.casefold())


class Aliases:
    """Who has which alias at one management node, and changing that."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def held(self, aliases: Sequence[str]) -> dict[str, Held]:
        """Those of the aliases that a room has, by their words in lower case."""
        found = await asyncio.gather(*(self._one(alias) for alias in aliases))
        return {alias.casefold(): held for alias, held in zip(aliases, found, strict=True) if held}

    async def free(self, base: str) -> str:
        """`base`, or the first of `base-2`, `base-3`, … that no room has."""
        for number in range(1, 100):
            alias = base if number == 1 else f"{base}-{number}"
            if not await self.held([alias]):
                return alias
        raise BadInput("Name the aliases: too many like this name are taken.")

    async def check_free(self, aliases: Sequence[str], *, beside: Detail | None = None) -> None:
        """Raise Refused, naming the rooms, when other rooms than `beside` have some of them."""
        taken = [held for held in (await self.held(aliases)).values() if held.room != beside]
        if taken:
            raise Refused(f"{_who_has(taken)}. Only set … move_alias= takes an alias from a room, by an approval.")

    async def add(self, room: Detail, aliases: Iterable[str]) -> None:
        """Give the room further aliases. The node refuses one that a room has."""
        for alias in aliases:
            await self._transport.create(ALIAS, {"alias": alias, "conference": room.uri})

    async def move(self, room: Detail, held: Held) -> None:
        """Take it from the room that has it."""
        await self._transport.change(held.one, {"conference": room.uri}, what="that alias")

    async def remove(self, held: Held) -> None:
        """Nobody can call it any more."""
        try:
            await self._transport.remove(held.one, what="that alias")
        except NotFound:
            return

    async def _one(self, alias: str) -> Held | None:
        # Pexip compares aliases without case; an ignored filter would answer every alias there is.
        rows = [
            row
            async for row in self._transport.every(ALIAS, {"alias__iexact": alias})
            if str(row.get("alias", "")).casefold() == alias.casefold()
        ]
        if not rows:
            return None
        row = rows[0]
        room = Detail.of(str(_uri(row.get("conference"))))
        name = (await self._transport.read(room, what="that room")).get("name")
        return Held(Detail.of(str(row.get("resource_uri"))), str(row["alias"]), room, str(name))


@dataclass(frozen=True, slots=True)
class AliasPlan:
    """What a `set` does to the aliases of one room: found out and allowed before anything is sent."""

    add: tuple[str, ...] = ()
    move: tuple[Held, ...] = ()
    remove: tuple[Held, ...] = ()

    @property
    def empty(self) -> bool:
        """Nothing to do."""
        return not (self.add or self.move or self.remove)


async def planned(aliases: Aliases, room: Detail, changes: Mapping[str, str]) -> AliasPlan:
    """Read `add_alias=`, `remove_alias=` and `move_alias=`. Raises BadInput, Refused, NotFound, AlreadySo."""
    add, remove, move = (aliases_in(changes.get(key, "")) for key in ("add_alias", "remove_alias", "move_alias"))
    words = [word.casefold() for word in (*add, *remove, *move)]
    if len(words) != len(set(words)):
        raise BadInput("An alias can be added, removed or moved, not two of these at once.")
    await aliases.check_free(add, beside=room)
    held = await aliases.held((*add, *remove, *move))
    for word in remove:
        if word.casefold() not in held or held[word.casefold()].room != room:
            raise NotFound(f"That room has no alias {word}.")
    here = {word for word, one in held.items() if one.room == room}
    wanted = [word for word in (*add, *move) if word.casefold() not in here]
    if (add or move) and not (wanted or remove) and set(changes) <= {"add_alias", "move_alias"}:
        raise AlreadySo(f"The room has {', '.join((*add, *move))} already.")
    return AliasPlan(
        add=tuple(word for word in wanted if word.casefold() not in held),
        move=tuple(held[word.casefold()] for word in wanted if word.casefold() in held),
        remove=tuple(held[word.casefold()] for word in remove),
    )


async def carried_out(aliases: Aliases, room: Detail, plan: AliasPlan) -> None:
    """Remove, move, add. Raises BackendError that says how far it came."""
    done: list[str] = []
    try:
        for held in plan.remove:
            await aliases.remove(held)
            done.append(f"{held.alias} removed")
        for held in plan.move:
            await aliases.move(room, held)
            done.append(f"{held.alias} taken from {held.room_name}")
        for alias in plan.add:
            await aliases.add(room, (alias,))
            done.append(f"{alias} added")
    except (BackendError, BadInput, NotFound) as error:
        if not done:
            raise
        raise BackendError(f"Only in part: {', '.join(done)}; then: {error}") from error


def _who_has(taken: Sequence[Held]) -> str:
    return " and ".join(f"{held.alias} belongs to {held.room_name}" for held in taken)


def _uri(relation: object) -> object:
    return relation.get("resource_uri") if isinstance(relation, dict) else relation
