"""The commands of seeds/000 as the back end gives them, for tests that go through all."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.backends.jaas import Jaas
from bot.model import Outcome, Participant, PhoneNumber
from tests.fakes.jaas import guest, room

NUMBER = PhoneNumber.parse("+40747777777")
PERSON = Participant("f0aa9e1e", "Ann")

Act = Callable[[Jaas], Awaitable[Outcome]]


async def destroy(back_end: Jaas) -> Outcome:
    return await back_end.end_meeting(room())


async def dial(back_end: Jaas) -> Outcome:
    return await back_end.dial_out(room(), NUMBER, None)


async def hang_up(back_end: Jaas) -> Outcome:
    return await back_end.hang_up(room(), NUMBER)


async def kick(back_end: Jaas) -> Outcome:
    return await back_end.kick(room(), PERSON)


async def ban_user(back_end: Jaas) -> Outcome:
    return await back_end.ban_user("userIdValue")


async def ban_jwt(back_end: Jaas) -> Outcome:
    link = await back_end.join_link(room(), guest())
    return await back_end.revoke_link(room(), link.claims or "")


EVERY: dict[str, Act] = {
    "DESTROY": destroy,
    "DIAL_OUT_PARTICIPANT": dial,
    "HANG_UP_CALL": hang_up,
    "KICK_PARTICIPANT": kick,
    "BAN_USER": ban_user,
    "BAN_JWT": ban_jwt,
}
REPEATABLE = {name: act for name, act in EVERY.items() if name != "DIAL_OUT_PARTICIPANT"}
