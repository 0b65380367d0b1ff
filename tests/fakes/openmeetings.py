"""An OpenMeetings server for tests: the bot's account, its back end, and what a running 7.2 was recorded to answer."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import aiohttp
from pydantic import SecretStr

from bot.backends.openmeetings import OpenMeetings
from bot.clock import MovableClock
from bot.model import JoinAs, Room
from bot.play.vendors.openmeetings import Account
from tests.fakes.impatient import Impatient
from tests.fakes.raw_http import Turn, answer

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
PASSWORD = "s0ap-pw-hunter2"
ACCOUNTS = (
    Account("soap", PASSWORD),
    Account("plain", "plainpw", frozenset({"ROOM", "LOGIN"})),
    Account("admin", "adminpw", frozenset({"ADMIN", "SOAP", "ROOM", "LOGIN"})),
    Account("inactive", "inactivepw", frozenset({"ROOM"})),
    Account("alone", "alonepw", groups=0),
)
SID = "78189aff-d68d-458a-8840-5b18d15a50b0"  # seeds/001
SECURE = "fa1f9381-bd03-42ae-9fd9-332b5f775a1b"  # seeds/001
RECORDING = Path(__file__).parents[1] / "backends" / "openmeetings" / "recorded_7.2.txt"


def openmeetings(
    session: aiohttp.ClientSession, url: str, *, clock: MovableClock | None = None, **more: Any
) -> OpenMeetings:
    """The back end against a server at `url` (with the context path), with a standing clock.

    `patient_for` and `patience`: see `Impatient`.
    """
    impatience = {"patient_for": more.pop("patient_for", 0), "patience": more.pop("patience", 5.0)}
    rest = Impatient(session, url, backend="meetings", **impatience)
    settings: dict[str, Any] = {
        "base_url": url,
        "username": "soap",
        "password": SecretStr(PASSWORD),
        "clock": clock or MovableClock(NOON),
    }
    return OpenMeetings("meetings", rest, **(settings | more))


def room(vendor_id: str | int = 1, name: str = "standup") -> Room:
    return Room(
        id="r1",
        backend="meetings",
        handle="standup",
        vendor_id=str(vendor_id),
        vendor_name=name,
        kind="conference",
        owner=None,
        created_at=NOON,
    )


def guest(name: str = "John Doe", *, user_id: str = "u-1", host: bool = False, **more: Any) -> JoinAs:
    return JoinAs(user_id, name, host, **more)


def result(message: str | int, kind: str = "SUCCESS", status: str = "200 OK") -> Turn:
    """A serviceResult on the wire."""
    return said({"serviceResult": {"message": message, "type": kind}}, status)


def said(content: object, status: str = "200 OK") -> Turn:
    """Any JSON on the wire."""
    return Turn(answer(status, json.dumps(content).encode(), Content_Type="application/json"))


VERSION_7 = said({"info": {"version": "7.2.0", "revision": "abcdef1", "buildDate": "2023-12-18T07:15:31Z"}})
VERSION_9 = said({"info": {"version": "9.1.0", "revision": "abcdef1", "buildDate": "2026-07-01T07:15:31Z"}})
LOGIN = result(SID)
NOT_ALLOWED = result("error.notallowed", "ERROR", "500 Internal Server Error")


@dataclass(frozen=True, slots=True)
class Recorded:
    """One exchange with a running 7.2."""

    name: str
    method: str
    path: str
    query: Mapping[str, str]
    form: Mapping[str, str] | None
    status: int
    headers: Mapping[str, str]
    body: str

    @property
    def turn(self) -> Turn:
        """The same answer from a RawServer."""
        headers = {key.replace("-", "_"): value for key, value in self.headers.items()}
        return Turn(answer(f"{self.status} Recorded", self.body.encode(), **headers))


def recorded() -> dict[str, Recorded]:
    """All recorded exchanges by name, in their order."""
    blocks = re.split(r"(?m)^### ", RECORDING.read_text())[1:]
    exchanges = map(_exchange, blocks)
    return {one.name: one for one in exchanges}


def _exchange(block: str) -> Recorded:
    name, request, status, *body = block.split("\n")
    found = re.fullmatch(r" +(\w+) ([^ ?]+)\??(\S*) ?(?:FORM (.*))?", request)
    head = re.fullmatch(r" +-> (\d+) +\| (.*)", status)
    assert found
    assert head
    return Recorded(
        name=name,
        method=found[1],
        path=found[2],
        query=dict(parse_qsl(found[3])),
        form=json.loads(found[4]) if found[4] else None,
        status=int(head[1]),
        headers=ast.literal_eval(head[2]),
        body="\n".join(body).strip(),
    )
