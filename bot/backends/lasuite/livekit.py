"""LiveKit's server API over Twirp and JSON, with a token of its own for each call (backends: La Suite Meet, §7).

LiveKit's credentials are good for every room, so each token is narrowed to one room and one minute.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any

import jwt
from pydantic import SecretStr

from bot.clock import Clock
from bot.errors import BackendError, NotFound, SignInFailed
from bot.model import Risk
from bot.rest import Answer, Rest, raise_for, refuse_clock, unclear

TOKEN_LASTS = timedelta(seconds=60)
SKEW = timedelta(seconds=60)
SUBJECT = "meetops"

Json = dict[str, Any]


class LiveKit:
    """One LiveKit server, called as its administrator."""

    def __init__(self, rest: Rest, calls: Rest, *, api_key: str, api_secret: SecretStr, clock: Clock) -> None:
        """`calls`: the same server again, so that phones that ring for half a minute hold up nothing else."""
        self._calls = calls
        self.backend = rest.backend
        self.api_key = api_key
        self._rest = rest
        self._secret = api_secret
        self._clock = clock

    async def room(self, name: str) -> Json | None:
        """The running room of that name (ListRooms)."""
        content = await self._content("ListRooms", {"names": [name]}, {"roomList": True}, Risk.READ)
        found = [one for one in _objects(content, "rooms") if one.get("name") == name]
        return found[0] if found else None

    async def participants(self, name: str) -> list[Json]:
        """Everything that takes part (ListParticipants): none where no such room runs."""
        try:
            content = await self._content("ListParticipants", {"room": name}, _admin(name), Risk.READ)
        except NotFound:
            return []
        return _objects(content, "participants")

    async def remove(self, name: str, identity: str) -> bool:
        """RemoveParticipant. False where it was gone already."""
        body = {"room": name, "identity": identity}
        answer = await self._call("RemoveParticipant", body, _admin(name), Risk.REPEATABLE)
        if answer.status == 404:
            return answer.repeated  # after an attempt that broke off, most likely what that attempt has done
        self._check(answer, Risk.REPEATABLE)
        return True

    async def mute(self, name: str, identity: str, track: str, *, muted: bool) -> bool | None:
        """MutePublishedTrack: whether the answer shows the track so; None where it is gone or may not be unmuted."""
        body = {"room": name, "identity": identity, "track_sid": track, "muted": muted}
        answer = await self._call("MutePublishedTrack", body, _admin(name), Risk.REPEATABLE)
        if answer.status in {404, 412}:
            return None
        shown = self._read(answer, Risk.REPEATABLE).get("track")
        return isinstance(shown, dict) and shown.get("muted", False) is muted

    async def end(self, name: str) -> bool:
        """DeleteRoom: disconnects everybody. False where no such room runs."""
        answer = await self._call("DeleteRoom", {"room": name}, {"roomCreate": True}, Risk.REPEATABLE)
        if answer.status == 404:
            return answer.repeated
        self._check(answer, Risk.REPEATABLE)
        return True

    async def dial(self, order: Mapping[str, object], *, patience: float) -> Answer:
        """CreateSIPParticipant, sent at most once; the answer as it came, for a call may fail in many ways."""
        return await self._calls.request(
            "POST",
            "twirp",
            "livekit.SIP",
            "CreateSIPParticipant",
            operation="CreateSIPParticipant",
            risk=Risk.ONCE,
            json=dict(order),
            headers=self._headers({}, {"call": True}),
            timeout=patience,
        )

    def check(self, answer: Answer, risk: Risk) -> None:
        """Raise what a refusal means that is none of the call's own."""
        self._check(answer, risk)

    async def _call(self, method: str, body: Json, video: Json, risk: Risk) -> Answer:
        return await self._rest.request(
            "POST",
            "twirp",
            "livekit.RoomService",
            method,
            operation=method,
            risk=risk,
            json=body,
            headers=self._headers(video),
        )

    async def _content(self, method: str, body: Json, video: Json, risk: Risk) -> Json:
        return self._read(await self._call(method, body, video, risk), risk)

    def _read(self, answer: Answer, risk: Risk) -> Json:
        self._check(answer, risk)
        content: object = None
        with suppress(BackendError):
            content = None if answer.is_page else answer.json()
        if isinstance(content, dict):
            return content
        if risk is Risk.READ:
            raise BackendError(f"{self.backend}: LiveKit answered nonsense; check livekit_url.")
        raise unclear(self.backend)

    def _check(self, answer: Answer, risk: Risk) -> None:
        if answer.status == 401:
            refuse_clock(answer, self._clock.now())
            raise SignInFailed(
                f"{self.backend}: LiveKit refused livekit_api_key and livekit_api_secret; ask an administrator."
            )
        if answer.status == 404 and error_code(answer) != "not_found":
            raise BackendError(f"{self.backend}: there is no LiveKit at livekit_url; ask an administrator.")
        raise_for(answer, risk=risk, what="a meeting in that room")
        if answer.is_page:
            raise BackendError(f"{self.backend}: LiveKit answered with a web page; check livekit_url.")

    def _headers(self, video: Json, sip: Json | None = None) -> dict[str, str]:
        now = self._clock.now()
        claims: Json = {
            "iss": self.api_key,
            "sub": SUBJECT,
            "nbf": int((now - SKEW).timestamp()),
            "exp": int((now + TOKEN_LASTS).timestamp()),
            "video": video,
            **({"sip": sip} if sip else {}),
        }
        token = jwt.encode(claims, self._secret.get_secret_value(), algorithm="HS256")
        return {"Authorization": f"Bearer {token}", "Accept": "application/json"}


def error_code(answer: Answer) -> str:
    """Twirp's word for a failure; empty where the answer is not Twirp's."""
    content = error_of(answer)
    code = content.get("code")
    return code if isinstance(code, str) else ""


def error_of(answer: Answer) -> Json:
    """Twirp's error object: code, msg, meta; empty where the answer is none."""
    content: object = None
    with suppress(BackendError):
        content = answer.json()
    return content if isinstance(content, dict) else {}


def _admin(name: str) -> Json:
    return {"roomAdmin": True, "room": name}


def _objects(content: Json, name: str) -> list[Json]:
    listed = content.get(name)
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
