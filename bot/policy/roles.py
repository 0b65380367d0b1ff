"""Who has which role, and what follows: the operator's rules, asked."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from bot.model import PhoneNumber
from bot.policy.approval import rule_for
from bot.policy.calls import CallCounts, judge_counts, judge_number
from bot.policy.decision import USES_THE_BOT, Decision
from bot.rules import ApprovalRule, Grant, Need, Permissions, Role, Rules

Elsewhere = Mapping[str, Mapping[str, Permissions]]  # back end → role id → what that role means there now


@dataclass(frozen=True, slots=True)
class Source:
    """One role somebody has, and the grant it comes from: `everyone`, a user id or a user group id.

    `from_`: the back end that says what the role means, `at_most` the role of this bot that bounds it.
    """

    role: str
    via: str
    from_: str = ""
    at_most: str = ""


class Policy:
    """Today's rules. SIGHUP makes a new one; an old one never changes."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.usergroups = frozenset(group for grant in rules.grants for group in grant.usergroups)
        self.elsewhere = frozenset(grant.from_ for grant in rules.grants if grant.from_)  # back ends that are asked

    @property
    def general(self) -> tuple[Source, ...]:
        """The roles that every full member has."""
        return self.sources("", full_member=True)

    def role(self, role_id: str) -> Role | None:
        """The role of that id."""
        return self.rules.roles.get(role_id)

    def sources(self, user_id: str, *, full_member: bool, groups: Collection[str] = ()) -> tuple[Source, ...]:
        """Every role this user has and why. Only full members have roles by group or by `everyone`."""
        found = (
            Source(grant.role, via, grant.from_, grant.at_most)
            for grant in self.rules.grants
            for via in _via(grant, user_id, groups, full_member)
        )
        return tuple(dict.fromkeys(found))

    def permissions(self, sources: Iterable[Source], elsewhere: Elsewhere | None = None) -> Permissions:
        """What several roles allow together: the highest level in each area.

        A role of a back end is what `elsewhere` says of it, capped; nothing where that does not know it.
        """
        return Permissions.merged(self._meant(source, elsewhere or {}) for source in sources)

    def _meant(self, source: Source, elsewhere: Elsewhere) -> Permissions:
        if not source.from_:
            role = self.rules.roles.get(source.role)
            return role.permissions if role else Permissions()
        cap = self.rules.roles.get(source.at_most)
        told = elsewhere.get(source.from_, {}).get(source.role, Permissions())
        return told.capped(cap.permissions) if cap else Permissions()

    def needs(self, need: Need | None, *more: Need) -> tuple[Need, ...]:
        """What a command needs altogether: `api` beside its own; nothing where that is None (help, whoami)."""
        return () if need is None else tuple(dict.fromkeys((USES_THE_BOT, need, *more)))

    def approval_for(self, verb: str, backend: str | None, facts: Collection[str] = ()) -> ApprovalRule | None:
        """The rule under which this command waits for approval, or None when it may act at once."""
        rule = rule_for(self.rules.approvals, verb, backend, facts)
        return rule if rule is not None and rule.approvals > 0 else None

    def reason_required(self, verb: str, backend: str | None, facts: Collection[str] = ()) -> bool:
        """Whether this command must say `why=`."""
        rule = rule_for(self.rules.approvals, verb, backend, facts)
        return rule is not None and rule.reason_required

    def judge_number(self, number: PhoneNumber) -> Decision:
        """Whether this number may be rung at all."""
        return judge_number(self.rules.dialing, number)

    def judge_counts(self, counts: CallCounts) -> Decision:
        """Whether one more call keeps within the budgets."""
        return judge_counts(self.rules.dialing, counts)

    def book(self, name: str) -> PhoneNumber | None:
        """The number behind a name of the dialling book, any case."""
        return self.rules.dialing.named(name)


def _via(grant: Grant, user_id: str, groups: Collection[str], full_member: bool) -> Iterable[str]:
    if user_id in grant.users:
        yield user_id
    if full_member:
        yield from sorted(grant.usergroups.intersection(groups))
        if grant.everyone:
            yield "everyone"
