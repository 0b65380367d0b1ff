"""Who somebody is and what they may do, from Slack's profile and user groups and the operator's grants.

The usual question is answered from memory. What cannot be known counts as not granted: privileged commands are refused
while a user group cannot be read, and the refusal says so (`Caller.doubt`).
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from bot.clock import Clock
from bot.errors import Refused, Unavailable
from bot.model import Person
from bot.policy import Deny, Elsewhere, Need, Permissions, Policy, Source, judge
from bot.remembered import MOST_REMEMBERED, Remembered
from bot.role_copies import RoleCopies, RoleCopy

Members = Mapping[str, frozenset[str]]  # user group id → user ids

ROLES = "roles"  # of a back end, as what other processes hear of a change

GROUP_TTL = timedelta(seconds=60)
PROFILE_TTL = timedelta(minutes=5)
PATIENCE = 3.0  # seconds that one read from Slack may take before it counts as failed
MOST_ASKED = 30  # profiles read at most to see who could approve
UNREAD_GROUPS = "Slack does not tell me who is in the user groups now, so roles from them do not count; try again soon."
UNREAD_PROFILE = "Slack does not tell me who you are now, so only roles given to you by name count; try again soon."


@dataclass(frozen=True, slots=True)
class Profile:
    """What Slack says about one user."""

    person: Person
    name: str
    tz: str = ""  # IANA; empty where Slack gives none
    email: str | None = None
    language: str = ""  # `en-US`, `pt-BR`, … ; empty where Slack gives none
    deactivated: bool = False
    bot: bool = False
    guest: bool = False  # is_restricted or is_ultra_restricted
    stranger: bool = False  # is_stranger: Slack Connect


@dataclass(frozen=True, slots=True)
class Workspace:
    """Where the bot is installed. Within one enterprise every team is home."""

    team_id: str
    enterprise_id: str = ""

    def is_home_of(self, person: Person) -> bool:
        """Whether the person is of this workspace or enterprise."""
        same_team = bool(self.team_id) and person.team_id == self.team_id
        return same_team or (bool(self.enterprise_id) and person.enterprise_id == self.enterprise_id)


class Directory(ABC):
    """What is asked of Slack. Methods raise Unavailable when Slack does not answer."""

    @abstractmethod
    def workspace(self) -> Workspace:
        """Where the bot is installed; known since the start. No I/O."""

    @abstractmethod
    async def profile(self, person: Person) -> Profile | None:
        """The user's profile now, None when Slack knows no such user."""

    @abstractmethod
    async def group_members(self, group_id: str) -> frozenset[str]:
        """The user ids of a user group now; empty for a group that does not exist or is disabled."""


@dataclass(frozen=True, slots=True)
class Caller:
    """One person, with what they may do at this moment."""

    person: Person
    name: str
    tz: str
    email: str | None
    language: str
    permissions: Permissions
    sources: tuple[Source, ...]  # every role and the grant it comes from: for whoami
    guest: bool = False
    stranger: bool = False
    bot: bool = False
    deactivated: bool = False
    doubt: str = ""  # why the permissions may be incomplete: a sentence, empty when all was read
    copies: tuple[RoleCopy, ...] = ()  # of the back ends that `sources` name: how old what they say is

    def require(
        self, needs: Sequence[Need], *, owner: bool = False, doing: str = "do that", ask: Sequence[str] = ()
    ) -> None:
        """Raise what the person is told when they may not: Unavailable where Slack could not be asked, else Refused."""
        answer = judge(needs, self.permissions, owner=owner, doing=doing, ask=ask, doubt=self.doubt)
        if isinstance(answer, Deny):
            failure = Unavailable if self.doubt else Refused
            raise failure(answer.sentence, detail=answer.reason)


@dataclass(frozen=True, slots=True)
class Approvers:
    """Who has certain permissions, as far as it can be known."""

    people: frozenset[str]  # user ids
    everyone: bool = False  # a grant to everyone holds them too
    complete: bool = True  # False: some user group could not be read

    @property
    def possible(self) -> int | None:
        """How many, or None when they are many or cannot be counted (bot.policy.judge_possible)."""
        return len(self.people) if self.complete and not self.everyone else None


class People:
    """Everybody who talks to the bot."""

    def __init__(
        self,
        directory: Directory,
        policy: Callable[[], Policy],
        clock: Clock,
        *,
        timezone: str = "UTC",
        language: str = "en",
        patience: float = PATIENCE,
        catch_up: Callable[[], Awaitable[None]] | None = None,
        copies: RoleCopies | None = None,
    ) -> None:
        """`catch_up` takes in what other processes heard (`invalidate`), where there are any."""
        self._directory, self._policy, self._clock = directory, policy, clock
        self._catch_up = catch_up
        self._timezone, self._language = timezone, language
        self._profiles = Remembered[Profile | None]("Slack", PROFILE_TTL, clock, patience)
        self._groups = Remembered[frozenset[str]]("Slack", GROUP_TTL, clock, patience)
        self._copies = copies or RoleCopies({}, clock)
        self._callers: dict[str, tuple[Caller, Policy, datetime]] = {}
        self._changes = 0  # what was looked up before a change is not remembered after it

    async def caller(self, person: Person, *, fresh: bool = False) -> Caller:
        """The person as they are now.

        `fresh` asks Slack again whatever is remembered (approvals), and raises Unavailable where the profile
        cannot be read; otherwise what cannot be read leaves a `doubt`.
        """
        if self._catch_up is not None:
            await self._catch_up()
        policy = self._policy()
        known = None if fresh else self._callers.get(person.user_id)
        if known is not None and known[1] is policy and known[2] > self._clock.now() and known[0].person == person:
            return known[0]
        changes = self._changes
        caller, until = await self._look(person, policy, fresh=fresh)
        if caller.doubt:
            self._callers.pop(person.user_id, None)
        elif changes == self._changes:
            if len(self._callers) >= MOST_REMEMBERED:
                self._callers.clear()
            self._callers[person.user_id] = (caller, policy, until)
        return caller

    async def could_approve(self, needs: Sequence[Need], *, besides: Person | None = None) -> Approvers:
        """Who else has all these permissions: for requests nobody could approve, and for "ask @sara". Best effort."""
        policy = self._policy()
        members, _, unread = await self._members(policy, fresh=False)
        copies = await self._copies.told(policy.elsewhere)
        told = _elsewhere(copies)
        by_id = (grant.users for grant in policy.rules.grants)
        candidates = frozenset[str]().union(*by_id, *members.values())
        candidates -= {besides.user_id} if besides is not None else set()
        able = sorted(one for one in candidates if _able(policy, one, members, needs, told))
        checked, unchecked = able[:MOST_ASKED], able[MOST_ASKED:]
        still = await asyncio.gather(*(self._still_able(policy, one, members, needs, told) for one in checked))
        people = frozenset(one for one, holds in zip(checked, still, strict=True) if holds).union(unchecked)
        general = policy.permissions(policy.general, told)
        complete = not unread and not any(copy.doubt for copy in copies)
        return Approvers(people, everyone=all(general.allows(need) for need in needs), complete=complete)

    def roles_changed(self, backend: str) -> None:
        """The roles of this back end are other than they were."""
        self._changes += 1
        self._copies.forget(backend)
        self._callers.clear()

    def invalidate(self, *, user_id: str | None = None, group_id: str | None = None) -> None:
        """Slack said that this user or this user group changed."""
        self._changes += 1
        if user_id is not None:
            self._profiles.forget(user_id)
            self._callers.pop(user_id, None)
        if group_id is not None:
            self._groups.forget(group_id)
            self._callers.clear()

    async def _look(self, person: Person, policy: Policy, *, fresh: bool) -> tuple[Caller, datetime]:
        profile, until, doubt = await self._profile(person, fresh=fresh)
        foreign = not self._directory.workspace().is_home_of(person) or (profile is not None and profile.stranger)
        full = profile is not None and not (foreign or profile.guest or profile.bot or profile.deactivated)
        groups: list[str] = []
        if full:
            members, holds, unread = await self._members(policy, fresh=fresh)
            groups = [group_id for group_id, users in members.items() if person.user_id in users]
            until, doubt = min(until, holds), doubt or (UNREAD_GROUPS if unread else "")
        gone = profile is not None and profile.deactivated
        sources = () if gone else policy.sources(person.user_id, full_member=full, groups=groups)
        copies = await self._copies.told({one.from_ for one in sources if one.from_}, fresh=fresh)
        until = min([until, *(copy.until for copy in copies)])
        caller = Caller(
            person=person,
            name=profile.name if profile else person.user_id,
            tz=(profile.tz if profile else "") or self._timezone,
            email=profile.email if profile else None,
            language=(profile.language if profile else "") or self._language,
            permissions=policy.permissions(sources, _elsewhere(copies)),
            sources=sources,
            guest=profile is not None and profile.guest,
            stranger=foreign,
            bot=profile is not None and profile.bot,
            deactivated=gone,
            doubt=" ".join(filter(None, [doubt, *(copy.doubt for copy in copies)])),
            copies=copies,
        )
        return caller, until

    async def _profile(self, person: Person, *, fresh: bool) -> tuple[Profile | None, datetime, str]:
        try:
            found = await self._profiles.get(person.user_id, lambda: self._directory.profile(person), fresh=fresh)
        except Unavailable:
            if fresh:
                raise
            return None, self._clock.now(), UNREAD_PROFILE
        return (*found, "")

    async def _members(self, policy: Policy, *, fresh: bool) -> tuple[Members, datetime, bool]:
        """Members of every user group that has a role, until when they hold, and whether some could not be read."""
        ids = sorted(policy.usergroups)
        reads = (self._groups.get(one, partial(self._directory.group_members, one), fresh=fresh) for one in ids)
        found = await asyncio.gather(*reads, return_exceptions=True)
        members: dict[str, frozenset[str]] = {}
        until, unread = self._clock.now() + PROFILE_TTL, False
        for group_id, answer in zip(ids, found, strict=True):
            if isinstance(answer, Unavailable):
                unread = True
            elif isinstance(answer, BaseException):
                raise answer
            else:
                members[group_id], until = answer[0], min(until, answer[1])
        return members, until, unread

    async def _still_able(
        self, policy: Policy, user_id: str, members: Members, needs: Sequence[Need], told: Elsewhere
    ) -> bool:
        home = self._directory.workspace()
        profile, _, doubt = await self._profile(Person(home.team_id, user_id, home.enterprise_id), fresh=False)
        if doubt:
            return True
        if profile is None or profile.deactivated:
            return False
        outside = profile.guest or profile.bot or profile.stranger
        return not outside or _able(policy, user_id, {}, needs, told, full_member=False)


def _elsewhere(copies: Sequence[RoleCopy]) -> Elsewhere:
    return {copy.backend: copy.roles for copy in copies}


def _able(
    policy: Policy,
    user_id: str,
    members: Members,
    needs: Sequence[Need],
    told: Elsewhere,
    *,
    full_member: bool = True,
) -> bool:
    groups = [group_id for group_id, users in members.items() if user_id in users]
    permissions = policy.permissions(policy.sources(user_id, full_member=full_member, groups=groups), told)
    return all(permissions.allows(need) for need in needs)
