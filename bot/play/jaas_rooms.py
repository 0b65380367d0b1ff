"""Rooms of simulated JaaS on the page: who is in, who holds a link, and visitors whom the bot has never heard of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import jwt
from yarl import URL

from bot.clock import Clock
from bot.play.meetings import JoinLinks, Ticket
from bot.play.vendors.jaas import SimulatedJaas, TokenRefused
from bot.play.web import WrongAction

Json = Mapping[str, Any]
VISITOR = "visitor"
VISITORS_NAME = "Ann Lee"  # let in twice, she is two people of the same name


class JaasRooms:
    """Rooms of simulated JaaS: those with a meeting, and those somebody holds a link for."""

    def __init__(self, jaas: SimulatedJaas, *, backend: str, links: JoinLinks, visitors: Visitors) -> None:
        self._jaas = jaas
        self._backend = backend
        self._links = links
        self._visitors = visitors

    def rooms(self) -> list[Json]:
        """See VendorRooms."""
        tickets = self._tickets()
        people: dict[str, list[Json]] = {room: [] for room in tickets}
        for one in self._jaas.people():
            note = "phone" if one["medium"] == "phone" else f"id:{one['participant_id']}"  # tells namesakes apart
            shown = {"id": one["participant_id"], "name": one["name"], "note": note}
            people.setdefault(one["room"], []).append(shown)
        return [self._room(room, inside, tickets.get(room, {})) for room, inside in people.items()]

    async def join(self, room: str, who: str) -> None:
        """See VendorRooms."""
        _, ticket = self._tickets().get(room, {}).get(who, ("", None))
        token = self._visitors.token(room) if who == VISITOR else ticket.secret if ticket else ""
        try:
            await self._jaas.join(room, token)
        except TokenRefused as refused:
            raise WrongAction(f"8x8 does not let them in: {refused}.") from None

    def leave(self, room: str, participant_id: str) -> None:
        """See VendorRooms."""
        self._jaas.leave(room, participant_id)

    def subscribe(self, callback: Callable[[], None]) -> None:
        """See VendorRooms."""
        self._jaas.subscribe(callback)

    def _tickets(self) -> dict[str, dict[str, tuple[str, Ticket]]]:
        return self._links.tickets(self._jaas.url, _read)

    def _room(self, room: str, people: Sequence[Json], tickets: Mapping[str, tuple[str, Ticket]]) -> Json:
        joiners = [{"id": one, "label": label} for one, (label, _) in tickets.items()]
        visitor = {"id": VISITOR, "label": f"{VISITORS_NAME}, a visitor"}
        return {
            "backend": self._backend,
            "room": room,
            "title": room,
            "people": list(people),
            "joiners": [*joiners, visitor],
        }


def _read(link: URL) -> Ticket:
    token = link.query.get("jwt", "")
    try:
        name = jwt.decode(token, options={"verify_signature": False})["context"]["user"]["name"]
    except (jwt.InvalidTokenError, KeyError, TypeError):
        name = ""  # 8x8 will say what is wrong with it
    return Ticket(link.name, token, str(name))


class Visitors:
    """Mints links outside the bot, for people it has never heard of: their names are not verified."""

    def __init__(self, *, app_id: str, kid: str, private_key: str, clock: Clock) -> None:
        self._app_id = app_id
        self._kid = kid
        self._private_key = private_key
        self._clock = clock
        self._count = 0

    def token(self, room: str) -> str:
        """A join token for one more visitor."""
        self._count += 1
        now = self._clock.now()
        claims = {
            "aud": "jitsi",
            "iss": "chat",
            "sub": self._app_id,
            "room": room,
            "nbf": int((now - timedelta(minutes=1)).timestamp()),
            "exp": int((now + timedelta(hours=2)).timestamp()),
            "context": {
                "user": {"id": f"visitor-{self._count}", "name": VISITORS_NAME, "moderator": False},
                "features": {"recording": False, "livestreaming": False},
            },
        }
        return jwt.encode(claims, self._private_key, algorithm="RS256", headers={"kid": self._kid})
