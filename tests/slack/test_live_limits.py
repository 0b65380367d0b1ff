"""What shows a room as it lives (cards, stories, windows, forms) is taken by Slack, whatever names are in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.audit import Row
from bot.cards import room_card
from bot.commands import start
from bot.model import Medium, Meeting, Participant, Person, Presence, Room
from bot.play.slack.blockkit import too_large, validate_message, validate_view
from bot.reply import At, Card, Line, text
from bot.slack.listeners import START
from bot.slack.modals import form_view
from bot.slack.render import message
from bot.slack.windows import window
from bot.store.meetings import Attendance, KeptMeeting
from bot.timeline import timeline
from tests.slack import hostile

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
people = st.builds(Person, hostile.words, hostile.words)
participants = st.builds(
    Participant,
    hostile.words,
    hostile.words,
    medium=st.sampled_from(Medium),
    person=st.none() | people,
    phone=st.none() | st.just("+40747777777") | hostile.words,
    joined_at=st.none() | hostile.moments,
)
meetings = st.builds(Meeting, hostile.words, st.none() | hostile.moments, st.none() | hostile.moments)
presences = st.builds(
    Presence,
    st.none() | st.lists(participants, max_size=30).map(tuple),
    st.none() | hostile.moments,
    meeting=st.none() | meetings,
    last=st.none() | meetings,
)
rooms = st.builds(
    Room,
    id=st.just("r1"),
    backend=hostile.words,
    handle=hostile.words,
    vendor_id=hostile.words,
    vendor_name=hostile.words,
    kind=hostile.words,
    owner=st.none() | people,
    created_at=st.just(NOON),
    locked=st.booleans(),
)
rows = st.builds(
    Row,
    actor=st.builds("/".join, st.tuples(*[st.from_regex(r"[A-Z0-9]{0,9}", fullmatch=True)] * 3)) | hostile.words,
    action=hostile.words,
    outcome=hostile.words,
    reason=hostile.words,
    correlation=hostile.words,
    facts=st.dictionaries(st.sampled_from(["number", "participant", "changed", "links"]), hostile.words),
    at=hostile.moments,
)


def taken(card: Card) -> None:
    """As a message that everybody sees, as a private one, and as a window."""
    for private in (False, True):
        shown = message(card, private=private)
        assert validate_message(shown) == []
    view = window(message(card, private=True)["blocks"])
    assert validate_view(view) == []
    assert not too_large(view)


@hostile.patient
@given(rooms, presences, st.booleans())
def test_the_card_of_any_room_with_anybody_in_it(room: Room, presence: Presence, asked: bool) -> None:
    taken(room_card(room, presence, asked=asked))


def test_the_card_of_the_fullest_room_with_the_longest_names() -> None:
    crowd = tuple(Participant(f"p{n}", "👩‍👩‍👧‍👦<!channel>" * 300, joined_at=NOON) for n in range(500))
    room = Room("r1", "b" * 80, "👩" * 3000, "v", "v", "k" * 3000, Person("T1", "U0ANN"), NOON, locked=True)
    taken(room_card(room, Presence(crowd, NOON, Meeting("m", NOON), last=None), asked=True))


@hostile.patient
@given(rooms, st.lists(rows, max_size=20), st.lists(participants, max_size=10))
def test_the_story_of_any_room(room: Room, told: list[Row], came: list[Participant]) -> None:
    mine = [replace(row, room=room.handle, backend=room.backend) for row in told]
    meeting = KeptMeeting(room.backend, room.vendor_id, "m1", NOON, NOON, NOON, NOON + timedelta(hours=1))
    present = [Attendance(one.id, NOON, NOON, kicked=True, participant=one) for one in came]
    moments = timeline(room, mine, [(meeting, present)])
    assert len(moments) == len(mine) + 2 + 2 * len(present)
    taken(Card(room.handle, tuple(Line(text(At(one.at, "full"), *one.says)) for one in moments)))


def test_the_form_of_the_global_shortcut() -> None:
    view = form_view(START, start.Args, channel_id=None)
    assert validate_view(view) == []
    assert [block["block_id"] for block in view["blocks"]] == ["people", "words", "posted_in", "why"]
