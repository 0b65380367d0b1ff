"""Themes: a zip that was shared in Slack becomes the look and sound of rooms."""

from __future__ import annotations

import io
import zipfile
from typing import ClassVar

from bot.backends.pexip.objects import id_of
from bot.backends.pexip.paths import Detail, configuration
from bot.backends.pexip.schema import Json
from bot.backends.pexip.tasks.applying import apply_to_rooms, chosen
from bot.backends.pexip.tasks.base import MOST_LISTED, ROOMS, Task, only
from bot.backends.pexip.uploads import check_file, content_of
from bot.capabilities import Done, Hands, Operation, Plan, Sheet, Subject, Wish
from bot.errors import BackendError, BadInput, BotError
from bot.files import SharedFile
from bot.forms import Field, FieldKind
from bot.reply import Code, Line, Strong, Text, text
from bot.rest import Upload

PATIENCE = 600.0  # seconds for the whole upload


class Themes(Task):
    """IVR themes (seeds/002)."""

    resource = "ivr_theme"
    subject: ClassVar = Subject(
        "themes",
        "Themes",
        (
            Operation("list", "List the themes", changes=False, names="[text]"),
            Operation(
                "add",
                "Upload a zip as a new theme",
                fields=(
                    Field("name", help="what the theme is called", required=True),
                    Field("file", FieldKind.FILE, "the zip, shared in Slack", required=True),
                ),
                example="name=Winter file=F0123ABC",
            ),
            Operation(
                "apply",
                "Give a theme to rooms",
                names="id|name|none",
                fields=(ROOMS,),
                example="Winter rooms=standup,daily",
            ),
            Operation("delete", "Delete themes", names="id|name …", example="3"),
        ),
        (resource,),
        task=True,
    )

    async def look(self, wish: Wish) -> Sheet:
        """The themes."""
        found = await self.listed(wish)
        return Sheet(f"Themes: {len(found)}", tuple(Line(_line(one)) for one in found[:MOST_LISTED]))

    async def plan(self, wish: Wish) -> Plan:
        """add, apply, delete."""
        match wish.operation.name:
            case "add":
                return await self._add(wish)
            case "apply":
                only(wish.values, wish.operation)
                one = await chosen(self.node, self.resource, wish)
                return await apply_to_rooms(self.node, wish, "ivr_theme", "theme", one)
            case _:
                return await self.node.resources.planned(self.resource, wish)

    async def _add(self, wish: Wish) -> Plan:
        values = only(wish.values, wish.operation)
        file = await check_file(wish, values["file"], endings=(".zip",))
        name = values["name"].strip()
        if await self.transport.exact(configuration(self.resource), "name", name):
            raise BadInput(f"There is a theme called {name} already.")

        async def act(hands: Hands) -> Done:
            package = await zip_of(wish, file)
            made = await self.transport.create(configuration(self.resource), {"name": name})
            await self._fill(made.one, Upload(file.name, package, "application/zip"))
            return Done(f"Uploaded {file.name} as the theme {made.one.id}, {name}.")

        size = f"{file.size / 1024**2:.1f} MiB"
        return Plan(text("Upload ", Strong(file.name), f" ({size}) as the theme ", Strong(name)), act, values=values)

    async def _fill(self, theme: Detail, package: Upload) -> None:
        """Put the content into the new theme. What the node does not take leaves no empty theme behind."""
        files = {"package": package}
        try:
            await self.transport.change(theme, {}, files=files, what="the new theme", timeout=PATIENCE)
        except BadInput:
            await self._take_back(theme)
            raise

    async def _take_back(self, theme: Detail) -> None:
        try:
            await self.transport.remove(theme)
        except BotError:
            raise BackendError(
                f"{self.node.backend} did not take the file, and the empty theme {theme.id} could not be removed again."
            ) from None


async def zip_of(wish: Wish, file: SharedFile) -> bytes:
    """The content. Raises BadInput when it is no zip."""
    content = await content_of(wish, file)
    if not zipfile.is_zipfile(io.BytesIO(content)):
        raise BadInput(f"{file.name} is not a zip file.")
    return content


def _line(one: Json) -> Text:
    updated = f" · changed {str(one['last_updated'])[:10]}" if one.get("last_updated") else ""
    return text(Code(id_of(one)), " ", Strong(str(one.get("name"))), updated)
