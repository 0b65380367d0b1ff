"""Which commands wait for other people, and which people count."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from bot.model import Person
from bot.policy.decision import Allow, Decision, Deny, judge
from bot.rules import ApprovalRule, Permissions

# Facts about one command, found by its handler.
BOOK = "book"  # the number is one of the dialling book: rung without approval
OWN_IDLE = "own_idle"  # one's own JaaS or OpenMeetings room, with nobody in it
BULK = "bulk"  # several things at once
MOVES_ALIAS = "moves_alias"  # an address is taken from the room that has it
WRITE = "write"  # config and roles: this changes something

DANGEROUS_RESOURCES = frozenset(
    {
        *("authentication", "global", "role", "ldap_role", "permission"),
        *("management_vm", "upgrade", "software_bundle", "licence", "licence_request"),
        *("tls_certificate", "ca_certificate", "certificate_signing_request"),
    }
)
_WRITERS = frozenset({"config", "roles"})
_ALWAYS = frozenset({"dial", "ban", "delete"}) | _WRITERS
_NEVER_AT_ONCE = frozenset({"ban"})  # there is no way back, so no rule of an operator lifts the approval


def resource(name: str) -> str:
    """The fact that a `config` command is about this resource."""
    return f"resource:{name.lower()}"


_DANGEROUS_FACTS = frozenset(resource(name) for name in DANGEROUS_RESOURCES)


def rule_for(
    configured: Sequence[ApprovalRule], verb: str, backend: str | None, facts: Collection[str]
) -> ApprovalRule | None:
    """The rule that decides about this command, also one that asks for no approval; None where none speaks of it."""
    if verb in _WRITERS and WRITE not in facts:
        return None
    if verb == "dial" and BOOK in facts:
        return None
    found = next((rule for rule in configured if rule.matches(verb, backend)), None) or _built_in(verb, facts)
    if found is not None and verb in _NEVER_AT_ONCE:
        return replace(found, approvals=max(1, found.approvals))
    return found


def _built_in(verb: str, facts: Collection[str]) -> ApprovalRule | None:
    if MOVES_ALIAS in facts:
        return ApprovalRule("built-in: moving an alias", frozenset({verb}))
    if verb not in _ALWAYS or (verb == "delete" and OWN_IDLE in facts and BULK not in facts):
        return None
    if verb == "delete" and BULK in facts:
        return ApprovalRule("built-in: bulk delete", frozenset({verb}), approvals=2)
    if verb in _WRITERS and (BULK in facts or not _DANGEROUS_FACTS.isdisjoint(facts)):
        return ApprovalRule("built-in: dangerous or bulk configuration", frozenset({verb}), approvals=2)
    return ApprovalRule(f"built-in: {verb}", frozenset({verb}))


def judge_approver(
    rule: ApprovalRule,
    permissions: Permissions,
    *,
    approver: Person,
    requester: Person,
    decided: Collection[Person] = (),
    ask: Sequence[str] = (),
) -> Decision:
    """Whether this person may approve that request, by the permissions they have now."""
    if approver.user_id == requester.user_id:
        return Deny("requester", ("You can't approve your own request; somebody else has to.",))
    if any(approver.user_id == person.user_id for person in decided):
        return Deny("already decided", ("You have approved this already; it needs another person.",))
    answer = judge(rule.approver_needs, permissions, doing="approve this", ask=ask)
    return Allow(f"{rule.name}: {answer.rule}") if isinstance(answer, Allow) else answer


def judge_possible(rule: ApprovalRule, possible: int | None) -> Decision:
    """Whether enough other people could ever approve. `possible` is None when there are many or it cannot be known."""
    if possible is None or possible >= rule.approvals:
        return Allow(rule.name)
    who = " and ".join(str(need) for need in rule.approver_needs)
    wanted = "another person" if rule.approvals == 1 else f"{rule.approvals} other people"
    others = "1 other has it" if possible == 1 else f"{possible} others have it"
    found = "nobody else has it" if possible == 0 else f"only {others}"
    return Deny(rule.name, (f"Nobody could ever approve this: it needs {wanted} with {who}, and {found}.",))
