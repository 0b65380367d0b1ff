"""The bot's account at OpenMeetings: its sessions, and calls with them.

One session is kept for commands. A join hash gets a session of its own: the person's identity is stored on the
session, not in the hash, so that two hashes of one session both let in the later person; and using a hash takes the
session's right away.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from pydantic import SecretStr

from bot.backends.openmeetings.wire import (
    NOT_ALLOWED,
    Json,
    as_str,
    error_in,
    message_in,
    no_right,
    raise_for_status,
    unwrap,
)
from bot.backends.openmeetings.words import Wording
from bot.capabilities import ASKED_IN
from bot.clock import Clock
from bot.errors import BackendError, SignInFailed
from bot.model import Health, Risk
from bot.rest import Answer, Rest

IDLE = timedelta(minutes=25)  # the server forgets a session after 30 idle minutes
LOGIN_PATIENCE = 25.0  # seconds; since 9.0 a refused login sleeps 6 to 15 s
REFUSAL_HOLDS = timedelta(seconds=60)
FIRST_WITH_POST = 9  # OPENMEETINGS-2816


class Services:
    """OpenMeetings' REST services, called as the bot's account. No session id leaves this class."""

    def __init__(
        self, rest: Rest, *, username: str, password: SecretStr, clock: Clock, posts: bool | None = None
    ) -> None:
        """`posts`: a login goes by POST (True), by GET (False), or as the server's version says (None)."""
        self.backend = rest.backend
        self._rest = rest
        self._username = username
        self._password = password
        self._clock = clock
        self._words = Wording(rest)
        self._lock = asyncio.Lock()
        self._sid: str | None = None
        self._used: datetime = clock.now()
        self._posts = posts  # how this server takes a login, once known
        self._refused: tuple[datetime, str] | None = None  # when and why the account was refused last

    async def info(self, what: str) -> Json:
        """`version` or `health`: needs no session. Raises BackendError."""
        answer = await self._rest.request("GET", "services", "info", what, operation=what, risk=Risk.READ)
        raise_for_status(answer, risk=Risk.READ)
        found = unwrap(answer, "info" if what == "version" else what)
        if not isinstance(found, dict):
            raise BackendError(f"{self.backend} answered without its {what}.")
        return found

    async def health(self) -> Health:
        """Version and state, for which nobody needs to sign in."""
        facts: dict[str, str] = {}
        try:
            if version := as_str((await self.info("version")).get("version")):
                facts["version"] = version
            state = await self.info("health")
        except BackendError as error:
            return Health(False, facts, str(error))
        reached = state.get("dbOk") is True
        facts["database"] = "ok" if reached else "not ok"
        if reached and state.get("inited") is True:
            return Health(True, facts)
        return Health(False, facts, f"{self.backend} is starting, or does not reach its database.")

    async def call(
        self,
        *segments: str,
        operation: str,
        risk: Risk,
        method: str = "GET",
        form: Mapping[str, str] | None = None,
    ) -> Answer:
        """Call below `services` with the kept session. When it is refused, sign in again once and repeat once.

        Any other answer is returned; a refused call was not executed. Raises SignInFailed when it is refused again.
        """
        for _ in range(2):
            sid = await self._kept()
            answer = await self._rest.request(
                method, "services", *segments, operation=operation, risk=risk, query={"sid": sid}, form=form
            )
            if error_in(answer) != NOT_ALLOWED:
                return answer
            self._forget(sid)
        raise no_right(self.backend)

    async def check(self, answer: Answer, risk: Risk, language: str = "en") -> None:
        """Raise what a refusal means: OpenMeetings' own key in the person's language, else its status."""
        key = error_in(answer)
        if key is not None and key != NOT_ALLOWED and (answer.ok or key.startswith("error.")):
            raise BackendError(f"{self.backend}: {await self._words.sentence(key, ASKED_IN.get() or language)}")
        raise_for_status(answer, risk=risk)

    async def said(self, answer: Answer, risk: Risk) -> str:
        """The message of a serviceResult. Raises what a refusal means."""
        await self.check(answer, risk)
        return message_in(answer, risk)

    async def mint(self, user: Json, options: Json, language: str) -> str:
        """A hash for this one person, on a session of its own. Refusals are worded in that language."""
        sid = await self._sign_in(language)
        answer = await self._rest.request(
            "POST",
            "services",
            "user",
            "hash",
            operation="hash",
            risk=Risk.READ,  # a hash that nobody received harms nobody
            query={"sid": sid},
            form={"user": as_json(user), "options": as_json(options)},
        )
        await self.check(answer, Risk.READ, language)
        return _token(answer)

    async def _kept(self) -> str:
        """The session for commands; one sign-in at a time, renewed before the server forgets it."""
        async with self._lock:
            if self._sid is None or self._clock.now() - self._used >= IDLE:
                self._sid = await self._sign_in()
            self._used = self._clock.now()
            return self._sid

    def _forget(self, sid: str) -> None:
        if self._sid == sid:  # another call may have renewed it already
            self._sid = None

    async def _sign_in(self, language: str = "en") -> str:
        key = self._lately_refused()
        if key is None:
            answer = await self._logged_in()
            if (key := error_in(answer)) is None:
                return _token(answer)
            self._refused = (self._clock.now(), key)
        sentence = await self._words.sentence(key, ASKED_IN.get() or language)
        raise SignInFailed(f"{self.backend} refused the bot's own account: {sentence} Ask an administrator.")

    def _lately_refused(self) -> str | None:
        """The refusal that still holds: the same password a moment later would only make the server sleep again."""
        if self._refused and timedelta() <= self._clock.now() - self._refused[0] < REFUSAL_HOLDS:
            return self._refused[1]
        return None

    async def _logged_in(self) -> Answer:
        posts = await self._takes_post() if self._posts is None else self._posts
        answer = await self._login(posts=posts)
        if answer.status == 405:  # the version was not known, or the server was exchanged for another
            posts = not posts
            answer = await self._login(posts=posts)
        raise_for_status(answer, risk=Risk.READ)
        self._posts = posts
        return answer

    async def _takes_post(self) -> bool:
        answer = await self._rest.request("GET", "services", "info", "version", operation="version", risk=Risk.READ)
        try:
            major = re.match(r"[0-9]+", as_str(unwrap(answer, "info").get("version")))
        except (BackendError, AttributeError):
            major = None
        return major is None or int(major.group()) >= FIRST_WITH_POST

    async def _login(self, *, posts: bool) -> Answer:
        fields = {"user": self._username, "pass": self._password.get_secret_value()}
        return await self._rest.request(
            "POST" if posts else "GET",
            "services",
            "user",
            "login",
            operation="login",
            risk=Risk.READ,  # a session that nobody uses is forgotten by the server
            query=None if posts else fields,
            form=fields if posts else None,
            timeout=LOGIN_PATIENCE,
        )


def as_json(fields: Json) -> str:
    """What OpenMeetings reads in a form field. A null would be stored as the word "null", so none is sent."""
    text = json.dumps({key: value for key, value in fields.items() if value is not None}, ensure_ascii=False)
    return text.encode("utf-8", "replace").decode()  # half a surrogate cannot go over the wire


def _token(answer: Answer) -> str:
    """A session id or a hash."""
    message = message_in(answer)
    if not re.fullmatch(r"[A-Za-z0-9-]{16,64}", message):
        raise BackendError(f"{answer.backend} answered without a session or hash; check its version.")
    return message
