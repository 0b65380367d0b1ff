"""Whatever the bot says, Slack takes it: any text, card and buttons become a message within Slack's limits."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block

from bot.model import JoinLink
from bot.play.slack.blockkit import validate_message
from bot.reply import Button, Card, Line, Strong, Text, User, text
from bot.slack.render import TOO_LONG, LeakedLink, decode_action, message
from tests.slack import hostile
from tests.slack.test_mrkdwn import MARKUP

JOIN_LINK = JoinLink("https://8x8.vc/room?jwt=secret", None, personal=True)
OPEN = Button("Open", "open", link=JOIN_LINK)


def objects(part: Any) -> Iterator[dict[str, Any]]:
    """Every JSON object in it."""
    if isinstance(part, dict):
        yield part
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from objects(inner)


def paragraphs(blocks: list[dict[str, Any]]) -> list[str]:
    return [block["text"]["text"] for block in blocks if block["type"] == "section"]


@hostile.patient
@given(
    st.one_of(hostile.texts, hostile.cards),
    st.lists(st.one_of(hostile.buttons, hostile.link_buttons), max_size=30).map(tuple),
)
def test_slack_takes_any_private_message(body: Text | Card, buttons: tuple[Button, ...]) -> None:
    shown = message(body, buttons, private=True)
    assert validate_message(shown) == []
    assert 0 < len(shown["text"]) <= 4000
    json.dumps(shown).encode("ascii")
    for block in shown["blocks"]:
        known = Block.parse(block)
        assert known
        known.to_dict()  # Slack's own library finds nothing wrong either
    for one in objects(shown["blocks"]):
        if one.get("type") in ("mrkdwn", "plain_text"):
            assert "<" not in MARKUP.sub("", one["text"])
            assert one["text"].strip()


@hostile.patient
@given(st.one_of(hostile.texts, hostile.cards), st.lists(hostile.buttons, max_size=30).map(tuple))
def test_slack_takes_any_public_message(body: Text | Card, buttons: tuple[Button, ...]) -> None:
    shown = message(body, buttons)
    assert validate_message(shown) == []
    assert "url" not in {name for one in objects(shown["blocks"]) for name in one}


@hostile.patient
@given(st.integers(0, 300), st.integers(0, 130), st.integers(0, 3))
def test_a_long_list_says_how_much_of_it_is_missing_and_keeps_its_buttons(count: int, last: int, each: int) -> None:
    some = tuple(Button("Remove", "run", value=str(number)) for number in range(each))
    lines = tuple(Line(text(f"person {number}"), some) for number in range(count))
    shown = message(Card("Who", lines, tuple(Button("Join", "join", value="r") for _ in range(last))))
    assert validate_message(shown) == []
    listed = [words for words in paragraphs(shown["blocks"]) if words.startswith("person")]
    missing = [words for words in paragraphs(shown["blocks"]) if words.startswith("…")]
    assert listed == [f"person {number}" for number in range(len(listed))]
    assert missing == ([f"… and {count - len(listed)} more"] if count > len(listed) else [])
    kept = [one for one in objects(shown["blocks"]) if one.get("action_id", "").startswith("join.")]
    assert len(kept) == min(last, 100)
    removing = [one for one in objects(shown["blocks"]) if one.get("action_id", "").startswith("run.")]
    assert len(removing) == each * len(listed)


def test_a_list_of_long_lines_stops_before_slack_calls_it_too_long() -> None:
    shown = message(Card("Audit", tuple(Line(text("x" * 2900)) for _ in range(20))))
    assert sum(len(words) for words in paragraphs(shown["blocks"])) < 13_000
    assert paragraphs(shown["blocks"])[-1] == "… and 16 more"


def test_a_link_never_enters_a_message_that_others_see() -> None:
    for body, buttons in (
        (text("hi"), (OPEN,)),
        (Card("Room", buttons=(OPEN,)), ()),
        (Card("Room", (Line(text("hi"), (OPEN,)),)), ()),
        (Card("Room", (Line(text("hi"), (OPEN, OPEN)),)), ()),
    ):
        with pytest.raises(LeakedLink):
            message(body, buttons)


def test_a_private_answer_opens_the_link_and_shows_it_nowhere_else() -> None:
    shown = message(text("Only for you"), (OPEN,), private=True)
    (element,) = shown["blocks"][1]["elements"]
    assert element["url"] == JOIN_LINK.reveal()
    assert json.dumps(shown).count("jwt=secret") == 1


def test_slack_makes_no_links_of_what_people_wrote() -> None:
    shown = message(Card("Room", (Line(text("https://example.org")), Line(text("#ops"), quiet=True))))
    marked = [one for one in objects(shown["blocks"]) if one.get("type") == "mrkdwn"]
    assert [one["verbatim"] for one in marked] == [True, True]


@pytest.mark.parametrize("value", ["kick standup " + "x" * 2000, "x" * 2001])
def test_a_button_never_carries_half_a_command(value: str) -> None:
    (element,) = message(text("?"), (Button("Remove", "run", value=value),))["blocks"][1]["elements"]
    assert decode_action(element["action_id"]) == TOO_LONG
    assert "value" not in element


def test_a_button_carries_a_value_of_2000_characters_whole() -> None:
    (element,) = message(text("?"), (Button("Remove", "run", value="x" * 2000),))["blocks"][1]["elements"]
    assert element["value"] == "x" * 2000


def test_buttons_of_one_action_in_one_row_are_told_apart() -> None:
    row = message(text("?"), tuple(Button("Choose", "run", value=str(number)) for number in range(60)))["blocks"]
    ids = [[one["action_id"] for one in block["elements"]] for block in row if block["type"] == "actions"]
    assert [len(set(one)) for one in ids] == [25, 25, 10]
    assert {decode_action(one) for row in ids for one in row} == {"run"}


def test_one_button_stands_beside_its_line_and_several_below_it() -> None:
    one = Button("Details", "details", value="1")
    shown = message(Card("Approvals", (Line(text("a"), (one,)), Line(text("b"), (one, one)))))["blocks"]
    assert [block["type"] for block in shown] == ["header", "section", "section", "actions"]
    assert shown[1]["accessory"]["text"]["text"] == "Details"


def test_small_print_is_small() -> None:
    shown = message(Card("Room", (Line(text("on jaas"), quiet=True),)))["blocks"]
    assert shown[1] == {"type": "context", "elements": [{"type": "mrkdwn", "text": "on jaas", "verbatim": True}]}


def test_a_confirmation_asks_in_plain_words_what_the_button_does() -> None:
    asking = Button("Remove", "run", style="danger", confirm=text("Remove ", Strong("<!here>"), "?"))
    (element,) = message(text("?"), (asking,))["blocks"][1]["elements"]
    assert element["confirm"]["text"]["text"] == "Remove &lt;!here&gt;?"
    assert element["confirm"]["confirm"]["text"] == "Remove"
    assert element["confirm"]["style"] == "danger"


def test_the_notification_says_what_the_blocks_say() -> None:
    shown = message(Card("Standup", (Line(text("made by ", User("U0SARA"))), Line(text("Nobody is in.")))))
    assert shown["text"] == "Standup\nmade by <@U0SARA>\nNobody is in."
