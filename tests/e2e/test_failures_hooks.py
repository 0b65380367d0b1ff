"""What comes in on the hooks of the running bot: only what 8x8 proves to be its own, of a bearable size."""

from __future__ import annotations

import json
from typing import Any

import aiohttp

from bot.backends.jaas.hooks import signature
from bot.play.slack.seed import MAX, MIA
from tests.fakes import jaas as account
from tests.fakes.speaking import OPS, answer, says
from tests.fakes.world import World


async def sent(
    w: World, body: bytes, *, hook: str = "jaas", secret: str = account.SECRET, age: int = 0, signed: bool = True
) -> tuple[int, Any]:
    """Status and JSON of one call, signed as 8x8 signs."""
    moment = str(int(w.clock.now().timestamp()) - age)
    proof = {"X-Jaas-Signature": f"t={moment},v1={signature(secret, moment, body).decode()}"}
    assert w.bot is not None
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{w.bot.url}/hooks/{hook}", data=body, headers=proof if signed else {}) as response,
    ):
        text = await response.text()
        return response.status, json.loads(text) if text.startswith("{") else text


async def joined(w: World, room: str) -> bytes:
    """A report that somebody came into this room."""
    link = w.link_of(await answer(w, MIA, OPS, f"join {room}"))
    name, _ = w.room_and_token(link)
    data = {"name": "Eve", "id": "u-eve", "participantId": "0badf00d", "participantJid": "0badf00d@8x8.vc"}
    envelope = {
        "idempotencyKey": "one",
        "eventType": "PARTICIPANT_JOINED",
        "sessionId": "session",
        "timestamp": int(w.clock.now().timestamp() * 1000),
        "fqn": f"{account.APP_ID}/{name}",
        "data": data,
    }
    return json.dumps(envelope).encode()


UNPROVED: tuple[dict[str, Any], ...] = ({"signed": False}, {"secret": "whsec_another"}, {"age": 301}, {"age": -301})


async def test_a_report_without_proof_is_401_and_changes_nothing(w: World) -> None:
    await answer(w, MIA, OPS, "create standup")
    body = await joined(w, "standup")
    for how in UNPROVED:
        assert (await sent(w, body, **how))[0] == 401, how
    assert "not known" in await says(w, MIA, OPS, "who standup")
    assert (await sent(w, body))[0] == 200
    assert "1 person is in" in await says(w, MIA, OPS, "who standup")


async def test_what_is_no_report_is_refused_by_the_status_that_says_why(w: World) -> None:
    for hook in ("meetings", "nobody", "jaas%2F..", "JAAS"):
        assert (await sent(w, b"{}", hook=hook))[0] == 404, hook
    assert (await sent(w, b"x" * (256 * 1024 + 1)))[0] == 413
    for body in (b"not json", b"[]"):
        assert (await sent(w, body))[0] == 400
    event = {"eventType": "WHATEVER", "sessionId": "s", "fqn": f"{account.APP_ID}/x", "data": {}}
    assert (await sent(w, json.dumps(event).encode()))[0] == 200  # an event nobody knows yet changes nothing


async def test_a_rooms_policy_is_answered_to_8x8_and_to_nobody_else(w: World) -> None:
    await answer(w, MIA, OPS, "create standup pin=4711 max=5 lobby=approval")
    name, _ = w.room_and_token(w.link_of(await answer(w, MAX, OPS, "join standup")))
    asks = json.dumps({"fqn": f"{account.APP_ID}/{name}"}).encode()
    policy = {"lobbyEnabled": True, "lobbyType": "WAIT_FOR_APPROVAL", "passcode": "4711", "maxOccupants": 5}
    assert await sent(w, asks) == (200, policy)
    status, told = await sent(w, asks, signed=False)
    assert status == 401
    assert "4711" not in str(told)
    unknown = json.dumps({"fqn": f"{account.APP_ID}/somebody-elses-room"}).encode()
    assert await sent(w, unknown) == (200, {})
