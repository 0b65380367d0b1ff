"""JSON Web Tokens signed with an RSA key (RS256): short-lived ones for the bot, reproducible ones for people."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from jwt import PyJWS

from bot.clock import Clock
from bot.errors import ConfigurationError

SMALLEST_KEY = 2048  # bits
SKEW = timedelta(seconds=60)  # a token is valid this long before now: Prosody grants no leeway (backends: JaaS, A7)
RENEW_BEFORE = timedelta(seconds=30)

PrivateKey = str | RSAPrivateKey  # PEM (PKCS#1 or PKCS#8), or loaded already


class Signer:
    """Signs claims with one private key. The same text gives the same token, bit for bit."""

    def __init__(self, private_key: PrivateKey, *, kid: str, source: str) -> None:
        """Raises ConfigurationError, which names `source`, never the key."""
        self.kid = kid
        self._key = private_key if isinstance(private_key, RSAPrivateKey) else _loaded(private_key, source)
        if self._key.key_size < SMALLEST_KEY:
            raise ConfigurationError(f"{source}: {self._key.key_size} bits; at least {SMALLEST_KEY} are needed.")

    def sign(self, claims: str) -> str:
        """The token with exactly this JSON text as its payload."""
        headers = {"alg": "RS256", "kid": self.kid, "typ": "JWT"}
        return PyJWS().encode(claims.encode(), self._key, algorithm="RS256", headers=headers, sort_headers=True)

    def __repr__(self) -> str:
        return f"Signer(kid={self.kid!r})"


class AdminToken:
    """The bot's own token, signed when needed and kept until shortly before it ends."""

    def __init__(
        self, signer: Signer, claims: Mapping[str, object], clock: Clock, *, lifetime: timedelta = timedelta(minutes=4)
    ) -> None:
        """`claims` without nbf and exp. The token is valid from a minute ago for `lifetime` from now."""
        self._signer = signer
        self._claims = dict(claims)
        self._clock = clock
        self._lifetime = lifetime
        self._token: str | None = None
        self._valid: tuple[datetime, datetime] | None = None

    def value(self) -> str:
        """A token that is valid now. A secret."""
        now = self._clock.now()
        if self._token and self._valid and self._valid[0] <= now < self._valid[1] - RENEW_BEFORE:
            return self._token
        self._valid = now - SKEW, now + self._lifetime
        self._token = self._signer.sign(compact(self._claims | validity(*self._valid)))
        return self._token

    def drop(self) -> None:
        """Forget the token: the vendor refused it."""
        self._token = None


def compact(claims: Mapping[str, object]) -> str:
    """Claims as the JSON text that is signed: as short as it can be, for it becomes part of an address."""
    return json.dumps(claims, separators=(",", ":"), ensure_ascii=False)


def validity(begins: datetime, ends: datetime) -> dict[str, object]:
    """The claims nbf and exp, in whole seconds."""
    return {"nbf": int(begins.timestamp()), "exp": int(ends.timestamp())}


def _loaded(pem: str, source: str) -> RSAPrivateKey:
    if "PUBLIC KEY" in pem:
        raise ConfigurationError(f"{source}: that is a public key; the private key (PEM) is needed.")
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if key is None:
        raise ConfigurationError(f"{source}: not a readable, unencrypted private key in PEM form (PKCS#1 or PKCS#8).")
    if not isinstance(key, RSAPrivateKey):
        raise ConfigurationError(f"{source}: not an RSA key.")
    return key
