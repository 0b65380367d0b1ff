"""What may become of a back end's roles: whom a name means, what a role would hold, and what nobody may do."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.capabilities import RoleDocument
from bot.errors import AlreadySo, BadInput, NotFound
from bot.policy import (
    AREAS,
    BUILT_IN_ROLES,
    Allow,
    Deny,
    Level,
    Permissions,
    areas_of,
    changed_role,
    check_new,
    find_role,
    judge_removal,
    judge_writing,
    levels_for,
    named_levels,
    new_role,
)
from bot.role_cards import Change, described, matrix
from bot.rules import area_words
from bot.slack.mrkdwn import to_mrkdwn, to_plain
from tests.fakes.anynode import GET_EXAMPLE, only_api, role

ADMINISTRATOR, EXPORTER = (role(one) for one in GET_EXAMPLE)
SEED = (ADMINISTRATOR, EXPORTER)
AGENT = RoleDocument("agent", "Call agents", dict(only_api("x")["permissions"]))
EVERYTHING = BUILT_IN_ROLES["ADMINISTRATOR"].permissions
NEWER = RoleDocument("new", "Newer", {"api": "ACCESS", "quantumMode": "ENTANGLED"}, {"since": "4.14"})


def ids(found: tuple[RoleDocument, ...]) -> list[str]:
    return [one.id for one in found]


def test_a_role_is_found_by_id_or_display_name_in_any_case() -> None:
    roles = (*SEED, AGENT)
    for words in ("agent", "Call agents", "AGENT", "call AGENTS", "id:agent", "id:Agent"):
        assert ids(find_role(words, roles)) == ["agent"]
    with pytest.raises(NotFound, match="Did you mean CALL_HISTORY_EXPORTER"):
        find_role("CALL_HISTORY_EXPORTERS", roles)
    with pytest.raises(NotFound):
        find_role("id:Call agents", roles)


def test_a_name_of_one_that_is_the_id_of_another_means_both_and_is_sent_of_neither() -> None:
    twin = RoleDocument("b7", "agent", AGENT.levels)
    roles = (*SEED, AGENT, twin)
    assert ids(find_role("agent", roles)) == ["agent", "b7"]
    assert ids(find_role("id:agent", roles)) == ["agent"]
    assert isinstance(judge_removal(AGENT, roles), Deny), "the exchange takes an id or a display name"
    assert isinstance(judge_removal(twin, roles), Allow)


def test_the_exact_spelling_comes_before_any_other() -> None:
    other = RoleDocument("Agent", "Agent", AGENT.levels)
    assert ids(find_role("Agent", (AGENT, other))) == ["Agent"]
    assert ids(find_role("aGENT", (AGENT, other))) == ["agent", "Agent"]


@pytest.mark.parametrize(
    ("typed", "level"),
    [
        ("READ_WRITE_ACCESS", "READ_WRITE_ACCESS"),
        ("read_access", "READ_ACCESS"),
        ("read", "READ_ACCESS"),
        ("Read/Write", "READ_WRITE_ACCESS"),
        ("read-write access", "READ_WRITE_ACCESS"),
        ("none", "NO_ACCESS"),
        ("no", "NO_ACCESS"),
    ],
)
def test_levels_are_said_as_people_say_them(typed: str, level: str) -> None:
    assert named_levels([("MONITORINGMODE", typed)], SEED) == {"monitoringMode": level}


@pytest.mark.parametrize(
    ("area", "word", "said"),
    [
        ("monitoringMod", "read", "Did you mean monitoringMode"),
        ("colour", "read", "There are userManagement"),
        ("monitoringMode", "ACCESS", "monitoringMode is one of NO_ACCESS, READ_ACCESS, READ_WRITE_ACCESS"),
        ("api", "READ", "api is one of NO_ACCESS, ACCESS"),
        ("api", "", "api is one of"),
        ("mediaRecording", "ALL", "mediaRecording is one of NO_ACCESS, READ_ACCESS, READ_WRITE_ACCESS, ACCESS"),
    ],
)
def test_a_wrong_area_or_level_is_told_with_what_there_is(area: str, word: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        named_levels([(area, word)], SEED)


def test_a_new_role_has_every_area_and_nothing_in_those_that_were_not_named() -> None:
    made = new_role("new_role", None, {"api": Level.ACCESS}, SEED)
    assert made == role(only_api("new_role"))
    assert list(made.levels) == list(GET_EXAMPLE[0]["permissions"])
    assert new_role("x", "X", {}, (*SEED, NEWER)).levels["quantumMode"] == "NO_ACCESS"
    assert areas_of(()) == AREAS


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("ADMINISTRATOR", None),
        ("x", "administrator"),
        ("call agents", None),
        ("", None),
        ("id:x", None),
        ("x" * 101, ""),
    ],
)
def test_no_two_roles_answer_to_one_name(words: str, name: str | None) -> None:
    with pytest.raises(BadInput):
        new_role(words, name, {}, (*SEED, AGENT))


def test_adding_what_is_there_changes_nothing_by_accident() -> None:
    check_new("other", None, {}, SEED)
    with pytest.raises(AlreadySo):
        check_new("agent", None, {"api": Level.ACCESS}, (AGENT,))
    for name, levels in ((None, {"api": Level.NO_ACCESS}), ("Another", {"api": Level.ACCESS}), (None, {})):
        with pytest.raises(BadInput, match="replace=yes"):
            check_new("agent", name, levels, (AGENT,))


def test_a_replaced_role_keeps_every_area_level_and_key_that_was_not_named() -> None:
    after = changed_role(NEWER, "Newest", {"api": Level.NO_ACCESS}, (*SEED, NEWER))
    assert after == RoleDocument("new", "Newest", {"api": "NO_ACCESS", "quantumMode": "ENTANGLED"}, {"since": "4.14"})
    assert isinstance(judge_writing(NEWER, after, Permissions(), (*SEED, NEWER)), Allow), "taking away grants nothing"


def test_nobody_grants_what_they_lack() -> None:
    operator = BUILT_IN_ROLES["OPERATOR"].permissions
    granted = new_role("x", None, {"userManagement": Level.READ_WRITE_ACCESS, "api": Level.ACCESS}, SEED)
    denied = judge_writing(None, granted, operator, SEED)
    assert isinstance(denied, Deny)
    assert denied.sentence == "You can't grant what you lack: User Management Read/Write Access."
    assert isinstance(judge_writing(None, granted, EVERYTHING, SEED), Allow)
    raised = changed_role(AGENT, None, {"administration": Level.ACCESS}, (*SEED, AGENT))
    assert isinstance(judge_writing(AGENT, raised, operator, (*SEED, AGENT)), Deny)
    lowered = changed_role(ADMINISTRATOR, None, {"backends": Level.READ_ACCESS}, SEED)
    assert isinstance(judge_writing(ADMINISTRATOR, lowered, Permissions(), SEED), Allow), "less is no grant"
    unknown = new_role("x", None, {"quantumMode": Level.ACCESS}, (*SEED, NEWER))
    assert isinstance(judge_writing(None, unknown, EVERYTHING, (*SEED, NEWER)), Deny), "what nobody knows nobody holds"


LEVELS = st.dictionaries(st.sampled_from(AREAS), st.sampled_from(Level))


@given(wished=LEVELS, held=LEVELS)
def test_whatever_is_allowed_is_held_by_whoever_grants_it(wished: dict[str, Level], held: dict[str, Level]) -> None:
    fitting: dict[str, Level] = {area: level for area, level in wished.items() if level in levels_for(area)}
    permissions = Permissions.of(held)
    made = new_role("x", None, fitting, SEED)
    if isinstance(judge_writing(None, made, permissions, SEED), Allow):
        assert permissions.lacks(made.permissions) == ()


def test_ones_own_role_is_neither_changed_nor_removed_by_oneself() -> None:
    roles = (*SEED, AGENT)
    assert "own role" in judge(judge_removal(AGENT, roles, own={"agent"}))
    lowered = changed_role(AGENT, None, {"api": Level.NO_ACCESS}, roles)
    assert "own role" in judge(judge_writing(AGENT, lowered, EVERYTHING, roles, own={"agent"}))


def test_the_last_role_that_manages_roles_stays() -> None:
    assert "last role that may manage roles" in judge(judge_removal(ADMINISTRATOR, SEED))
    lowered = changed_role(ADMINISTRATOR, None, {"userManagement": Level.READ_ACCESS}, SEED)
    assert "last role that may manage roles" in judge(judge_writing(ADMINISTRATOR, lowered, EVERYTHING, SEED))
    second = new_role("second", None, {"userManagement": Level.READ_WRITE_ACCESS}, SEED)
    assert isinstance(judge_writing(ADMINISTRATOR, lowered, EVERYTHING, (*SEED, second)), Allow)
    assert isinstance(judge_removal(second, (*SEED, second)), Allow)
    assert "ADMINISTRATOR is the exchange's own role" in judge(judge_removal(ADMINISTRATOR, (*SEED, second)))


def judge(decision: Any) -> str:
    assert isinstance(decision, Deny)
    return decision.sentence


def test_the_matrix_has_a_line_for_each_area_and_a_column_for_each_role() -> None:
    (table,) = matrix(SEED)
    (shown,) = table.body
    lines = shown.text.splitlines()  # type: ignore[union-attr]
    assert lines[0].split() == ["Area", "ADMINISTRATOR", "CALL_HISTORY_EXPORTER"]
    assert [line.split("  ")[0] for line in lines[1:]] == [area_words(area) for area in areas_of(SEED)]
    assert "Monitoring Mode     read/write     read" in lines
    assert "Media Recording     –              –" in lines
    assert len(matrix((*SEED, AGENT, NEWER))) == 2


def test_hostile_names_and_levels_break_no_matrix() -> None:
    hostile = RoleDocument("```\n<!channel>", "x", {"api\n```": "`" * 90, "many": ["a"]})
    (table,) = matrix((hostile,))
    (shown,) = table.body
    assert len(shown.text.splitlines()) == 3  # type: ignore[union-attr]
    assert to_mrkdwn(table.body).count("```") == 2


def test_a_change_is_described_area_by_area() -> None:
    after = changed_role(AGENT, "Agents", {"monitoringMode": Level.READ_ACCESS}, (*SEED, AGENT))
    words = to_plain(described(Change(AGENT, after)))
    assert words == "change the role Call agents agent: display name Call agents → Agents, Monitoring Mode – → read."
    assert to_plain(described(Change(AGENT, None))) == "remove the role Call agents agent, which holds API access."
    assert Change(AGENT, after).digest != Change(AGENT, None).digest
    turned = replace(AGENT, levels=dict(reversed(tuple(AGENT.levels.items()))))
    assert Change(turned, after).digest == Change(AGENT, after).digest, "the order of the areas says nothing"
