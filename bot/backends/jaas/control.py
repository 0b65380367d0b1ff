"""The signed commands of seeds/000."""

from __future__ import annotations

from bot.backends.jaas.answers import check
from bot.backends.jaas.names import Tenant
from bot.clock import Clock
from bot.errors import NotFound
from bot.model import Outcome, Risk, Room
from bot.rest import Answer, Rest, refuse_clock
from bot.tokens import AdminToken

MEETING = ("v1", "_jaas", "conference-commands", "v1", "meeting")
ACCESS = ("v1", "_jaas", "jaccess", "v1", "access-management")


class Control:
    """Commands meetings and bans, as the account. A 2xx is ACCEPTED: the effect is told by webhook."""

    def __init__(self, rest: Rest, tenant: Tenant, token: AdminToken, clock: Clock) -> None:
        self._rest = rest
        self._clock = clock
        self._tenant = tenant
        self._token = token

    async def command(
        self, action: str, room: Room, *, risk: Risk = Risk.REPEATABLE, gone: Outcome | None = None, **payload: str
    ) -> Outcome:
        """One action on the meeting of this room. `gone` is what a 404 means, where it is no failure."""
        body = {"action": action, "payload": {"conferenceFullName": self._tenant.conference(room), **payload}}
        answer = await self._send(*MEETING, operation=action, risk=risk, body=body)
        try:
            check(answer, risk=risk, what="a meeting in that room")
        except NotFound:
            if gone is None:
                raise
            # After an attempt that broke off, "not there" is most likely what that attempt has done.
            return Outcome.ACCEPTED if answer.repeated else gone
        return Outcome.ACCEPTED

    async def ban_user(self, user_id: str) -> Outcome:
        """BAN_USER, for the whole AppID."""
        path = (*ACCESS, self._tenant.app_id, "ban", "user", user_id)
        answer = await self._send(*path, operation="BAN_USER", risk=Risk.REPEATABLE)
        check(answer, risk=Risk.REPEATABLE, what="that user")
        return Outcome.ACCEPTED

    async def ban_jwt(self, token: str) -> Outcome:
        """BAN_JWT of this very token."""
        path = (*ACCESS, self._tenant.app_id, "ban", "jwt")
        answer = await self._send(*path, operation="BAN_JWT", risk=Risk.REPEATABLE, body={"jwt": token})
        check(answer, risk=Risk.REPEATABLE, what="that link")
        return Outcome.ACCEPTED

    async def _send(self, *segments: str, operation: str, risk: Risk, body: object | None = None) -> Answer:
        answer = await self._signed(*segments, operation=operation, risk=risk, body=body)
        if answer.status in {401, 403}:  # refused, so not executed: not even a dial
            self._token.drop()
            answer = await self._signed(*segments, operation=operation, risk=risk, body=body)
        if answer.status in {401, 403}:
            refuse_clock(answer, self._clock.now())
        return answer

    async def _signed(self, *segments: str, operation: str, risk: Risk, body: object | None) -> Answer:
        headers = {"Authorization": f"Bearer {self._token.value()}"}
        return await self._rest.request("POST", *segments, operation=operation, risk=risk, json=body, headers=headers)
