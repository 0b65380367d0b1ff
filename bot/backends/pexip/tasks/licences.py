"""Licences: added and returned over the internet or offline, by request and response files (seeds/002).

The document calls the addresses of one licence and of one request without the last slash; versions differ, so the
other form is tried where the first is not known.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from typing import ClassVar, TypeVar

from bot.backends.pexip.paths import Detail, Export, configuration
from bot.backends.pexip.schema import Json, Schema, shown_value
from bot.backends.pexip.tasks.base import MOST_LISTED, Task, only
from bot.backends.pexip.uploads import check_file, uploads_of
from bot.capabilities import Done, Hands, Operation, Plan, Sheet, Subject, Wish
from bot.errors import BackendError, BadInput, NotFound
from bot.forms import Field, FieldKind
from bot.model import Outcome
from bot.reply import Code, Line, Strong, Text, text

T = TypeVar("T")

LICENCE, REQUEST = configuration("licence"), configuration("licence_request")
KEY = re.compile(r"[0-9A-F]{4}(-[0-9A-F]{4}){3}|[A-Za-z0-9_+/-]{20,44}={0,2}")
OFFLINE = Field("offline", FieldKind.YES_NO, "yes: by request and response files")
LARGEST = 1024**2  # bytes of a response file
LONGEST_SHOWN = 2_500  # characters of a request file that are shown


class Licences(Task):
    """licence and licence_request."""

    resource = "licence"
    subject: ClassVar = Subject(
        "licences",
        "Licences",
        (
            Operation("list", "List the licences", changes=False, names="[text]"),
            Operation("requests", "List the stored offline requests", changes=False),
            Operation(
                "add",
                "Add a licence by its entitlement key",
                fields=(Field("key", help="XXXX-XXXX-XXXX-XXXX", required=True, secret=True), OFFLINE),
                example="key=12AB-34CD-56EF-7890 offline=yes",
            ),
            Operation(
                "return", "Return a licence", names="fulfilment id", fields=(OFFLINE,), example="0123456789 offline=yes"
            ),
            Operation(
                "export",
                "Save a stored request as a file for Pexip's licensing server",
                changes=False,
                names="request id",
            ),
            Operation(
                "upload",
                "Upload the response to a stored request",
                names="request id",
                fields=(Field("file", FieldKind.FILE, "the response, .xml or .json, shared in Slack", required=True),),
                example="12 file=F0123ABC",
            ),
        ),
        ("licence", "licence_request"),
        task=True,
    )

    async def look(self, wish: Wish) -> Sheet:
        """Licences, requests, or the content of one request."""
        match wish.operation.name:
            case "requests":
                schema = await self.objects.schema("licence_request")
                found = [one async for one in self.transport.every(REQUEST)]
                lines = tuple(Line(_line(schema, one, "sequence_number")) for one in found[:MOST_LISTED])
                return Sheet(f"Licence requests: {len(found)}", lines)
            case "export":
                return await self._export(wish)
            case _:
                schema = await self.objects.schema(self.resource)
                found = await self.listed(wish)
                lines = tuple(Line(_line(schema, one, "fulfillment_id")) for one in found[:MOST_LISTED])
                return Sheet(f"Licences: {len(found)}", lines)

    async def _export(self, wish: Wish) -> Sheet:
        """To the caller's eyes, and as a file where there is a folder for it."""
        one = REQUEST.one(_word(wish, "request id"))
        answer = await _either(one, lambda way: self.transport.read(Export(way), what="that licence request"))
        actions = answer.get("actions")
        content = actions if isinstance(actions, str) else json.dumps(actions, indent=1)
        if not actions:
            raise BackendError(f"{self.node.backend} answered a licence request without its actions.")
        note = f"The first {LONGEST_SHOWN} characters." if len(content) > LONGEST_SHOWN else ""
        lines = [Line(text(Code(content[:LONGEST_SHOWN])))]
        if (saved := self._save(one.id, content)) is not None:
            note = f"{note} The whole is {saved} in the download folder.".strip()
        return Sheet(f"Licence request {one.id}", (*lines, *([Line(text(note), quiet=True)] if note else [])))

    def _save(self, number: str, content: str) -> str | None:
        folder = self.node.download_folder
        if folder is None or not folder.is_dir():
            return None
        ending = "xml" if content.lstrip().startswith("<") else "json"
        path = folder / f"licence-request-{number}.{ending}"
        path.touch(mode=0o600)
        path.write_text(content, encoding="utf-8")
        return path.name

    async def plan(self, wish: Wish) -> Plan:
        """add, return, upload."""
        match wish.operation.name:
            case "add":
                return self._add(wish)
            case "return":
                return await self._return(wish)
            case _:
                return await self._upload(wish)

    def _add(self, wish: Wish) -> Plan:
        values = only(wish.values, wish.operation)
        key, offline = values["key"].strip(), _offline(wish)
        if not KEY.fullmatch(key):
            raise BadInput(
                "key= is an entitlement key: XXXX-XXXX-XXXX-XXXX in hexadecimal capitals, or the encoded form."
            )
        body = {"entitlement_id": key, **({"offline_mode": True} if offline else {})}

        async def act(hands: Hands) -> Done:
            made = await self.transport.create(LICENCE, body)
            if made.stored or made.one.collection == REQUEST:
                return Done(*_stored(made.one))
            return Done(f"Added the licence {made.one.id}.")

        how = " offline, by a request file" if offline else ""
        return Plan(text("Add a licence", how), act, values=values, secrets=frozenset({"key"}))

    async def _return(self, wish: Wish) -> Plan:
        only(wish.values, wish.operation)
        offline, one = _offline(wish), LICENCE.one(_word(wish, "fulfilment id"))
        there = await _either(one, lambda way: self.transport.read(way, what="that licence"))
        what = str(there.get("product_id") or there.get("description") or one.id)

        async def act(hands: Hands) -> Done:
            answer = await _either(one, lambda way: self.transport.remove(way, what="that licence", offline=offline))
            if answer.status == 202 and answer.headers.get("Location"):
                return Done(*_stored(Detail.of(answer.headers["Location"])))
            return Done(f"Returned the licence {one.id}.")

        how = " offline, by a request file" if offline else ""
        says = text("Return the licence ", Strong(f"{one.id} {what}" if what != one.id else one.id), how)
        return Plan(says, act, (one.id,), wish.values, binds=what)

    async def _upload(self, wish: Wish) -> Plan:
        values = only(wish.values, wish.operation)
        one = REQUEST.one(_word(wish, "request id"))
        await _either(one, lambda way: self.transport.read(way, what="that licence request"))
        file = await check_file(wish, values["file"], endings=(".xml", ".json"), most=LARGEST)

        async def act(hands: Hands) -> Done:
            files = await uploads_of(wish, {"response_xml": file}) or {}
            await _either(one, lambda way: self.transport.submit(way, files, what="that licence request"))
            return Done(f"Uploaded {file.name} for the licence request {one.id}.", Outcome.ACCEPTED)

        says = text("Upload ", Strong(file.name), f" as the response to the licence request {one.id}")
        return Plan(says, act, (one.id,), values, binds=file.name)


async def _either(one: Detail, call: Callable[[Detail], Awaitable[T]]) -> T:
    """Without the last slash, as the document says; with it where that is a redirect or not known."""
    try:
        return await call(Detail(one.collection, one.id, slash=False))
    except (BackendError, NotFound) as error:
        if type(error) not in (BackendError, NotFound):
            raise
    return await call(Detail(one.collection, one.id))


def _stored(request: Detail) -> tuple[str, str]:
    words = f"Stored as the licence request {request.id}: export it, then upload the response."
    return words, Outcome.ACCEPTED


def _offline(wish: Wish) -> bool:
    word = wish.values.get("offline", "no").strip().lower()
    if word not in {"yes", "no", ""}:
        raise BadInput("offline= is yes or no.")
    return word == "yes"


def _word(wish: Wish, what: str) -> str:
    if len(wish.words) != 1:
        raise BadInput(f"Name one {what}: {wish.subject.name} {wish.operation.name} {what}")
    return wish.words[0]


def _line(schema: Schema, one: Json, key: str) -> Text:
    number = str(one.get(key) or one.get("id") or "?")
    shown = [
        f"{name} {shown_value(schema, name, value)[:60]}"
        for name, value in one.items()
        if name not in (key, "id", "resource_uri", "actions", "response_xml", "features")
        and isinstance(value, str | int)
        and value not in ("", None)
    ]
    return text(Code(number), " ", " · ".join(shown[:6]))
