"""A Pexip management node for tests: the bot's account there, its transport, and what Tastypie writes on the wire."""

from __future__ import annotations

import base64
import functools
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import SecretStr

from bot.backends.pexip import Pexip
from bot.backends.pexip.signing import Basic, SignIn
from bot.backends.pexip.transport import Transport
from bot.capabilities import RoomWish
from bot.clock import Clock, MovableClock
from bot.model import JoinAs, Room
from bot.play.vendors.pexip import Account
from bot.rest import Rest
from tests.fakes.raw_http import Turn, answer

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
PASSWORD = "p3xip-pass-never-shown"
CONFERENCE = "/api/admin/configuration/v1/conference/"


@functools.cache
def client_key() -> str:
    """The private key of an OAuth2 client, as the management node shows it once."""
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def rest_at(session: aiohttp.ClientSession, url: str, **more: Any) -> Rest:
    return Rest(session, url, backend="pexip", **({"timeout": 5.0, "first_wait": 0.001} | more))


def transport_at(
    session: aiohttp.ClientSession,
    url: str,
    *,
    sign_in: SignIn | None = None,
    clock: Clock | None = None,
    **more: Any,
) -> Transport:
    """The transport against a server at `url`, signed in by Basic where nothing else is given."""
    rest = rest_at(session, url, **more)
    return Transport(rest, sign_in or Basic("slackbot", SecretStr(PASSWORD)), clock or MovableClock(NOON))


def basic(name: str = "slackbot", password: str = PASSWORD) -> dict[str, str]:
    """The header of HTTP Basic."""
    return {"Authorization": f"Basic {base64.b64encode(f'{name}:{password}'.encode()).decode()}"}


def said(content: object, status: str = "200 OK", **headers: str) -> Turn:
    """JSON as Tastypie answers it."""
    return Turn(answer(status, json.dumps(content).encode(), Content_Type="application/json", **headers))


def nothing(status: str, **headers: str) -> Turn:
    """Tastypie's empty answers, which claim to be HTML."""
    return Turn(answer(status, b"", Content_Type="text/html; charset=utf-8", **headers))


def listed(*objects: object, total: int | None = None, offset: int = 0) -> Turn:
    """One page of a listing."""
    total = len(objects) if total is None else total
    meta = {"limit": 20, "next": None, "offset": offset, "previous": None, "total_count": total}
    return said({"meta": meta, "objects": list(objects)})


RECORDING = Path(__file__).parents[1] / "backends" / "pexip" / "recorded_tastypie.txt"
ACCOUNTS = (
    Account("slackbot", PASSWORD),
    Account("reader", PASSWORD, writes=False),
    Account("nobody", PASSWORD, reads=False, writes=False),
)
SINK_PASSWORD = "s1nk-pass-never-shown"


class PatientClock(MovableClock):
    """Stands still at noon until somebody waits on it; then it is at once as late as they wait for."""

    async def sleep_until(self, due: datetime) -> None:
        if due > self.now():
            self.advance(due - self.now())


def recorded() -> list[dict[str, Any]]:
    """The exchanges with a running Tastypie, in their order."""
    lines = RECORDING.read_text().splitlines()
    return [json.loads(line) for line in lines if not line.startswith("#")]


def pexip_at(session: aiohttp.ClientSession, url: str, *, clock: Clock | None = None, **more: Any) -> Pexip:
    """The back end against a server at `url`, as the bot's own account."""
    rest = rest_at(session, url, **{key: more.pop(key) for key in ("timeout", "limit") if key in more})
    settings: dict[str, Any] = {
        "sign_in": Basic("slackbot", SecretStr(PASSWORD)),
        "clock": clock or PatientClock(NOON),
        "webapp_url": "https://join.example.org/webapp/m/{alias}",
        "system_location": "London",
        "event_sink_username": "sink",
        "event_sink_password": SecretStr(SINK_PASSWORD),
    }
    return Pexip("pexip", rest, **(settings | more))


def room(vendor_id: str | int, name: str = "VMR_1", **more: Any) -> Room:
    """A room the bot keeps."""
    values: dict[str, Any] = {
        "id": f"r{vendor_id}",
        "backend": "pexip",
        "handle": name.lower(),
        "vendor_id": str(vendor_id),
        "vendor_name": name,
        "kind": "vmr",
        "owner": None,
        "created_at": NOON,
    }
    return Room(**(values | more))


def wish(handle: str, **options: str) -> RoomWish:
    return RoomWish(handle=handle, owner_user_id="u-1", options=options)


def guest() -> JoinAs:
    return JoinAs("u-1", "Ann", host=False)
