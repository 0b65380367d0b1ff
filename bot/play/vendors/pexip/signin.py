"""Who may call simulated Pexip: accounts by HTTP Basic, OAuth2 clients by an ES256 assertion and a token."""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import jwt
from aiohttp import web
from jwt.types import Options

from bot.clock import Clock

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LIFETIME = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody with a password and a role."""

    name: str
    password: str = field(repr=False)
    reads: bool = True
    writes: bool = True


@dataclass(frozen=True, slots=True)
class Client:
    """An OAuth2 client: its id and its public key (PEM)."""

    id: str
    public_key: str
    reads: bool = True
    writes: bool = True


def not_permitted(*, signed_out: bool = False) -> web.HTTPUnauthorized:
    """401 with nothing in it: for who is signed out and for who may not alike."""
    return web.HTTPUnauthorized(text="", headers={"WWW-Authenticate": 'Basic Realm="Pexip"'} if signed_out else {})


class SignIns:
    """Checks the Authorization header of each request, and hands out tokens."""

    def __init__(self, clock: Clock, accounts: Sequence[Account], clients: Sequence[Client]) -> None:
        self.accounts = {one.name: one for one in accounts}
        self.clients = {one.id: one for one in clients}
        self.tokens: dict[str, tuple[Account, datetime]] = {}
        self._clock = clock

    def known(self, request: web.Request) -> Account:
        """Whose request it is. Raises HTTPUnauthorized with an empty body."""
        scheme, _, credential = request.headers.get("Authorization", "").partition(" ")
        account = self._by_password(credential) if scheme == "Basic" else self._by_token(credential)
        if account is None:
            raise not_permitted(signed_out=True)
        return account

    async def token(self, request: web.Request) -> web.Response:
        """POST /oauth/token/."""
        form = await request.post()
        assertion = str(form.get("client_assertion", ""))
        try:
            if form.get("grant_type") != "client_credentials" or form.get("client_assertion_type") != ASSERTION:
                raise jwt.InvalidTokenError("Unsupported grant")
            client = self._client(assertion, audience=str(request.url))
        except jwt.InvalidTokenError as error:
            return web.json_response({"error": "invalid_client", "error_description": str(error)}, status=401)
        value = secrets.token_urlsafe(32)
        account = Account(client.id, "", client.reads, client.writes)
        self.tokens[value] = account, self._clock.now() + LIFETIME
        return web.json_response(
            {"access_token": value, "expires_in": 3600, "token_type": "Bearer", "scope": "is_admin use_api"}
        )

    def _client(self, assertion: str, *, audience: str) -> Client:
        issuer = jwt.decode(assertion, options={"verify_signature": False}).get("iss")
        client = self.clients.get(str(issuer))
        if client is None:
            raise jwt.InvalidTokenError("Unknown client")
        own_clock: Options = {"verify_exp": False, "verify_iat": False}
        claims = jwt.decode(assertion, client.public_key, algorithms=["ES256"], audience=audience, options=own_clock)
        if not claims["iat"] - 60 <= self._clock.now().timestamp() < claims["exp"]:
            raise jwt.InvalidTokenError("Expired")
        return client

    def _by_password(self, credential: str) -> Account | None:
        try:
            name, _, password = base64.b64decode(credential).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        account = self.accounts.get(name)
        return account if account and account.password == password else None

    def _by_token(self, credential: str) -> Account | None:
        account, until = self.tokens.get(credential, (None, self._clock.now()))
        return account if self._clock.now() < until else None
