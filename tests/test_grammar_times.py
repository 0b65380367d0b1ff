"""A time on a command line: where the room ends and the time begins, and the channel after `in`."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from bot.commands.remind import Args as Remind
from bot.errors import BadInput
from bot.grammar import ChannelWord, fill, key, parse, usage
from bot.model import RoomWord
from bot.schedule import When

VERBS = {"remind": Remind}
TEAM = ChannelWord("C0TEAM")

# Typed, the room, the time, the channel.
LINES = [
    ("remind standup tomorrow 9:00", "standup", "tomorrow at 09:00", None),
    ("remind tomorrow 9:00", None, "tomorrow at 09:00", None),
    ("remind tomorrow tomorrow 9:00", "tomorrow", "tomorrow at 09:00", None),
    ("remind jaas/standup in 20 minutes", "jaas/standup", "in 20 minutes", None),
    ("remind in 20 minutes in <#C0TEAM>", None, "in 20 minutes", TEAM),
    ("remind standup in <#C0TEAM> in 20 minutes", "standup", "in 20 minutes", TEAM),
    ("remind standup in 20 minutes <#C0TEAM>", "standup", "in 20 minutes", TEAM),
    ("remind standup demain à 9h dans <#C0TEAM|team>", "standup", "tomorrow at 09:00", TEAM),
    ('remind "a b" every weekday at 9:25', "a b", "every weekday at 09:25", None),
    ("remind standup “every weekday at 9:25”", "standup", "every weekday at 09:25", None),
    ('remind every "every weekday at 9:25"', "every", "every weekday at 09:25", None),
    ("remind friday friday 9:00 note='x y'", "friday", "friday at 09:00", None),
]


@pytest.mark.parametrize(("line", "room", "when", "channel"), LINES)
def test_room_time_and_channel_are_told_apart(line: str, room: str | None, when: str, channel: object) -> None:
    read = parse(line, VERBS)
    word = RoomWord.parse(room) if room else None
    assert (read.args.room, str(read.args.when), read.args.channel) == (word, when, channel)
    assert parse(read.line, VERBS) == read


@pytest.mark.parametrize("line", ["remind standup soon", "remind daily standup tomorrow 9:00", "remind a b c"])
def test_a_time_that_is_not_understood_stops_the_line(line: str) -> None:
    with pytest.raises(BadInput, match="as a time"):
        parse(line, VERBS)


def test_a_form_is_read_like_a_line() -> None:
    values = {"room": "standup", "when": "tomorrow 9:00", "channel": "C0TEAM"}
    assert fill("remind", Remind, values).args == parse("remind standup tomorrow 9:00 <#C0TEAM>", VERBS).args
    picked = fill("remind", Remind, {"room": "standup", "at": "2026-12-01T09:00Z"}).args
    assert (picked.when, str(picked.at)) == (None, "2026-12-01T09:00Z")


def test_what_only_buttons_and_forms_say_is_in_no_usage_line() -> None:
    assert usage("remind", Remind) == ("remind [room] when [in #channel] [note=…] [lead=10m] [until=…] [replace=yes]")
    with pytest.raises(BadInput) as wrong:
        parse("remind standup tomorrow 9:00 sur=yes", VERBS)
    assert "sure" not in str(wrong.value)


@dataclass(frozen=True, slots=True)
class Note:
    note: str | None = key("what it says", empty=True)
    other: str | None = key("something else")
    when: When | None = key("a time")


def test_an_empty_value_says_something_only_where_it_may() -> None:
    assert parse('note note=""', {"note": Note}).args == Note(note="")
    assert parse('note note="" when="tomorrow 9:00"', {"note": Note}).line == 'note note="" when="tomorrow at 09:00"'
    with pytest.raises(BadInput, match="other is empty"):
        parse('note other=""', {"note": Note})
