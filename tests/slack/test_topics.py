"""What a message is about: words that a room can be called by, whatever the message holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands import start
from bot.creation import check_handle
from bot.grammar import parse, quote
from bot.slack.topics import LONGEST_TOPIC, topic
from tests.slack import hostile


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("The shop is down", "The shop is down"),
        ("<@U0MAX> can you look at <#C0OPS|ops>?", "can you look at ops"),
        ("*Disk full* on `db-1` &amp; db-2 &lt;now&gt;", "Disk full on db-1 & db-2 <now>"),
        ("see <https://example.org/a|the ticket> or <https://example.org/b>", "see the ticket or"),
        ("one\ntwo\tthree", "one two three"),
        ("<!channel> +40 747 777 777 rings", "40 747 777 777 rings"),
        ("id:7 is stuck", "7 is stuck"),
        ("/var/log is full/", "var/log is full"),
        (":fire: <!here>", "fire"),
        ("<@U0MAX>", ""),
        ("", ""),
        ("word " * 40, ("word " * 12).strip()),
        ("x" * 100, "x" * 60),
    ],
)
def test_a_message_is_named_by_its_first_plain_words(message: str, words: str) -> None:
    assert topic(message) == words


@hostile.patient
@given(st.one_of(hostile.words, st.text(alphabet='<>&;|@#+:/"\\“”id x7', max_size=80)))
def test_whatever_it_holds_a_room_can_be_started_with_it(message: str) -> None:
    words = topic(message)
    assert len(words) <= LONGEST_TOPIC
    if words:
        check_handle(words)
        assert parse(f"start {quote(words)}", {"start": start.Args}).args == start.Args(words=words)
