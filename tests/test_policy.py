"""Permissions, roles and approvals: pure decisions, each naming the rule that decided."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Person
from bot.policy import (
    AREAS,
    BOOK,
    BUILT_IN_ROLES,
    BULK,
    DANGEROUS_RESOURCES,
    OWN_IDLE,
    WRITE,
    Allow,
    ApprovalRule,
    Deny,
    Grant,
    Level,
    Need,
    Permissions,
    Policy,
    Role,
    Rules,
    Source,
    judge,
    judge_approver,
    judge_possible,
    resource,
)
from bot.reply import User

MONITOR_WRITE = Need("monitoringMode", "READ_WRITE_ACCESS")
MONITOR_READ = Need("monitoringMode", "READ_ACCESS")
ADMINISTRATION = Need("administration", "ACCESS")
ANN, BOB, CARL = (Person("T0HOME", f"U0{name}") for name in ("ANN", "BOB", "CARL"))
LEVELS = st.dictionaries(st.sampled_from([*AREAS, "holograms"]), st.sampled_from([*Level, "SOME_ACCESS", ""]))


def permissions(**words: str) -> Permissions:
    return Permissions.of(words)


def denied(decision: object) -> Deny:
    assert isinstance(decision, Deny)
    return decision


# --- levels --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("has", "needs", "enough"),
    [
        ("READ_WRITE_ACCESS", "READ_ACCESS", True),
        ("READ_WRITE_ACCESS", "READ_WRITE_ACCESS", True),
        ("READ_ACCESS", "READ_ACCESS", True),
        ("READ_ACCESS", "READ_WRITE_ACCESS", False),
        ("NO_ACCESS", "READ_ACCESS", False),
        ("ACCESS", "READ_ACCESS", False),
        ("ALL_ACCESS", "READ_ACCESS", False),
        ("read_access", "READ_ACCESS", False),
    ],
)
def test_levels_are_ordered_within_their_kind_and_unknown_words_mean_no_access(
    has: str, needs: str, enough: bool
) -> None:
    assert permissions(monitoringMode=has).allows(Need("monitoringMode", needs)) is enough


def test_a_level_of_the_wrong_kind_means_no_access() -> None:
    assert not permissions(api="READ_WRITE_ACCESS").allows(Need("api", "ACCESS"))
    assert permissions(api="READ_WRITE_ACCESS").level("api") is Level.NO_ACCESS
    assert not permissions(monitoringMode="ACCESS").allows(MONITOR_READ)


def test_an_area_the_bot_does_not_know_is_kept() -> None:
    kept = permissions(holograms="READ_ACCESS", mediaRecording="NO_ACCESS")
    assert kept.allows(Need("holograms", "READ_ACCESS"))
    assert Permissions.merged([kept, permissions(api="ACCESS")]).level("holograms") is Level.READ_ACCESS


def test_a_need_with_a_word_that_is_no_level_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="WRITE"):
        Need("monitoringMode", "WRITE")


@pytest.mark.parametrize(
    ("need", "words"),
    [
        (MONITOR_WRITE, "Monitoring Mode Read/Write"),
        (Need("userManagement", "READ_ACCESS"), "User Management Read"),
        (Need("api", "ACCESS"), "API"),
        (Need("userInterface", "ACCESS"), "User Interface"),
    ],
)
def test_a_need_is_read_in_the_words_of_the_documentation(need: Need, words: str) -> None:
    assert str(need) == words


@given(LEVELS, LEVELS)
def test_several_roles_together_allow_what_any_of_them_allows_in_a_known_area(
    one: dict[str, object], two: dict[str, object]
) -> None:
    merged = Permissions.merged([Permissions.of(one), Permissions.of(two)])
    for area in set(AREAS) - {"mediaRecording"}:
        for level in Level:
            need = Need(area, level)
            assert merged.allows(need) == any(Permissions.of(words).allows(need) for words in (one, two))


@given(LEVELS, LEVELS)
def test_capped_permissions_never_exceed_the_cap(one: dict[str, object], cap: dict[str, object]) -> None:
    capped, limit = Permissions.of(one).capped(Permissions.of(cap)), Permissions.of(cap)
    assert limit.lacks(capped) == ()
    for area in set(AREAS) - {"mediaRecording"}:
        for level in Level:
            if capped.allows(Need(area, level)):
                assert Permissions.of(one).allows(Need(area, level))


def test_nobody_can_grant_what_they_lack() -> None:
    operator, administrator = BUILT_IN_ROLES["OPERATOR"].permissions, BUILT_IN_ROLES["ADMINISTRATOR"].permissions
    assert ADMINISTRATION in operator.lacks(administrator)
    assert administrator.lacks(operator) == ()


# --- roles ---------------------------------------------------------------------------------------------------------


def test_the_built_in_roles_are_those_of_the_interface() -> None:
    member, viewer = BUILT_IN_ROLES["MEMBER"].permissions, BUILT_IN_ROLES["VIEWER"].permissions
    operator, administrator = BUILT_IN_ROLES["OPERATOR"].permissions, BUILT_IN_ROLES["ADMINISTRATOR"].permissions
    assert member.held() == (Need("api", "ACCESS"), Need("userInterface", "ACCESS"), MONITOR_READ)
    assert viewer.held() == (Need("api", "ACCESS"), MONITOR_READ)
    assert operator.allows(MONITOR_WRITE)
    assert operator.allows(Need("backends", "READ_WRITE_ACCESS"))
    assert not operator.allows(ADMINISTRATION)
    assert {need.area for need in administrator.held()} == set(AREAS)


GRANTS = Rules(
    grants=(
        Grant("MEMBER", everyone=True),
        Grant("OPERATOR", users=frozenset({"U0BOB"}), usergroups=frozenset({"S0OPS"})),
        Grant("VIEWER", users=frozenset({"U0GUEST"})),
    )
)


@pytest.mark.parametrize(
    ("user_id", "full", "groups", "sources"),
    [
        ("U0ANN", True, (), [Source("MEMBER", "everyone")]),
        ("U0BOB", True, (), [Source("MEMBER", "everyone"), Source("OPERATOR", "U0BOB")]),
        ("U0ANN", True, ("S0OPS", "S0X"), [Source("MEMBER", "everyone"), Source("OPERATOR", "S0OPS")]),
        ("U0EVE", False, ("S0OPS",), []),
        ("U0GUEST", False, (), [Source("VIEWER", "U0GUEST")]),
    ],
)
def test_roles_come_from_grants_and_outsiders_only_have_those_given_by_id(
    user_id: str, full: bool, groups: tuple[str, ...], sources: list[Source]
) -> None:
    assert list(Policy(GRANTS).sources(user_id, full_member=full, groups=groups)) == sources


def test_without_grants_nobody_may_do_anything() -> None:
    policy = Policy(Rules())
    assert policy.permissions(policy.sources("U0ANN", full_member=True)) == Permissions()


def test_every_command_but_help_and_whoami_also_needs_the_api() -> None:
    policy = Policy(Rules())
    assert policy.needs(None) == ()
    assert policy.needs(MONITOR_READ) == (Need("api", "ACCESS"), MONITOR_READ)
    assert policy.needs(Need("api", "ACCESS")) == (Need("api", "ACCESS"),)
    mute = Role("MUTE", "Mute", permissions(monitoringMode="READ_WRITE_ACCESS"))
    assert denied(judge(policy.needs(MONITOR_READ), mute.permissions)).missing == Need("api", "ACCESS")


# --- may they? -----------------------------------------------------------------------------------------------------


def test_a_refusal_says_it_in_plain_words_first_and_whom_to_ask() -> None:
    refusal = denied(judge([MONITOR_WRITE], permissions(), doing="remove people", ask=["U0SARA"]))
    assert refusal.reason == (
        "You can't remove people here. It needs Monitoring Mode Read/Write",
        "; ask ",
        User("U0SARA"),
        ".",
    )
    assert refusal.rule == "monitoringMode READ_WRITE_ACCESS"
    assert refusal.sentence.startswith("You can't remove people here.")


def test_a_refusal_in_doubt_says_why_it_may_be_wrong() -> None:
    assert denied(judge([MONITOR_WRITE], permissions(), doubt="Slack is silent.")).sentence.endswith("Slack is silent.")


def test_the_owner_counts_as_monitoring_for_their_room_and_for_nothing_else() -> None:
    assert isinstance(judge([MONITOR_WRITE], permissions(), owner=True), Allow)
    assert "owner" in judge([MONITOR_WRITE], permissions(), owner=True).rule
    assert isinstance(judge([ADMINISTRATION], permissions(), owner=True), Deny)
    assert isinstance(judge([MONITOR_WRITE], permissions(), owner=False), Deny)


def test_whoever_may_anyway_is_not_allowed_as_the_owner() -> None:
    allowed = judge([MONITOR_READ], permissions(monitoringMode="READ_ACCESS"), owner=True)
    assert allowed == Allow("monitoringMode READ_ACCESS")


def test_what_needs_nothing_is_open_to_everybody() -> None:
    assert judge([], permissions()) == Allow("open to everybody")


# --- approvals -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verb", "facts", "approvals"),
    [
        ("dial", set(), 1),
        ("dial", {BOOK}, 0),
        ("ban", set(), 1),
        ("delete", set(), 1),
        ("delete", {OWN_IDLE}, 0),
        ("delete", {BULK}, 2),
        ("delete", {BULK, OWN_IDLE}, 2),
        ("config", set(), 0),
        ("config", {resource("permission")}, 0),
        ("config", {WRITE}, 1),
        ("config", {WRITE, resource("conference")}, 1),
        ("config", {WRITE, BULK}, 2),
        ("roles", set(), 0),
        ("roles", {WRITE}, 1),
        ("kick", set(), 0),
        ("create", set(), 0),
        *(("config", {WRITE, resource(name.upper())}, 2) for name in sorted(DANGEROUS_RESOURCES)),
    ],
)
def test_without_rules_the_built_in_defaults_decide(verb: str, facts: set[str], approvals: int) -> None:
    rule = Policy(Rules()).approval_for(verb, "jaas", facts)
    assert (rule.approvals if rule else 0) == approvals
    if rule is not None:
        assert (rule.approver_needs, rule.expires, rule.reason_required) == (
            (ADMINISTRATION,),
            timedelta(minutes=30),
            False,
        )


def rules(*several: ApprovalRule) -> Policy:
    return Policy(Rules(approvals=several))


def test_the_first_rule_that_matches_decides() -> None:
    strict = ApprovalRule("first", frozenset({"dial"}), frozenset({"jaas"}), approvals=3, reason_required=True)
    policy = rules(strict, ApprovalRule("second", frozenset({"dial", "kick"})))
    assert policy.approval_for("dial", "jaas") == strict
    assert policy.reason_required("dial", "jaas")
    chosen = policy.approval_for("dial", "om")
    assert chosen is not None
    assert chosen.name == "second"
    kick = policy.approval_for("kick", None)
    assert kick is not None
    assert kick.name == "second"
    ban = policy.approval_for("ban", "jaas")
    assert ban is not None
    assert ban.name == "built-in: ban"


def test_a_rule_with_no_approvals_lets_the_command_act_but_may_still_ask_for_a_reason() -> None:
    policy = rules(ApprovalRule("free", frozenset({"delete"}), approvals=0, reason_required=True))
    assert policy.approval_for("delete", "jaas") is None
    assert policy.reason_required("delete", "jaas")


def test_a_ban_waits_for_an_approval_whatever_a_rule_says() -> None:
    policy = rules(ApprovalRule("free", frozenset({"ban"}), approvals=0, reason_required=True))
    rule = policy.approval_for("ban", "jaas")
    assert rule is not None
    assert (rule.approvals, rule.reason_required) == (1, True)


def test_a_configured_rule_takes_the_place_of_the_defaults_for_bulk_and_own_rooms() -> None:
    policy = rules(ApprovalRule("one", frozenset({"delete"})))
    for facts in ({BULK}, {OWN_IDLE}):
        rule = policy.approval_for("delete", "jaas", facts)
        assert rule is not None
        assert rule.name == "one"


def test_names_of_the_book_and_reads_of_configuration_wait_for_nobody_under_any_rule() -> None:
    policy = rules(ApprovalRule("all", frozenset({"dial", "config", "roles"}), approvals=2))
    assert policy.approval_for("dial", "jaas", {BOOK}) is None
    assert policy.approval_for("config", "pexip") is None
    assert policy.approval_for("roles", "sbc") is None


RULE = ApprovalRule("rule", frozenset({"dial"}))
ADMINISTRATOR = BUILT_IN_ROLES["ADMINISTRATOR"].permissions


def test_an_approver_is_another_person_with_the_permission_once() -> None:
    assert isinstance(judge_approver(RULE, ADMINISTRATOR, approver=BOB, requester=ANN), Allow)
    own = denied(judge_approver(RULE, ADMINISTRATOR, approver=ANN, requester=ANN))
    twice = denied(judge_approver(RULE, ADMINISTRATOR, approver=BOB, requester=ANN, decided=[BOB]))
    lacking = denied(judge_approver(RULE, permissions(), approver=CARL, requester=ANN, ask=["U0BOB"]))
    assert (own.rule, twice.rule, lacking.missing) == ("requester", "already decided", ADMINISTRATION)
    assert "your own request" in own.sentence
    assert "ask U0BOB" in lacking.sentence


def test_the_requester_cannot_approve_from_another_workspace_of_the_enterprise() -> None:
    elsewhere = Person("T0OTHER", ANN.user_id, "E0")
    assert denied(judge_approver(RULE, ADMINISTRATOR, approver=elsewhere, requester=ANN)).rule == "requester"


@pytest.mark.parametrize(("possible", "enough"), [(0, False), (1, False), (2, True), (None, True)])
def test_a_request_that_too_few_could_ever_approve_is_refused_at_once(possible: int | None, enough: bool) -> None:
    decision = judge_possible(ApprovalRule("two", frozenset({"dial"}), approvals=2), possible)
    assert isinstance(decision, Allow) is enough
    if isinstance(decision, Deny):
        assert "2 other people with Administration" in decision.sentence


@pytest.mark.parametrize(
    ("possible", "said"), [(0, "nobody else has it"), (1, "only 1 other has it"), (2, "only 2 others have it")]
)
def test_how_many_could_approve_is_said_in_good_english(possible: int, said: str) -> None:
    decision = judge_possible(ApprovalRule("three", frozenset({"dial"}), approvals=3), possible)
    assert isinstance(decision, Deny)
    assert decision.sentence.endswith(f", and {said}.")
