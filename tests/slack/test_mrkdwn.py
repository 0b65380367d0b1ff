"""Untrusted words stay words: what a stranger names a room can neither call, link, format nor hide."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reply import At, Code, Group, Part, Place, Strong, User, text
from bot.slack.mrkdwn import cut, escape, to_mrkdwn, to_plain
from tests.slack import hostile

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
MARKUP = re.compile(r"<(@[A-Z0-9]+|#[A-Z0-9]+|!subteam\^[A-Z0-9]+|!date\^-?\d+\^[^|<>]*\|[^|<>]*)>")


@pytest.mark.parametrize(
    "attack", ["<!channel>", "<!here|here>", "<@U0SARA>", "<!subteam^S0OPS>", "<https://e.x|Join>"]
)
def test_a_name_that_looks_like_a_mention_or_a_link_stays_a_name(attack: str) -> None:
    for part in (attack, Strong(attack), Code(attack)):
        for shown in (to_mrkdwn((part,)), to_plain((part,))):
            assert "<" not in shown
            assert unescape(shown).strip("*`") == attack


@hostile.patient
@given(hostile.texts)
def test_nothing_but_a_marked_part_ever_calls_anybody(body: tuple[Part, ...]) -> None:
    for shown in (to_mrkdwn(body), to_plain(body)):
        spoken = MARKUP.findall(shown)
        meant = [part for part in body if isinstance(part, User | Group | Place | At)]
        assert len(spoken) <= len(meant)
        rest = MARKUP.sub("", shown)
        assert "<" not in rest
        assert ">" not in rest
        assert not re.search(r"&(?!(amp|lt|gt);)", rest)


@hostile.patient
@given(st.text())
def test_escaped_words_say_the_same(words: str) -> None:
    visible = unescape(escape(words))
    assert [char for char in visible if char.isalnum()] == [
        char
        for char in unicodedata.normalize("NFC", words)
        if char.isalnum() and char not in "\u3164\u115f\u1160\uffa0"
    ]


@hostile.patient
@given(hostile.words, st.integers(1, 300))
def test_a_cut_is_short_enough_and_splits_no_entity(words: str, limit: int) -> None:
    shown = escape(words, limit)
    assert len(shown) <= limit
    assert not re.search(r"&(?!(amp|lt|gt);)", shown)


@hostile.patient
@given(hostile.texts, st.integers(1, 300))
def test_a_cut_splits_no_mention(body: tuple[Part, ...], limit: int) -> None:
    shown = cut(to_mrkdwn(body), limit)
    assert len(shown) <= limit
    assert "<" not in MARKUP.sub("", shown)


@hostile.patient
@given(hostile.texts)
def test_nothing_is_sent_that_cannot_be_seen_or_written_down(body: tuple[Part, ...]) -> None:
    for shown in (to_mrkdwn(body), to_plain(body)):
        shown.encode()  # a lone surrogate would raise
        assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b\x00-\x1f\x7f-\x9f]", shown)


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("*done* · approved", "∗done∗ · approved"),
        ("_not_ ~struck~", "ˍnotˍ ∼struck∼"),
        ("`rm -rf`", "ˋrm -rfˋ"),
        (":white_check_mark: verified", "∶white_check_mark: verified"),
        (":+1:", "∶+1:"),
        (":100:", "∶100:"),
        ("> said Sara", "› said Sara"),
    ],
)
def test_a_name_cannot_format_itself(words: str, shown: str) -> None:
    assert to_mrkdwn((words,)) == shown


@pytest.mark.parametrize(
    "words", ["snake_case_name", "at 10:30:45", "standup: daily", "key=value", "a:b", "+40 74… 777"]
)
def test_an_ordinary_name_is_sent_as_it_is(words: str) -> None:
    assert to_mrkdwn((words,)) == words


def test_an_endless_name_is_looked_at_in_no_time() -> None:
    assert to_mrkdwn((":" + "a" * 200_000,)) == ":" + "a" * 200_000
    assert to_mrkdwn((":" + "1" * 200_000 + "!",)).endswith("1!")


def test_joiners_stay_for_the_scripts_and_emoji_that_need_them() -> None:
    for words in ("می\u200cخواهم", "क्\u200dष", "👩\u200d👩\u200d👧", "❤\ufe0f"):
        assert escape(words) == unicodedata.normalize("NFC", words)


def test_marks_mentions_places_and_moments_are_slacks_own() -> None:
    body = text(Strong("*a*"), Code("x`y"), User("U0SARA"), Group("S0OPS"), Place("C0OPS"), At(NOON), At(NOON, "full"))
    assert to_mrkdwn(body) == (
        "*∗a∗*`xˋy`<@U0SARA><!subteam^S0OPS><#C0OPS>"
        "<!date^1795521600^{time}|2026-11-24 12:00 UTC>"
        "<!date^1795521600^{date_short_pretty} {time}|2026-11-24 12:00 UTC>"
    )


def test_a_mark_around_nothing_is_left_out() -> None:
    assert to_mrkdwn((Strong("\u200b"), Code(""))) == ""


@pytest.mark.parametrize("part", [User("U1|<!channel>"), Group("S1>"), Place("c0ops"), User("")])
def test_an_id_that_is_none_is_shown_as_the_words_it_is(part: Part) -> None:
    assert "<" not in to_mrkdwn((part,))


def test_the_text_for_notifications_has_no_marks() -> None:
    assert to_plain((Strong("done"), " · ", Code("a & b"), " ", At(NOON))) == "done · a &amp; b 2026-11-24 12:00 UTC"
