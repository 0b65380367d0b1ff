"""Who has which role, and what follows: the operator's rules, asked."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from bot.model import PhoneNumber
from bot.policy.approval import rule_for
from bot.policy.calls import CallCounts, judge_counts, judge_number
from bot.policy.decision import USES_THE_BOT, Decision
from bot.rules import ApprovalRule, Grant, Need, Permissions, Role, Rules


@dataclass(frozen=True, slots=True)
class Source:
    """One role somebody has, and the grant it comes from: `everyone`, a user id or a user group id."""

    role: str
    via: str


class Policy:
    """Today's rules. SIGHUP makes a new one; an old one never changes."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.usergroups = frozenset(group for grant in rules.grants for group in grant.usergroups)

    def role(self, role_id: str) -> Role | None:
        """The role of that id."""
        return self.rules.roles.get(role_id)

    def sources(self, user_id: str, *, full_member: bool, groups: Collection[str] = ()) -> tuple[Source, ...]:
        """Every role this user has and why. Only full members have roles by group or by `everyone`."""
        found = (
            Source(grant.role, via) for grant in self.rules.grants for via in _via(grant, user_id, groups, full_member)
        )
        return tuple(dict.fromkeys(found))

    def permissions(self, sources: Iterable[Source]) -> Permissions:
        """What several roles allow together: the highest level in each area."""
        roles = (self.rules.roles.get(source.role) for source in sources)
        return Permissions.merged(role.permissions for role in roles if role is not None)

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
