"""Which numbers may be rung, how often, by whom; and that a whole number is read by nobody it is not meant for."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from bot.play.slack import text_of
from bot.play.slack.seed import GUS, MIA, OMAR, SARA, STAN, VERA
from bot.play.vendors.jaas import Fault
from tests.fakes.asking import E164, MASKED, NUMBER, OPS, TEAM, asked, ended, labels, standup, trail
from tests.fakes.leaks import log_file
from tests.fakes.speaking import says
from tests.fakes.world import World, world

DIALLED = "DIAL_OUT_PARTICIPANT"
EVERYWHERE = """
[dialing]
allow = ["+1", "+2", "+3", "+4", "+5", "+6", "+7", "+8", "+9"]
deny = ["+40747"]
"""

SHORT = ("112", "911", "999", "18", "3949", "116117", "000", "+112", "+911", "+40112")


def budget(**limits: int) -> str:
    """Dialling rules with a book of three and these limits."""
    lines = [f"{name} = {limit}" for name, limit in limits.items()]
    book = ['one = "+33612345671"', 'two = "+33612345672"', 'three = "+33612345673"']
    return "\n".join(["[dialing]", 'allow = ["+33", "+40"]', *lines, "[dialing.book]", *book, ""])


@pytest.mark.parametrize(
    ("number", "outcome", "why"),
    [
        ("0747777777", "invalid", "starts with + and the country code"),
        *((number, "refused", "emergency and short numbers are always refused") for number in SHORT),
        ("+40747", "invalid", "not an E.164 number"),
        ("+999 1234567", "invalid", "No country has that prefix"),
        ("+40 74", "invalid", "not an E.164 number"),
        ("+4074777777", "invalid", "too short or too long for its country"),
        ("nobody", "invalid", "nor in the book"),
        (NUMBER, "refused", "+40747 is on the deny list"),
        ("+40 900 123 456", "refused", "premium-rate"),
        ("+1 900 555 0123", "refused", "premium-rate"),
        ("+49 180 1 234567", "refused", "shared-cost"),
        ("+44 7012 345678", "refused", "personal"),
        ("+881 6 1234 5678", "refused", "satellite"),
        ("+870 773 123 456", "refused", "satellite"),
        ("+800 1234 5678", "refused", "international networks"),
        ("+86 10 620 000", "refused", "short numbers"),
        ("+1 876 523 1234", "refused", "their own prefix"),
    ],
)
async def test_a_number_that_may_not_be_rung_is_refused_by_its_rule_before_anything_is_asked(
    tmp_path: Path, number: str, outcome: str, why: str
) -> None:
    async with world(tmp_path, dialing=EVERYWHERE) as w:
        await standup(w)
        said = await says(w, OMAR, OPS, f"dial standup {number}")
        assert f"*{outcome}*" in said
        assert why in said
        assert len(w.slack.workspace.messages(OPS)) == 1
        assert w.sent(DIALLED) == []


async def test_a_number_outside_the_allowed_prefixes_is_told_which_there_are(w: World) -> None:
    await standup(w)
    said = await says(w, OMAR, OPS, "dial standup +1 212 555 0123")
    assert "*refused*" in said
    assert "only numbers that start with +33, +40, +49 may be" in said


async def test_nothing_is_rung_where_no_prefix_is_allowed(tmp_path: Path) -> None:
    async with world(tmp_path, dialing="") as w:
        await standup(w)
        assert "no prefix is allowed" in await says(w, OMAR, OPS, f"dial standup {NUMBER}")


async def test_a_number_of_the_book_is_rung_without_approval_by_its_name_or_typed(w: World) -> None:
    await standup(w, MIA)
    for number in ("OnCall", "+33 6 12 34 56 78"):
        said = await says(w, OMAR, OPS, f"dial standup {number}")
        assert "Ringing *+33 61… 678*" in said
    assert [call.payload["phoneNo"] for call in w.sent(DIALLED)] == ["+33612345678"] * 2


async def test_the_book_does_not_pass_the_guard_by(tmp_path: Path) -> None:
    rules = '[dialing]\nallow = ["+40"]\n[dialing.book]\noncall = "+33612345678"\n'
    async with world(tmp_path, dialing=rules) as w:
        await standup(w)
        assert "only numbers that start with +40" in await says(w, OMAR, OPS, "dial standup oncall")


@pytest.mark.parametrize("person", [MIA, VERA, GUS, STAN])
async def test_nobody_dials_without_the_permission_not_even_the_rooms_owner(w: World, person: str) -> None:
    await standup(w, by=MIA, channel=TEAM)
    said = await says(w, person, TEAM, f"dial standup {NUMBER}")
    assert said.startswith("refused · You can't dial here.")
    assert "Monitoring Mode Read/Write" in said
    assert w.sent(DIALLED) == []


@pytest.mark.parametrize(
    ("limits", "third", "why"),
    [
        (
            {"per_user_per_hour": 2},
            "dial standup three",
            "you have placed 2 calls in the last hour, and 2 is the limit",
        ),
        ({"per_room_per_day": 2}, "dial standup three", "2 calls went into this room today"),
        ({"per_day": 2}, "dial retro three", "2 calls were placed today"),
    ],
)
async def test_a_budget_that_is_used_up_is_named_and_comes_back_in_time(
    tmp_path: Path, limits: dict[str, int], third: str, why: str
) -> None:
    async with world(tmp_path, dialing=budget(**limits)) as w:
        await standup(w, MIA)
        await standup(w, MIA, handle="retro")
        for name in ("one", "two"):
            assert "Ringing" in await says(w, OMAR, OPS, f"dial standup {name}")
        assert why in await says(w, OMAR, OPS, third)
        assert len(w.sent(DIALLED)) == 2
        w.clock.advance(timedelta(hours=1 if "per_user_per_hour" in limits else 24))
        assert "Ringing" in await says(w, OMAR, OPS, third)


async def test_another_persons_hour_is_another_budget(tmp_path: Path) -> None:
    async with world(tmp_path, dialing=budget(per_user_per_hour=1)) as w:
        await standup(w, MIA)
        assert "Ringing" in await says(w, OMAR, OPS, "dial standup one")
        assert "Ringing" in await says(w, SARA, OPS, "dial standup two")


async def test_what_was_not_sent_takes_nothing_from_the_budget(tmp_path: Path) -> None:
    async with world(tmp_path, dialing=budget(per_user_per_hour=1)) as w:
        await standup(w, MIA)
        card = await asked(w, f"dial standup {NUMBER}")
        await w.click(SARA, card, "Deny")
        await ended(w, card, "denied")
        w.jaas.faults.add(Fault(status=429, acts=False))
        assert "*unavailable*" in await says(w, OMAR, OPS, "dial standup one")
        assert "Ringing" in await says(w, OMAR, OPS, "dial standup one")


async def test_a_call_of_which_nobody_knows_what_became_of_it_counts(tmp_path: Path) -> None:
    async with world(tmp_path, dialing=budget(per_user_per_hour=1)) as w:
        await standup(w, MIA)
        w.jaas.faults.add(Fault(reset_after=0))
        assert "*unknown*" in await says(w, OMAR, OPS, "dial standup one")
        assert "is the limit" in await says(w, OMAR, OPS, "dial standup two")


async def test_the_budget_is_looked_at_again_when_it_is_approved(tmp_path: Path) -> None:
    async with world(tmp_path, dialing=budget(per_user_per_hour=1)) as w:
        await standup(w, MIA)
        card = await asked(w, f"dial standup {NUMBER}")
        await says(w, OMAR, OPS, "dial standup one")
        await w.click(SARA, card, "Approve")
        assert "1 is the limit" in await ended(w, card, "refused")
        assert len(w.sent(DIALLED)) == 1


async def test_calls_at_the_same_moment_do_not_overdraw_the_budget(tmp_path: Path) -> None:
    async with world(tmp_path, dialing=budget(per_room_per_day=1)) as w:
        await standup(w, MIA)
        await asyncio.gather(*(w.slash(OMAR, OPS, f"dial standup {name}") for name in ("one", "two", "three")))
        await w.posted(OPS, "Ringing")
        await w.told(OMAR, "1 is the limit")
        assert len(w.sent(DIALLED)) == 1


async def test_a_number_in_the_reason_or_the_name_is_masked_like_the_one_that_is_dialled(w: World) -> None:
    await standup(w, MIA)
    card = await asked(w, f'dial standup {NUMBER} name="Ann {E164}" why="she said: call +40 747-777-777, soon"')
    assert f"(Ann {MASKED})" in text_of(card)
    assert f"she said: call {MASKED}, soon" in text_of(card)
    await w.click(SARA, card, "Approve")
    await ended(w, card, "confirmed")
    assert {row.reason for row in trail(w, "dial")} == {f"she said: call {MASKED}, soon"}


async def test_a_whole_number_is_shown_to_nobody_and_kept_in_no_log(w: World) -> None:
    begin = log_file().stat().st_size
    await standup(w, MIA)
    card = await asked(w, f"dial standup {NUMBER}")
    await w.click(SARA, card, "Approve")
    await ended(w, card, "confirmed")
    await says(w, OMAR, OPS, "who standup")
    await says(w, SARA, OPS, "approvals")
    await says(w, OMAR, OPS, f"hangup standup {NUMBER}")
    await says(w, VERA, OPS, f"dial standup {NUMBER}")
    await says(w, OMAR, OPS, f"dail standup {NUMBER}")
    await says(w, OMAR, OPS, f"dial nowhere {NUMBER}")
    await says(w, OMAR, OPS, f"hangup standup {NUMBER} extra words")
    await says(w, SARA, OPS, "audit")
    workspace = w.slack.workspace
    shown = [one for channel in (OPS, TEAM) for one in workspace.messages(channel)]
    shown += [*workspace.ephemerals(), *(one for person in workspace.users for one in workspace.dms(person))]
    for message in shown:
        assert E164[3:] not in "".join(text_of(message).split()), text_of(message)
    with log_file().open(encoding="utf-8") as logged:
        logged.seek(begin)
        assert E164[3:] not in logged.read()
    assert all(E164[3:] not in str(row) for row in trail(w))
    assert {row.facts.get("number") for row in trail(w, "dial") if row.outcome == "confirmed"} == {MASKED}
    assert labels(w, card)
