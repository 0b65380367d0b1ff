"""How the bot shows who it is: HTTP Basic, or OAuth2 with a signed client assertion (ES256) and a token for an hour.

A credential never leaves this file but as the value of an Authorization header.
"""

from __future__ import annotations

import asyncio
import base64
import secrets
from abc import ABC, abstractmethod
from datetime import datetime, timedelta

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pydantic import SecretStr

from bot.backends.pexip.failures import messages
from bot.clock import Clock
from bot.errors import BackendError, ConfigurationError, SignInFailed
from bot.model import Risk
from bot.rest import Answer, Rest, raise_for

TOKEN = ("oauth", "token")
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
SCOPE = "is_admin use_api"
ASSERTION_LIFETIME = timedelta(hours=1)
RENEW_BEFORE = timedelta(minutes=5)


class SignIn(ABC):
    """Gives the Authorization header of each request."""

    @abstractmethod
    async def header(self) -> str:
        """A value that is good now. A secret. Raises BackendError where none can be had."""

    @abstractmethod
    def refused(self, header: str) -> bool:
        """The node answered 401 to this header. True when another try with a fresh one may help."""


class Basic(SignIn):
    """User name and password with every request."""

    def __init__(self, username: str, password: SecretStr) -> None:
        pair = f"{username}:{password.get_secret_value()}".encode()
        self._header = f"Basic {base64.b64encode(pair).decode()}"

    async def header(self) -> str:
        """Always the same."""
        return self._header

    def refused(self, header: str) -> bool:
        """The same again would be refused again."""
        return False


class OAuth2(SignIn):
    """A bearer token, fetched when needed and kept until five minutes before it ends."""

    def __init__(self, rest: Rest, base_url: str, *, client_id: str, client_key: SecretStr, clock: Clock) -> None:
        """`client_key`: the client's PEM private key (P-256). Raises ConfigurationError, which names client_key."""
        self._rest = rest
        self._audience = f"{base_url.rstrip('/')}/{'/'.join(TOKEN)}/"  # exactly the token's own address
        self._client_id = client_id
        self._key = client_key_of(client_key)
        self._clock = clock
        self._lock = asyncio.Lock()
        self._header: str | None = None
        self._renew_at: datetime = clock.now()

    async def header(self) -> str:
        """The kept token, or a new one; one request for it at a time."""
        async with self._lock:
            if self._header is None or self._clock.now() >= self._renew_at:
                self._header = await self._fetch()
            return self._header

    def refused(self, header: str) -> bool:
        """Forget the token, unless another request has renewed it meanwhile."""
        if self._header == header:
            self._header = None
        return True

    async def _fetch(self) -> str:
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": self._assertion(),
            "scope": SCOPE,
        }
        answer = await self._rest.request(
            "POST", *TOKEN, operation="sign in", risk=Risk.READ, form=form, headers=JSON_ANSWER, slash=True
        )
        if answer.status in {400, 401, 403}:
            raise _not_known(answer)
        raise_for(answer, risk=Risk.READ, what="its own sign-in address")
        return self._kept(answer)

    def _kept(self, answer: Answer) -> str:
        content = answer.json()
        token = content.get("access_token") if isinstance(content, dict) else None
        lasts = content.get("expires_in", 3600) if isinstance(content, dict) else 0
        usable = isinstance(token, str) and token.isascii() and token.isprintable() and " " not in token
        if not token or not usable or not isinstance(lasts, int | float):
            raise BackendError(f"{self._rest.backend} answered a sign-in without a token.")
        life = timedelta(seconds=lasts)
        self._renew_at = self._clock.now() + max(life - RENEW_BEFORE, life / 2)
        return f"Bearer {token}"

    def _assertion(self) -> str:
        now = self._clock.now()
        claims = {
            "iss": self._client_id,
            "sub": self._client_id,
            "aud": self._audience,
            "iat": int(now.timestamp()),
            "exp": int((now + ASSERTION_LIFETIME).timestamp()),
            "jti": secrets.token_hex(18),
        }
        return jwt.encode(claims, self._key, algorithm="ES256")


JSON_ANSWER = {"Accept": "application/json"}


def client_key_of(pem: SecretStr) -> EllipticCurvePrivateKey:
    """The key of a PEM text. Raises ConfigurationError, which names client_key and never shows the text."""
    try:
        key = load_pem_private_key(pem.get_secret_value().encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, EllipticCurvePrivateKey) or not isinstance(key.curve, SECP256R1):
        raise ConfigurationError("client_key: must be an unencrypted P-256 private key in PEM form (ES256).")
    return key


def _not_known(answer: Answer) -> SignInFailed:
    said = messages(answer).get("", ("",))[0]
    why = f" ({said})" if said else ""
    return SignInFailed(
        f"{answer.backend} refused the bot's OAuth2 client{why}; an administrator has to check client_id, client_key "
        "and base_url."
    )
