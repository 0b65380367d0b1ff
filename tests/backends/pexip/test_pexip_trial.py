"""Patterns are tried in a process of their own, against the whole alias, and given up when they come to no end."""

from __future__ import annotations

import pytest

from bot.backends.pexip.trial import tried
from bot.errors import BadInput


async def test_the_documents_rule_takes_meeting_numbers_and_leaves_names_alone() -> None:
    found = await tried(r"(\d{9,12})(@example\.com)?", r"\1", ["123456789", "123456789@example.com", "bob@example.com"])
    assert [one.becomes for one in found] == ["123456789", "123456789", None]
    assert [str(one) for one in found] == [
        "123456789 is taken as it is",
        "123456789@example.com → 123456789",
        "bob@example.com is left alone",
    ]


async def test_the_whole_alias_must_match() -> None:
    assert [one.becomes for one in await tried("12", "", ["12", "123", "012"])] == ["12", None, None]


async def test_a_pattern_that_comes_to_no_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.backends.pexip.trial.PATIENCE", 0.2)
    with pytest.raises(BadInput, match="too long"):
        await tried("(a+)+$", "", ["a" * 40 + "!"])


@pytest.mark.parametrize(("pattern", "replace"), [("(a)", r"\2"), ("a", r"\g<name>"), ("a", "\\")])
async def test_a_replacement_that_does_not_fit_is_refused_also_where_no_sample_matches(
    pattern: str, replace: str
) -> None:
    with pytest.raises(BadInput, match="does not fit"):
        await tried(pattern, replace, ["zzz"])


async def test_what_is_no_pattern_is_refused_without_a_trial() -> None:
    with pytest.raises(BadInput, match="not a regular expression"):
        await tried("[", "", ["a"])


async def test_samples_are_text_and_nothing_more() -> None:
    hostile = ["$(reboot)", '"}; import os', "é\x00\n"]
    assert len(await tried(".*", "", hostile)) == 3
