"""Roles, permissions, approval rules, dialling rules: pure decisions, each with the rule that decided and why."""

from bot.policy.approval import (
    BOOK,
    BULK,
    DANGEROUS_RESOURCES,
    MOVES_ALIAS,
    OWN_IDLE,
    WRITE,
    judge_approver,
    judge_possible,
    resource,
)
from bot.policy.calls import CallCounts, judge_counts, judge_number
from bot.policy.decision import USES_THE_BOT, Allow, Decision, Deny, judge
from bot.policy.roles import Policy, Source
from bot.rules import (
    AREAS,
    BUILT_IN_ROLES,
    ApprovalRule,
    Dialing,
    Grant,
    Level,
    Need,
    Permissions,
    Role,
    Rules,
)

__all__ = [
    "AREAS",
    "BOOK",
    "BUILT_IN_ROLES",
    "BULK",
    "DANGEROUS_RESOURCES",
    "MOVES_ALIAS",
    "OWN_IDLE",
    "USES_THE_BOT",
    "WRITE",
    "Allow",
    "ApprovalRule",
    "CallCounts",
    "Decision",
    "Deny",
    "Dialing",
    "Grant",
    "Level",
    "Need",
    "Permissions",
    "Policy",
    "Role",
    "Rules",
    "Source",
    "judge",
    "judge_approver",
    "judge_counts",
    "judge_number",
    "judge_possible",
    "resource",
]
