"""A Pexip management node for tests: the bot's account there, its transport, and what Tastypie writes on the wire."""

from __future__ import annotations

import functools
import json
from datetime import UTC, datetime
from typing import Any

import aiohttp
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import SecretStr

from bot.backends.pexip.signing import Basic, SignIn
from bot.backends.pexip.transport import Transport
from bot.clock import Clock, MovableClock
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
