"""The LiveKit behind simulated La Suite Meet: running meetings, its Twirp API, phones over a SIP trunk, webhooks."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

import jwt
from aiohttp import web

from bot.clock import Clock
from bot.play.exchange import ExchangeFeed
from bot.play.vendors.lasuite.accounts import said
from bot.play.vendors.telling import EventSender

Json = dict[str, Any]
# Twirp's codes with their HTTP statuses, and what a SIP status becomes (livekit/sip.go).
STATUS = {"unauthenticated": 401, "not_found": 404, "failed_precondition": 412, "invalid_argument": 400}
SIP = {486: ("resource_exhausted", 429, "Busy Here"), 603: ("permission_denied", 403, "Decline")}
SIP |= {480: ("resource_exhausted", 429, "Temporarily Unavailable"), 404: ("not_found", 404, "Not Found")}
SIP |= {408: ("deadline_exceeded", 408, "Request Timeout"), 503: ("failed_precondition", 412, "Service Unavailable")}


@dataclass(slots=True)
class Present:
    """One who takes part."""

    name: str
    identity: str = field(default_factory=lambda: str(uuid4()))
    kind: str = "STANDARD"
    attributes: dict[str, str] = field(default_factory=dict)
    sid: str = field(default_factory=lambda: f"PA_{secrets.token_hex(6)}")
    track: str = field(default_factory=lambda: f"TR_{secrets.token_hex(6)}")
    muted: bool = False
    joined_at: int = 0

    def shown(self) -> Json:
        """As the API writes it."""
        sound = {"sid": self.track, "type": "AUDIO", "source": "MICROPHONE", "muted": self.muted}
        return {
            "sid": self.sid,
            "identity": self.identity,
            "state": "ACTIVE",
            "tracks": [sound],
            "joined_at": str(self.joined_at),
            "name": self.name,
            "attributes": self.attributes,
            "kind": self.kind,
        }


@dataclass(slots=True)
class Meeting:
    """A running LiveKit room."""

    name: str
    created: int
    people: dict[str, Present] = field(default_factory=dict)
    sid: str = field(default_factory=lambda: f"RM_{secrets.token_hex(6)}")


class LiveKitWebhooks(EventSender):
    """Signed as LiveKit signs: a token without "Bearer", with the hash of the body in it."""

    def __init__(self, clock: Clock, *, api_key: str, secret: str, feed: ExchangeFeed | None, backend: str) -> None:
        super().__init__(clock, url=None, feed=feed, backend=backend)
        self._api_key, self._secret = api_key, secret

    def headers(self, raw: bytes, now: datetime) -> dict[str, str]:
        """What goes with this body."""
        moment = int(now.timestamp())
        claims = {
            "sha256": base64.b64encode(hashlib.sha256(raw).digest()).decode(),
            "iss": self._api_key,
            "nbf": moment,
            "exp": moment + 300,
        }
        token = jwt.encode(claims, self._secret, algorithm="HS256")
        return {"Content-Type": "application/webhook+json", "Authorization": token}


class SimulatedLiveKit:
    """Its API and its meetings. Phones answer, unless the last three digits of a number are a SIP status of `SIP`."""

    def __init__(
        self,
        clock: Clock,
        *,
        api_key: str,
        secret: str,
        trunk: str = "ST_play",
        rings_for: float = 0.02,
        feed: ExchangeFeed | None = None,
        backend: str = "visio",
    ) -> None:
        self.api_key, self.secret, self.trunk = api_key, secret, trunk
        self.running: dict[str, Meeting] = {}
        self.dialled: list[Json] = []  # every CreateSIPParticipant that came
        self.unmutes = False  # whether others may unmute
        self.subscribers: list[Callable[[], None]] = []
        self.webhooks = LiveKitWebhooks(clock, api_key=api_key, secret=secret, feed=feed, backend=backend)
        self._clock = clock
        self._rings_for = rings_for

    def routes(self, app: web.Application) -> None:
        """Twirp's paths."""
        app.router.add_post("/twirp/livekit.{service}/{method}", self._twirp)

    def join(self, room: str, name: str, **more: Any) -> Present:  # noqa: ANN401
        """Somebody comes in; the first one starts the meeting."""
        meeting = self.running.get(room)
        if meeting is None:
            meeting = self.running[room] = Meeting(room, self._now())
            self._tell("room_started", meeting)
        one = Present(name, joined_at=self._now(), **more)
        meeting.people[one.identity] = one
        self._tell("participant_joined", meeting, one)
        return one

    def leave(self, room: str, identity: str, *, reason: str = "CLIENT_INITIATED") -> bool:
        """Somebody goes; the last one ends the meeting. False where they were not in."""
        meeting = self.running.get(room)
        one = meeting.people.pop(identity, None) if meeting else None
        if meeting is None or one is None:
            return False
        self._tell("participant_left", meeting, one, disconnectReason=reason)
        if not meeting.people:
            del self.running[room]
            self._tell("room_finished", meeting)
        return True

    def _tell(self, event: str, meeting: Meeting, one: Present | None = None, **more: str) -> None:
        told: Json = {
            "event": event,
            "room": {"sid": meeting.sid, "name": meeting.name, "creationTime": str(meeting.created)},
            "id": f"EV_{secrets.token_hex(6)}",
            "createdAt": str(self._now()),
        }
        if one is not None:
            shown = one.shown()
            shown["joinedAt"] = shown.pop("joined_at")
            told["participant"] = {**shown, **more}
        self.webhooks.queue(told)
        for subscriber in self.subscribers:
            subscriber()

    async def _twirp(self, request: web.Request) -> web.Response:
        header = request.headers.get("Authorization", "").removeprefix("Bearer ")
        try:
            claims = jwt.decode(
                header, self.secret, algorithms=["HS256"], options={"verify_exp": False, "verify_nbf": False}
            )
        except jwt.InvalidTokenError:
            return web.Response(status=401, text="invalid authorization token: Signature verification failed")
        now = self._clock.now().timestamp()
        if claims.get("iss") != self.api_key or not claims.get("nbf", 0) - 60 <= now <= claims.get("exp", 0) + 60:
            return web.Response(status=401, text="invalid authorization token: token is expired")
        body, service = await request.json(), request.match_info["service"]
        if service == "SIP":
            return await self._sip(body, claims.get("sip", {}))
        return self._room_service(request.match_info["method"], body, claims.get("video", {}))

    def _room_service(self, method: str, body: Json, grant: Json) -> web.Response:
        room = str(body.get("room", ""))
        needs = {"ListRooms": "roomList", "DeleteRoom": "roomCreate"}.get(method, "roomAdmin")
        if not grant.get(needs) or (needs == "roomAdmin" and grant.get("room") != room):
            return failed("unauthenticated", "permissions denied")
        meeting = self.running.get(room)
        match method:
            case "ListRooms":
                named = [self.running[one] for one in body.get("names", ()) if one in self.running]
                return said(200, {"rooms": [_room(one) for one in named]})
            case "ListParticipants":
                return said(200, {"participants": [one.shown() for one in meeting.people.values()] if meeting else []})
            case "DeleteRoom" if meeting:
                for identity in list(meeting.people):
                    self.leave(room, identity, reason="ROOM_DELETED")
                return said(200, {})
            case "DeleteRoom":
                return failed("not_found", "requested room does not exist")
            case "RemoveParticipant" if self.leave(room, str(body.get("identity")), reason="PARTICIPANT_REMOVED"):
                return said(200, {})
            case "MutePublishedTrack" if meeting and body.get("identity") in meeting.people:
                return self._mute(meeting.people[body["identity"]], body)
        return failed("not_found", "participant does not exist")

    def _mute(self, one: Present, body: Json) -> web.Response:
        if body.get("track_sid") != one.track:
            return failed("not_found", "track not found")
        if not body.get("muted") and not self.unmutes:
            return failed("failed_precondition", "remote unmute not enabled")
        one.muted = bool(body.get("muted"))
        for subscriber in self.subscribers:
            subscriber()
        return said(200, {"track": one.shown()["tracks"][0]})

    async def _sip(self, body: Json, grant: Json) -> web.Response:
        if not grant.get("call"):
            return failed("unauthenticated", "permissions denied")
        self.dialled.append(body)
        number, room = str(body.get("sip_call_to", "")), str(body.get("room_name", ""))
        if body.get("sip_trunk_id") != self.trunk:
            return failed("not_found", "object cannot be found")
        if "@" in number:
            return failed("invalid_argument", "sip_call_to should be a phone number or SIP user, not a full SIP URI")
        identity = str(body.get("participant_identity") or f"sip_{number}")
        rings = {"sip.callStatus": "ringing"}
        one = self.join(room, str(body.get("participant_name", "")), identity=identity, kind="SIP", attributes=rings)
        await asyncio.sleep(self._rings_for)
        if (code := int(number[-3:])) in SIP:
            self.leave(room, identity)
            word, status, words = SIP[code]
            meta = {"sip_status_code": str(code), "sip_status": words}
            return said(status, {"code": word, "msg": f"sip status {code}: {words}", "meta": meta})
        meeting = self.running.get(room)
        if meeting is None or identity not in meeting.people:  # hung up while it rang
            meta = {"sip_status_code": "487", "sip_status": "Request Terminated"}
            return said(409, {"code": "aborted", "msg": "sip status 487: Request Terminated", "meta": meta})
        one.attributes["sip.callStatus"] = "active"
        self._tell("track_published", meeting, one)
        return said(
            200,
            {
                "participant_id": one.sid,
                "participant_identity": identity,
                "room_name": room,
                "sip_call_id": f"SCL_{secrets.token_hex(6)}",
            },
        )

    def _now(self) -> int:
        return int(self._clock.now().timestamp())


def failed(code: str, message: str) -> web.Response:
    """Twirp's error."""
    return said(STATUS[code], {"code": code, "msg": message, "meta": {}})


def _room(meeting: Meeting) -> Json:
    return {
        "sid": meeting.sid,
        "name": meeting.name,
        "creation_time": str(meeting.created),
        "num_participants": len(meeting.people),
        "turn_password": secrets.token_hex(8),
    }
