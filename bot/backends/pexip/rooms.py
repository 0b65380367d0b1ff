"""Rooms as configuration objects: made, found, changed, deleted, one or several at a time (seeds/002)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

from bot.backends.pexip.aliases import Aliases, aliases_in, carried_out, planned, slug
from bot.backends.pexip.paths import Detail, configuration
from bot.backends.pexip.room_fields import (
    CREATE_OPTIONS,
    KINDS,
    LISTS,
    NAMED,
    SET_OPTIONS,
    TYPES,
    aliases_of,
    check_together,
    fields_of,
    name_for,
    room_of,
)
from bot.backends.pexip.transport import Transport
from bot.capabilities import RoomWish
from bot.errors import AlreadySo, BackendError, BadInput, BotError, NotFound, Refused, UnknownOutcome
from bot.model import Outcome, Room, VendorRoom

CONFERENCE = configuration("conference")
MOST_AT_ONCE = 20
NOT_IN_BULK = LISTS | {"name"}

Json = dict[str, Any]
T = TypeVar("T")


class Rooms:
    """The conference objects of one management node."""

    def __init__(self, transport: Transport) -> None:
        self.backend = transport.backend
        self.aliases = Aliases(transport)
        self._transport = transport

    # --- finding ---

    async def conference(self, vendor_id: str) -> Json:
        """The whole object. Raises NotFound, and BadInput for what is no id."""
        return await self._transport.read(CONFERENCE.one(vendor_id), what="that room")

    async def listed(self, words: str, kind: str) -> list[Json]:
        """Those whose name holds the words, of that type (vmr, …, or Pexip's own word), by name."""
        filters = {"order_by": "name"} | ({"name__icontains": words} if words else {})
        if kind:
            service = TYPES.get(kind.lower(), kind.lower())
            if service not in KINDS:
                return []
            filters["service_type"] = service
        found = self._transport.every(CONFERENCE, filters)
        # A node that does not know a filter answers everything.
        return [
            one
            async for one in found
            if words.casefold() in str(one.get("name")).casefold() and _is_kind(one, filters.get("service_type"))
        ]

    async def find(self, words: str) -> Json | None:
        """By id, by name (any case where only one bears it), or by alias."""
        if (by_id := await self._by_id(words)) is not None:
            return by_id
        if not words.isprintable() or not words.strip():
            return None
        found = [one async for one in self._transport.every(CONFERENCE, {"name__iexact": words})]
        same = [one for one in found if str(one.get("name")).casefold() == words.casefold()]
        exact = [one for one in same if one.get("name") == words]
        if len(exact or same) == 1:
            return (exact or same)[0]
        held = await self.aliases.held([words])
        return await self._transport.read(held[words.casefold()].room) if words.casefold() in held else None

    async def _by_id(self, words: str) -> Json | None:
        try:
            return await self.conference(words)
        except (BadInput, NotFound):
            return None

    # --- making ---

    async def create(self, wish: RoomWish) -> VendorRoom:
        """One POST with everything in it, sent once, after nobody was found to have the name or an alias."""
        fields = await self._new(wish)
        try:
            made = (await self._transport.create(CONFERENCE, fields)).one
        except UnknownOutcome as unknown:
            found = await self._seen(self._transport.exact(CONFERENCE, "name", fields["name"]))
            if found is None or len(found) != 1:
                raise unknown from None
            return self._without_secrets(found[0])
        return self._without_secrets({**fields, "id": int(made.id)})

    async def create_many(self, wishes: Sequence[RoomWish]) -> list[VendorRoom]:
        """One PATCH for all of them; the node names no ids, so they are found again by their names."""
        _check_count(wishes)
        # One after the other: each sees which aliases the ones before it will have.
        fields: list[Json] = []
        for wish in wishes:
            fields.append(await self._new(wish, beside=fields))
        sent = self._transport.bulk(CONFERENCE, fields)
        names = [str(one["name"]) for one in fields]
        await self._sure(sent, lambda: self._all_there(names))
        looks = asyncio.gather(*(self._transport.exact(CONFERENCE, "name", name) for name in names))
        found = await self._read_back(looks)
        if any(len(one) != 1 for one in found):
            raise UnknownOutcome(f"{self.backend} took it, but not all of the rooms can be found; look before asking.")
        return [self._without_secrets(one[0]) for one in found]

    async def _new(self, wish: RoomWish, beside: Sequence[Json] = ()) -> Json:
        options = dict(wish.options)
        alias = options.pop("alias", None)
        fields = {"name": name_for(wish.handle), "service_type": TYPES["vmr"]} | fields_of(options, CREATE_OPTIONS)
        check_together(fields)
        taken = {word.casefold() for one in beside for word in aliases_of(one)}
        names = {one["name"] for one in beside}
        if fields["name"] in names or await self._transport.exact(CONFERENCE, "name", fields["name"]):
            raise AlreadySo(f"{self.backend} has a room called {fields['name']} already; show it, or choose a name.")
        aliases = aliases_in(alias) if alias is not None else (await self.aliases.free(slug(wish.handle)),)
        if alias is not None:
            await self.aliases.check_free(aliases)
        if taken & {word.casefold() for word in aliases}:
            raise BadInput("Each room needs aliases of its own.")
        return await self._resolved(fields) | {"aliases": [{"alias": word} for word in aliases]}

    def _without_secrets(self, conference: Json) -> VendorRoom:
        return room_of({**conference, "pin": "", "guest_pin": ""}, self.backend)

    async def _all_there(self, names: Sequence[str]) -> bool:
        found = await asyncio.gather(*(self._transport.exact(CONFERENCE, "name", name) for name in names))
        return all(found)

    # --- changing ---

    async def change(self, room: Room, changes: Mapping[str, str]) -> Json:
        """Exactly these changes; the object as the node has it then."""
        one = CONFERENCE.one(room.vendor_id)
        before = await self.conference(room.vendor_id)
        fields = fields_of(changes, SET_OPTIONS)
        check_together(fields, before)
        fields = await self._resolved(fields)
        plan = await planned(self.aliases, one, changes)
        if fields:
            await self._sure(self._transport.change(one, fields, what="that room"), lambda: self._holds([one], fields))
        try:
            await carried_out(self.aliases, one, plan)
        except (BackendError, BadInput, NotFound) as error:
            if not fields:
                raise
            raise BackendError(f"The settings were changed, the aliases were not: {error}") from error
        return await self._read_back(self.conference(room.vendor_id))

    async def change_many(self, rooms: Sequence[Room], changes: Mapping[str, str]) -> list[Json]:
        """The same changes to each, in one PATCH; read again before and after."""
        _check_count(rooms)
        if unfit := NOT_IN_BULK & set(changes):
            raise BadInput(f"{sorted(unfit)[0]}= goes with one room at a time.")
        fields = fields_of(changes, SET_OPTIONS)
        for before in await self._as_meant(rooms):
            check_together(fields, before)
        fields = await self._resolved(fields)
        ones = [CONFERENCE.one(room.vendor_id) for room in rooms]
        sent = self._transport.bulk(CONFERENCE, [{"resource_uri": one.uri, **fields} for one in ones])
        await self._sure(sent, lambda: self._holds(ones, fields))
        if not await self._read_back(self._holds(ones, fields)):
            raise UnknownOutcome(f"{self.backend} took it, but shows other settings; look before you ask again.")
        return [await self._read_back(self.conference(one.id)) for one in ones]

    async def _holds(self, ones: Sequence[Detail], fields: Json) -> bool:
        now = await asyncio.gather(*(self._transport.read(one) for one in ones))
        return all(
            (uri_of(conference.get(key)) or "") == (value or "") for conference in now for key, value in fields.items()
        )

    async def _as_meant(self, rooms: Sequence[Room]) -> list[Json]:
        """The objects, each still under the name by which it was chosen. Raises NotFound, Refused."""
        found = await asyncio.gather(*(self.conference(room.vendor_id) for room in rooms))
        for room, conference in zip(rooms, found, strict=True):
            if conference.get("name") != room.vendor_name:
                raise Refused(f"{room.title} is called {conference.get('name')} there by now; look at it before.")
        return list(found)

    async def _resolved(self, fields: Json) -> Json:
        """Themes and playlists as the node names them."""
        resolved = dict(fields)
        for field, resource in NAMED.items():
            if name := fields.get(field):
                rows = await self._transport.exact(configuration(resource), "name", str(name))
                if len(rows) != 1:
                    raise NotFound(f"{self.backend} has no {resource.replace('_', ' ')} called {name}.")
                resolved[field] = Detail.of(str(rows[0].get("resource_uri"))).uri
        return resolved

    # --- deleting ---

    async def delete(self, room: Room) -> Outcome:
        """Remove the room with its aliases. Ids are never used again, so that what was meant is what goes."""
        one = CONFERENCE.one(room.vendor_id)
        try:
            await self._transport.remove(one, what="that room")
        except NotFound:
            return Outcome.ALREADY_SO
        except UnknownOutcome:
            if await self._seen(self._gone([one])):
                return Outcome.CONFIRMED
            raise
        return Outcome.DONE

    async def delete_many(self, rooms: Sequence[Room]) -> Outcome:
        """All in one request, each read again right before: still there, still under its name."""
        _check_count(rooms)
        await self._as_meant(rooms)
        ones = [CONFERENCE.one(room.vendor_id) for room in rooms]
        try:
            await self._sure(self._transport.bulk(CONFERENCE, [], ones), lambda: self._gone(ones))
        except NotFound:
            raise NotFound(
                "One of those rooms was deleted meanwhile; none was deleted now. Look and ask again."
            ) from None
        return Outcome.CONFIRMED if await self._seen(self._gone(ones)) else Outcome.ACCEPTED

    async def _gone(self, ones: Sequence[Detail]) -> bool:
        for one in ones:
            try:
                await self._transport.read(one)
            except NotFound:
                continue
            return False
        return True

    async def _sure(self, sent: Awaitable[None], seen: Callable[[], Awaitable[bool]]) -> None:
        """Of an answer that says nothing, look whether it took effect before it is called unknown."""
        try:
            await sent
        except UnknownOutcome:
            if not await self._seen(seen()):
                raise

    async def _seen(self, look: Awaitable[T]) -> T | None:
        """What a look shows; None where the node cannot be asked, so that what is in doubt stays so."""
        try:
            return await look
        except BotError:
            return None

    async def _read_back(self, look: Awaitable[T]) -> T:
        """What is read after a change that was taken: a failure here does not mean that nothing was changed."""
        try:
            return await look
        except BackendError as error:
            raise UnknownOutcome(
                f"{self.backend} took it, but can't be asked now; look before you ask again."
            ) from error


def uri_of(relation: object) -> object:
    """A relation's URI, where the node answers the whole object."""
    return relation.get("resource_uri") if isinstance(relation, dict) else relation


def _is_kind(conference: Json, service: str | None) -> bool:
    return service is None or conference.get("service_type") == service


def _check_count(several: Sequence[object]) -> None:
    if not 0 < len(several) <= MOST_AT_ONCE:
        raise BadInput(f"1 to {MOST_AT_ONCE} rooms at once.")
