"""What people type, in Slack's own escapes and with everything keyboards make of it, through the real entrance."""

from __future__ import annotations

import pytest

from bot.play.slack import text_of
from bot.play.slack.seed import MAX, MIA, OMAR
from tests.fakes.speaking import OPS, TEAM, answer, heard, next_answer, says
from tests.fakes.world import World


async def test_slacks_escapes_for_people_and_channels_are_understood(w: World) -> None:
    await answer(w, MIA, TEAM, "create standup")
    assert f"<@{MAX}>" in await says(w, MIA, TEAM, "invite standup @max")
    assert w.slack.deliveries[-1].payload["text"] == f"invite standup <@{MAX}|max>"
    assert "<#C0OPS>" in await says(w, MIA, TEAM, "share standup #ops")
    assert w.slack.deliveries[-1].payload["text"] == "share standup <#C0OPS|ops>"


async def test_a_number_and_an_address_that_the_client_made_into_links_are_understood(w: World) -> None:
    await answer(w, MIA, OPS, "create standup")
    before = heard(w, OMAR, OPS)
    await w.slack.slash(OMAR, OPS, "dial standup +40 747 777 777", link_contacts=True)
    assert "<tel:+40747777777|" in w.slack.deliveries[-1].payload["text"]
    assert "Asked for approval: Ring" in text_of(await next_answer(w, OMAR, OPS, before, about="dial"))
    before = heard(w, MIA, OPS)
    await w.slack.slash(MIA, OPS, 'invite standup "John Doe" john@x.org', link_contacts=True)
    assert "<mailto:john@x.org|john@x.org>" in w.slack.deliveries[-1].payload["text"]
    link = w.link_of(await next_answer(w, MIA, OPS, before, about="invite"))
    assert (await w.jaas.join(*w.room_and_token(link))).email == "john@x.org"


async def test_an_address_of_a_room_that_slack_wrapped_is_understood(w: World) -> None:
    await answer(w, MIA, OPS, "create meetings/review")
    assert "meetings/review" in await says(w, MIA, OPS, f"show {w.meetings.url}/#room/2")
    assert "<http" in w.slack.deliveries[-1].payload["text"]


@pytest.mark.parametrize(
    "line",
    [
        'create "a & b <c>"',
        "create “a & b <c>”",
        "create „a & b <c>“",
        "create «a & b <c>»",
        "create ‘a & b <c>’",
        "create\u00a0“a\u2009&\u00a0b <c>”",
        'create jaas/"a & b <c>"',
        'CREATE Jaas/"a &" b <c>'.replace('" b <c>', ' b <c>"'),
        'create "a & b <c>" —why="em dash"',
        'create "a & b <c>" –WHY=“en dash”',
        'create "a & b <c>" --why=‘two hyphens’',
        'create \u200b"a & b <c>"\ufeff',
        'create why="first" "a & b <c>"',
    ],
)
async def test_quotes_dashes_and_spaces_of_any_keyboard_make_the_same_room(w: World, line: str) -> None:
    told = await says(w, MIA, OPS, line)
    assert "done" in told, told
    assert "jaas/a &amp; b &lt;c&gt;" in told
    assert "jaas/a &amp; b &lt;c&gt;" in await says(w, MIA, OPS, 'show "A & B <C>"')


@pytest.mark.parametrize(
    "number", ["+40747777777", "+40 747 777 777", "+40-747-777-777", "+40.747.777.777", "+40 (747) 777–777"]
)
async def test_a_number_takes_the_digit_groups_that_follow_it(w: World, number: str) -> None:
    await answer(w, MIA, OPS, "create standup")
    assert "Asked for approval: Ring *+40 74… 777*" in await says(w, OMAR, OPS, f"dial standup {number} name=Ann")


@pytest.mark.parametrize(
    ("line", "verb"),
    [("now", "Started"), ("CALL sync", "Started"), ("List", "No rooms yet"), ("remove sesame Ann", "no room called")],
)
async def test_aliases_mean_their_verb_in_any_case(w: World, line: str, verb: str) -> None:
    assert verb in await says(w, MIA, OPS, line)


@pytest.mark.parametrize(
    ("line", "says_what", "usage"),
    [
        ("jion standup", "I don't know *jion*. Did you mean *join*?", "`join [room]`"),
        ("creat standup", "Did you mean *create*?", "`create room [quiet=yes|no] [also=…] [sure=yes] [key=value …]`"),
        ("kik standup Ann", "Did you mean *kick*?", "`kick [room] participant [for=10m|meeting|always]`"),
        ("create", "room is missing.", "*room*"),
        ("kick", "participant is missing.", "*participant*"),
        ("can @mia", "command is missing.", "*command*"),
        ("status please", "“please” is one word too many.", "*→ please ←*"),
        ("approvals all", "“all” is one word too many.", "*→ all ←*"),
        ("create standup quite=yes", "A JaaS room has no quite=", ""),
        ("kick standup Ann fro=10m", "There is no fro= here. Did you mean for=?", "*→ fro= ←*"),
        ("kick standup Ann for=soon", "A duration is a number and", "*[for=10m|meeting|always]*"),
        ("kick standup Ann for=alway", "Did you mean always?", "*[for=10m|meeting|always]*"),
        ("share standup ops", "one word too many", ""),
        ("revoke standup Max", "Name the person with @", "*@person*"),
        ("create standup quiet=maybe", "quiet is one of: yes, no", "*[quiet=yes|no]*"),
        ("create standup quiet=yes quiet=no", "quiet= is given twice", "*→ quiet= ←*"),
        ("xyzzy", "I don't know “xyzzy”. help lists what you can do.", ""),
        ('show "standup', "quotation mark", ""),
    ],
)
async def test_what_is_not_wholly_understood_is_answered_with_the_usage_and_the_word_marked(
    w: World, line: str, says_what: str, usage: str
) -> None:
    told = await says(w, OMAR, OPS, line)
    assert "invalid" in told
    assert says_what in told
    assert usage in told
    assert w.slack.workspace.messages(OPS) == []


@pytest.mark.parametrize(
    ("number", "rule"),
    [
        ("0747777777", "starts with + and the country code"),
        ("+1", "not an E.164 number"),
        ("+999747777777", "No country has that prefix"),
        ("+41791234567", "only numbers that start with +33, +40, +49"),
        ("112", "emergency and short numbers are always refused"),
        ("+40112", "emergency and short numbers are always refused"),
        ("+40900123456", "premium-rate numbers are always refused"),
        ("+40 (0)747 777 777", "Leave out the (0)"),
        ("nobody", "neither a number with + and country code nor in the book (oncall)"),
    ],
)
async def test_a_number_that_cannot_be_dialled_is_refused_with_its_rule(w: World, number: str, rule: str) -> None:
    await answer(w, MIA, OPS, "create standup")
    told = await says(w, OMAR, OPS, f"dial standup {number}")
    assert rule in told
    assert w.sent("DIAL_OUT_PARTICIPANT") == []


async def test_a_verb_the_back_end_cannot_do_names_those_that_can(w: World) -> None:
    await answer(w, MIA, OPS, "create meetings/review")
    for line in ("dial review oncall", "hangup review oncall", "ban review Ann", "revoke review @max"):
        told = await says(w, OMAR, OPS, line)
        assert "not supported" in told
        assert "Able: jaas." in told


async def test_the_word_payload_and_a_very_long_line_are_no_trouble(w: World) -> None:
    assert "Made" in await says(w, MIA, OPS, 'create payload why="payload={}"')
    assert "too long for a command" in await says(w, MIA, OPS, "show " + "x" * 8100)
    assert "no room called" in await says(w, MIA, OPS, "show " + "x" * 3500)
