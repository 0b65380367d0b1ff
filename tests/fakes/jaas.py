"""A JaaS account for tests: its key, its back end, and what the seed document calls things."""

from __future__ import annotations

import base64
import functools
import hmac
import json
from datetime import UTC, datetime
from typing import Any

import aiohttp
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from bot.backends.jaas import Jaas
from bot.capabilities import Event
from bot.clock import MovableClock
from bot.model import JoinAs, Room
from tests.fakes.impatient import Impatient

APP_ID = "vpaas-magic-cookie-1d2e6a201d594c8f87a630e3f71826d3"  # seeds/000
KID = f"{APP_ID}/ed85b6"
SECRET = "whsec_9635df66714a4cf088ee9d0979dd3bf6"
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@functools.cache
def key(bits: int = 2048, which: int = 0) -> rsa.RSAPrivateKey:
    """One key for the whole test run; `which` makes another."""
    return rsa.generate_private_key(65537, bits)


def pem(private: rsa.RSAPrivateKey | None = None, form: PrivateFormat = PrivateFormat.PKCS8) -> str:
    return (private or key()).private_bytes(Encoding.PEM, form, NoEncryption()).decode()


def public_pem(private: rsa.RSAPrivateKey | None = None) -> str:
    public: Any = (private or key()).public_key()
    return str(public.public_bytes(serialization.Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode())


def jaas(session: aiohttp.ClientSession, url: str, *, clock: MovableClock | None = None, **more: Any) -> Jaas:
    """The back end against a server at `url`, with a standing clock. `patient_for`, `patience`: see `Impatient`."""
    impatience = {"patient_for": more.pop("patient_for", 0), "patience": more.pop("patience", 5.0)}
    rest = Impatient(session, url, backend="jaas", **impatience)
    settings: dict[str, Any] = {
        "app_id": APP_ID,
        "key_id": "ed85b6",
        "private_key": key(),  # loading it from PEM takes 30 ms
        "clock": clock or MovableClock(NOON),
        "base_url": url,
        "webhook_secrets": (SECRET,),
    }
    return Jaas("jaas", rest, **(settings | more))


def room(vendor_id: str = "testroom", **settings: str) -> Room:
    return Room(
        id="r1",
        backend="jaas",
        handle="standup",
        vendor_id=vendor_id,
        vendor_name=vendor_id,
        kind="conference",
        owner=None,
        created_at=NOON,
        settings=settings,
    )


def guest(name: str = "Ann", *, host: bool = False, user_id: str = "u-1", email: str | None = None) -> JoinAs:
    return JoinAs(user_id, name, host, email=email)


def sign(raw: bytes, secret: str = SECRET, at: datetime = NOON) -> dict[str, str]:
    """The header that proves a webhook to be 8x8's."""
    moment = str(int(at.timestamp()))
    mac = hmac.new(secret.encode(), moment.encode() + b"." + raw, "sha256").digest()
    return {"X-Jaas-Signature": f"t={moment},v1={base64.b64encode(mac).decode()}"}


def envelope(event_type: str, data: object, **more: Any) -> dict[str, Any]:
    return {
        "idempotencyKey": "45892714-7bf6-49b8-8c6a-856a92ff6d8a",
        "customerId": APP_ID[-32:],
        "appId": APP_ID,
        "eventType": event_type,
        "sessionId": "c3348153",
        "timestamp": 1600951818143,
        "fqn": f"{APP_ID}/testroom2",
        "data": data,
    } | more


def told(back_end: Jaas, content: object) -> tuple[Event, ...]:
    """What a signed webhook with this content is read as."""
    raw = json.dumps(content).encode()
    events = back_end.read_hook(sign(raw), raw, NOON)
    assert isinstance(events, tuple)
    return events


def one(back_end: Jaas, content: object) -> Event:
    (event,) = told(back_end, content)
    return event
