"""Applications, people and tokens of simulated La Suite Meet: the token endpoint with the answers of the real one."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import jwt
from aiohttp import web

from bot.clock import Clock

SCOPES = ("rooms:list", "rooms:retrieve", "rooms:create", "rooms:update", "rooms:delete")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
PAGE = """
<!doctype html>
<html lang="en">
<head>
  <title>{0}</title>
</head>
<body>
  <h1>{0}</h1><p></p>
</body>
</html>
"""

Json = dict[str, Any]


@dataclass(slots=True)
class Application:
    """What an administrator made for the bot. A test may change it at any time."""

    client_id: str
    secret: str = field(repr=False)
    scopes: tuple[str, ...] = SCOPES
    domains: tuple[str, ...] = ()  # empty: all
    active: bool = True


@dataclass(slots=True)
class Person:
    """Somebody with an account."""

    email: str
    name: str = ""
    sub: str = field(default_factory=lambda: str(uuid4()))
    active: bool = True


class Refusal(Exception):
    """An answer instead of the one hoped for."""

    def __init__(self, answer: web.Response) -> None:
        super().__init__(answer.status)
        self.answer = answer


class Accounts:
    """Who is known, and which tokens are good."""

    def __init__(self, clock: Clock, applications: Sequence[Application], people: Sequence[Person]) -> None:
        self.applications = {one.client_id: one for one in applications}
        self.people = {one.email.lower(): one for one in people}
        self.enabled = True  # APPLICATION_ENABLED
        self.lasts = 3600  # seconds
        self.pages_for_dead_tokens = False  # as behind a resource server: 400 and a page
        self._clock = clock
        self._key = secrets.token_hex(32)
        self._revoked: set[str] = set()
        self.given: list[str] = []  # every token

    @property
    def issued(self) -> int:
        """How many tokens were given."""
        return len(self.given)

    def revoke_all(self) -> None:
        """Every token given so far is good for nothing."""
        self._revoked |= set(self.given)

    async def token(self, request: web.Request) -> web.Response:
        """`POST application/token/`."""
        if not self.enabled:
            return said(404, {"detail": "Not found."})
        body = await json_of(request)
        fields = ("client_id", "client_secret", "grant_type", "scope")
        missing = {name: ["This field is required."] for name in fields if name not in body}
        if missing:
            return said(400, missing)
        if body["grant_type"] != "client_credentials":
            return said(400, {"grant_type": [f'"{body["grant_type"]}" is not a valid choice.']})
        application = self.applications.get(str(body["client_id"]))
        if application is None or application.secret != body["client_secret"]:
            return said(401, {"detail": "Invalid credentials"})
        if not application.active:
            return said(401, {"detail": "Application is inactive"})
        email = str(body["scope"]).lower()
        if not EMAIL.fullmatch(email):
            return said(400, {"error": "Scope should be a valid email address."})
        if application.domains and email.rpartition("@")[2] not in application.domains:
            return said(403, {"error": "This application is not authorized for this email domain."})
        if email not in self.people:
            return said(404, {"detail": "User not found."})
        return said(200, self._issue(application, self.people[email]))

    def _issue(self, application: Application, person: Person) -> Json:
        now = int(self._clock.now().timestamp())
        claims = {
            "client_id": application.client_id,
            "delegated": True,
            "iat": now,
            "exp": now + self.lasts,
            "user_id": person.sub,
            "iss": "lasuite-meet",
            "scope": " ".join(application.scopes),
            "jti": secrets.token_hex(8),
        }
        token = jwt.encode(claims, self._key, algorithm="HS256")
        self.given.append(token)
        answer: Json = {"access_token": token, "token_type": "Bearer", "expires_in": self.lasts}
        return answer | ({"scope": claims["scope"]} if application.scopes else {})

    def who(self, request: web.Request, scope: str) -> Person:
        """Whose token it is. Raises Refusal."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise Refusal(said(401, {"detail": "Authentication credentials were not provided."}))
        claims = self._claims(token)
        person = next((one for one in self.people.values() if one.sub == claims.get("user_id")), None)
        if person is None:
            raise self._dead("User not found.")
        if not person.active:
            raise self._dead("User account is disabled.")
        application = self.applications.get(str(claims.get("client_id")))
        if application is None or not application.active:
            raise self._dead("Application is disabled.")
        granted = str(claims.get("scope", "")).split()
        if not granted:
            raise Refusal(said(403, {"detail": "Insufficient permissions."}))
        if scope not in granted:
            raise Refusal(said(403, {"detail": f"Insufficient permissions. Required scope: {scope}"}))
        return person

    def _claims(self, token: str) -> Json:
        try:
            claims: Json = jwt.decode(
                token,
                self._key,
                algorithms=["HS256"],
                options={"verify_exp": False, "verify_iat": False, "verify_aud": False},
            )
        except jwt.InvalidTokenError:
            raise self._dead("Resource Server is improperly configured") from None
        if self._clock.now().timestamp() >= claims["exp"] or token in self._revoked:
            raise self._dead("Token expired.")
        return claims

    def _dead(self, why: str) -> Refusal:
        if self.pages_for_dead_tokens:
            return Refusal(page(400, "Bad Request (400)"))
        return Refusal(said(401, {"detail": why}))


async def json_of(request: web.Request) -> Json:
    """The body, empty where there is none. Raises Refusal."""
    raw = await request.read()
    if not raw:
        return {}
    if request.content_type != "application/json":
        raise Refusal(said(415, {"detail": f'Unsupported media type "{request.content_type}" in request.'}))
    try:
        content = json.loads(raw)
    except ValueError:
        raise Refusal(said(400, {"detail": "JSON parse error - Expecting value: line 1 column 1 (char 0)"})) from None
    if not isinstance(content, dict):
        raise Refusal(said(400, {"non_field_errors": ["Invalid data. Expected a dictionary, but got list."]}))
    return content


def said(status: int, content: object, **headers: str) -> web.Response:
    """JSON as Django REST framework writes it."""
    return web.json_response(content, status=status, headers=headers)


def page(status: int, title: str) -> web.Response:
    """Django's own pages."""
    return web.Response(status=status, text=PAGE.format(title), content_type="text/html")
