"""Accounts, sessions and join hashes of simulated OpenMeetings.

The identity of a guest is kept on the session, and a hash only points there: two hashes of one session both let in
the later guest, and the first entry takes the session's right away.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from bot.clock import Clock

IDLE = timedelta(minutes=30)
Json = dict[str, Any]


class LoginRefused(Exception):
    """No session; says the error key."""


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody with a password."""

    login: str
    password: str = field(repr=False)
    rights: frozenset[str] = frozenset({"SOAP", "ROOM", "LOGIN"})
    groups: int = 1
    name: tuple[str, str] | None = None  # first and last; by default the login and "Test", as in the recordings


@dataclass(slots=True)
class Session:
    """One sid."""

    rights: frozenset[str]
    refreshed: datetime
    guest: Json | None = None  # ExternalUserDTO of the last hash that was minted here


@dataclass(slots=True)
class Hash:
    """One join hash."""

    sid: str
    room_id: int | None
    moderator: bool
    reusable: bool
    used: bool = False


class Sessions:
    """Everything that lets somebody in."""

    def __init__(self, clock: Clock, accounts: tuple[Account, ...]) -> None:
        self.accounts = {account.login: account for account in accounts}
        self.by_sid: dict[str, Session] = {}
        self.hashes: dict[str, Hash] = {}
        self._clock = clock

    def login(self, login: str, password: str) -> str:
        """A new sid. Raises LoginRefused."""
        account = self.accounts.get(login)
        if account is None or account.password != password:
            raise LoginRefused("error.bad.credentials")
        if "LOGIN" not in account.rights:
            raise LoginRefused("error.notactivated")
        if not account.groups:
            raise LoginRefused("error.nogroup")
        sid = str(uuid4())
        self.by_sid[sid] = Session(account.rights, self._clock.now())
        return sid

    def allows(self, sid: str, right: str) -> bool:
        """Whether the session lives and has the right. Asking keeps it alive."""
        session = self.living(sid)
        return session is not None and right in session.rights

    def living(self, sid: str) -> Session | None:
        """The session, refreshed, or None once it was idle for 30 minutes."""
        session = self.by_sid.get(sid)
        if session is None or self._clock.now() - session.refreshed > IDLE:
            self.by_sid.pop(sid, None)
            return None
        session.refreshed = self._clock.now()
        return session

    def mint(self, sid: str, guest: Json, options: Json) -> str:
        """A hash that points to this session, which is now that of the guest."""
        self.by_sid[sid].guest = guest
        secure = str(uuid4())
        self.hashes[secure] = Hash(
            sid=sid,
            room_id=options.get("roomId"),
            moderator=options.get("moderator") is True,
            reusable=options.get("allowSameURLMultipleTimes") is True,
        )
        return secure

    def name_behind(self, secure: str) -> str:
        """The name of the guest of a hash's session, without keeping that session alive; empty when there is none."""
        found = self.hashes.get(secure)
        session = self.by_sid.get(found.sid) if found else None
        guest = session.guest if session and session.guest else {}
        return " ".join(filter(None, (str(guest.get("firstname", "")), str(guest.get("lastname", "")))))

    def enter(self, secure: str) -> tuple[Hash, Json] | None:
        """Use the hash up: whose it is by now. None for one that is unknown, used, or whose session is over."""
        found = self.hashes.get(secure)
        if found is None or (found.used and not found.reusable):
            return None
        session = self.living(found.sid)
        if session is None or session.guest is None:
            return None
        found.used = True
        session.rights = frozenset({"ROOM"})
        return found, session.guest
