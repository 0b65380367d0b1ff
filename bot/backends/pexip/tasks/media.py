"""Media that a room plays: entries of the library from files shared in Slack, and playlists of them."""

from __future__ import annotations

from typing import Any, ClassVar

from bot.backends.pexip.objects import id_of, uri_of
from bot.backends.pexip.paths import Detail, configuration
from bot.backends.pexip.schema import Json, Schema
from bot.backends.pexip.tasks.applying import apply_to_rooms, chosen
from bot.backends.pexip.tasks.base import MOST_LISTED, ROOMS, Task, only
from bot.backends.pexip.uploads import check_file, uploads_of
from bot.capabilities import Done, Hands, Operation, Plan, Sheet, Subject, Wish
from bot.errors import BackendError, BadInput
from bot.forms import Field, FieldKind
from bot.reply import Code, Line, Strong, Text, text

ENTRY, PLAYLIST, IN_PLAYLIST = "media_library_entry", "media_library_playlist", "media_library_playlist_entry"
ENDINGS = (".mp4", ".mkv", ".mov", ".avi", ".webm", ".m4v", ".mp3", ".wav", ".png", ".jpg", ".jpeg")
PATIENCE = 600.0  # seconds for the whole upload
PLAYS = "media"  # the kind of entry that plays one piece of media, where a version has several kinds


class Media(Task):
    """The media library (seeds/002)."""

    resource = ENTRY
    subject: ClassVar = Subject(
        "media",
        "Media library",
        (
            Operation("list", "List the library", changes=False, names="[text]"),
            Operation("playlists", "List the playlists", changes=False),
            Operation(
                "add",
                "Upload a file to the library",
                fields=(
                    Field("name", help="what it is called", required=True),
                    Field("file", FieldKind.FILE, "the video, shared in Slack", required=True),
                    Field("description"),
                ),
                example="name=Trailer file=F0123ABC",
            ),
            Operation(
                "playlist",
                "Make a playlist of entries",
                fields=(
                    Field("name", help="what it is called", required=True),
                    Field("entries", FieldKind.OBJECTS, "what it plays, in this order", required=True, related=ENTRY),
                    Field("loop", FieldKind.YES_NO, "play it again and again"),
                    Field("shuffle", FieldKind.YES_NO, "in any order"),
                ),
                example="name=Lobby entries=Trailer,Jingle loop=yes",
            ),
            Operation(
                "apply",
                "Have rooms play a playlist",
                names="id|name|none",
                fields=(ROOMS,),
                example="Lobby rooms=cinema",
            ),
            Operation("delete", "Delete entries of the library", names="id|name …", example="3"),
        ),
        (ENTRY, PLAYLIST, IN_PLAYLIST),
        task=True,
    )

    async def look(self, wish: Wish) -> Sheet:
        """Entries, or playlists with how much is in them."""
        if wish.operation.name == "playlists":
            found = [one async for one in self.transport.every(configuration(PLAYLIST))]
            return Sheet(f"Playlists: {len(found)}", tuple(Line(_line(one)) for one in found[:MOST_LISTED]))
        found = await self.listed(wish)
        return Sheet(f"Media: {len(found)}", tuple(Line(_line(one)) for one in found[:MOST_LISTED]))

    async def plan(self, wish: Wish) -> Plan:
        """add, playlist, apply, delete."""
        match wish.operation.name:
            case "add":
                return await self._add(wish)
            case "playlist":
                return await self._playlist(wish)
            case "apply":
                only(wish.values, wish.operation)
                one = await chosen(self.node, PLAYLIST, wish)
                return await apply_to_rooms(self.node, wish, "media_playlist", "playlist", one)
            case _:
                return await self.node.resources.planned(ENTRY, wish)

    async def _add(self, wish: Wish) -> Plan:
        values = only(wish.values, wish.operation)
        file = await check_file(wish, values["file"], endings=ENDINGS)
        body = {name: word for name, word in values.items() if name != "file"}
        await self.objects.payload(ENTRY, body, creating=True, files=frozenset({"media_file"}))

        async def act(hands: Hands) -> Done:
            files = await uploads_of(wish, {"media_file": file})
            made = await self.transport.create(configuration(ENTRY), body, files=files, timeout=PATIENCE)
            return Done(f"Uploaded {file.name} as {made.one.id}, {body['name']}.")

        size = f"{file.size / 1024**2:.1f} MiB"
        says = text("Upload ", Strong(file.name), f" ({size}) to the media library as ", Strong(body["name"]))
        return Plan(says, act, values=values)

    async def _playlist(self, wish: Wish) -> Plan:
        values = only(wish.values, wish.operation)
        words = [one for one in values["entries"].split(",") if one.strip()]
        entries = [await self.objects.find(ENTRY, word) for word in words]
        head = {name: word for name, word in values.items() if name != "entries"}
        body = await self.objects.payload(PLAYLIST, head, creating=True)
        parts = await self.objects.schema(IN_PLAYLIST)
        names = ", ".join(str(one.get("name")) for one in entries)

        async def act(hands: Hands) -> Done:
            made = await self.transport.create(configuration(PLAYLIST), body)
            for number, one in enumerate(entries, start=1):
                await self._put(parts, made.one, one, number)
            return Done(f"Made the playlist {made.one.id}, {body['name']}: {names}.")

        exact = {**values, "entries": ",".join(id_of(one) for one in entries)}
        return Plan(
            text("Make the playlist ", Strong(str(body["name"])), f" of {names}"), act, values=exact, binds=names
        )

    async def _put(self, parts: Schema, playlist: Detail, entry: Json, number: int) -> None:
        body = _part(parts, playlist, entry, number)
        try:
            await self.transport.create(configuration(IN_PLAYLIST), body)
        except BadInput as error:
            raise BackendError(
                f"The playlist {playlist.id} was made, but entry {number} could not be put in: {error}"
            ) from None


def _part(parts: Schema, playlist: Detail, entry: Json, number: int) -> dict[str, Any]:
    """An entry of a playlist; how its fields are called differs between versions, what they name does not."""
    body: dict[str, Any] = {}
    for name, one in parts.fields.items():
        if one.related == PLAYLIST:
            body[name] = playlist.uri
        elif one.related == ENTRY:
            body[name] = uri_of(entry)
        elif name == "position":
            body[name] = number
        elif name == "entry_type" and one.required:
            body[name] = PLAYS if PLAYS in one.choices or not one.choices else one.choices[0]
    return body


def _line(one: Json) -> Text:
    described = f" · {one['description']}" if one.get("description") else ""
    return text(Code(id_of(one)), " ", Strong(str(one.get("name"))), described)
