"""Vendors that are down, fail, answer pages, nothing or half of it: one sentence, the right word, no inside shown."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bot.play.slack import text_of
from bot.play.slack.seed import MAX, MIA, OMAR
from bot.play.vendors.jaas import EMPTY, HTML, Fault
from tests.fakes.leaks import log_file
from tests.fakes.speaking import OPS, answer, labels, says
from tests.fakes.world import World, world

FAILS = Fault(status=500, acts=False)
PAGE = Fault(status=500, body="<html><body>Exception at com.example.Secret</body></html>", acts=False)
BUSY = Fault(status=429, retry_after=30, acts=False)
REFUSES = Fault(status=401, acts=False)
HALF = Fault(status=200, body='{"serviceResult": {"mess', acts=False)
BROKEN = Fault(reset_after=25)
NOTHING = Fault(status=200, body="", acts=False)

# Of JaaS: what is typed, how 8x8 misbehaves, how it ends.
AT_JAAS = [
    ("dial standup oncall", FAILS, "unknown"),
    ("dial standup oncall", HTML, "unknown"),
    ("dial standup oncall", HALF, "unknown"),
    ("dial standup oncall", BROKEN, "unknown"),
    ("dial standup oncall", BUSY, "unavailable"),
    ("dial standup oncall", REFUSES, "refused"),
    ("kick standup Max", PAGE, "unknown"),
    ("kick standup Max", BUSY, "unavailable"),
    ("end standup sure=yes", FAILS, "unknown"),
    ("end standup sure=yes", REFUSES, "refused"),
    ("end standup sure=yes", BUSY, "unavailable"),
    ("revoke standup @max", HTML, "unknown"),
]
# Of OpenMeetings, which reads before it writes.
AT_OPENMEETINGS = [
    ("join review", FAILS, "unavailable"),
    ("join review", HTML, "refused"),
    ("join review", NOTHING, "refused"),
    ("who review", PAGE, "unavailable"),
    ("who review", HALF, "refused"),
    ("who review", BROKEN, "unavailable"),
    ("show review", BUSY, "unavailable"),
    ("show review", REFUSES, "refused"),
    ("lock review", FAILS, "unknown"),
    ("set review comment=x", HTML, "refused"),
    ("set review comment=x", NOTHING, "refused"),
    ("create meetings/new", FAILS, "unknown"),
    ("create meetings/new", HALF, "unknown"),
    ("create meetings/new", REFUSES, "refused"),
    ("kick review all", HTML, "refused"),
]


def check(told: str, word: str) -> None:
    """One sentence with the outcome's word, and nothing of the inside."""
    said = told.split("\n")[0]
    assert said.startswith(f"{word} · "), said
    assert len(said) < 250
    assert not re.search(r"Traceback|Exception|<html|127\.0\.0\.1|http|aiohttp|None|\{", said), said


async def signed_in(w: World) -> None:
    """Where there are two processes, each has its session at OpenMeetings."""
    for _ in range(2):
        await answer(w, OMAR, OPS, "rooms")


async def test_what_8x8_answers_amiss_ends_in_one_sentence(w: World) -> None:
    await answer(w, MIA, OPS, "create standup")
    await w.enter(MAX, "standup")
    for line, fault, word in AT_JAAS:
        w.jaas.faults.add(fault, times=5)
        told = await answer(w, OMAR, OPS, line)
        check(text_of(told), word)
        assert ("Check" in labels(told)) is (word == "unknown"), line
        w.jaas.faults.coming.clear()


async def test_what_openmeetings_answers_amiss_ends_in_one_sentence(w: World) -> None:
    await answer(w, MIA, OPS, "create meetings/review")
    await signed_in(w)
    start = log_file().stat().st_size
    for line, fault, word in AT_OPENMEETINGS:
        w.meetings.faults.add(fault, times=9)
        told = await answer(w, OMAR, OPS, line)
        check(text_of(told), word)
        if line == "lock review":
            assert labels(told) == ["Check", "Unlock"]
        w.meetings.faults.coming.clear()
    logged = log_file().read_bytes()[start:].decode()
    assert "Traceback" not in logged
    assert '"bug"' not in logged


async def test_vendors_that_are_down_are_unavailable_and_what_needs_none_works(w: World) -> None:
    await answer(w, MIA, OPS, "create standup")
    await answer(w, MIA, OPS, "create meetings/review")
    await w.enter(MAX, "standup")
    await w.jaas.stop()
    await w.meetings.stop()
    for line in ("dial standup oncall", "kick standup Max", "who review"):
        check(await says(w, OMAR, OPS, line), "unavailable")
    assert "Open" in await says(w, MIA, OPS, "join standup")
    assert "1 person is in" in await says(w, MIA, OPS, "who standup")
    told = await says(w, MIA, OPS, "status")
    assert told.count("cannot be reached") >= 2


async def test_a_call_that_could_not_leave_is_placed_when_it_is_asked_for_again(w: World) -> None:
    await answer(w, MIA, OPS, "create standup")
    w.jaas.faults.add(BUSY)
    check(await says(w, OMAR, OPS, "dial standup oncall"), "unavailable")
    assert "33 61… 678" in await says(w, OMAR, OPS, "dial standup oncall")
    assert len(w.sent("DIAL_OUT_PARTICIPANT")) == 2


async def test_a_room_that_was_made_although_the_answer_failed_is_found_and_not_made_twice(w: World) -> None:
    await signed_in(w)
    w.meetings.faults.add(Fault(status=500))
    assert (await says(w, MIA, OPS, "create meetings/review")).startswith("done")
    assert [room["name"] for room in w.meetings.rooms.by_id.values()].count("review") == 1


async def test_a_meeting_whose_link_failed_was_started_all_the_same(tmp_path: Path) -> None:
    async with world(tmp_path, default="meetings") as w:
        await signed_in(w)
        accounts = w.meetings.sessions.accounts
        accounts["soap"] = replace(accounts["soap"], groups=0)
        told = await answer(w, MIA, OPS, "start review @max")
        assert text_of(told).startswith("done · Started meetings/review")
        assert "User is not assigned to group" in text_of(told)
        assert labels(told) == ["Join"]
        assert labels(await w.posted(OPS, "made by")) == ["Join"]
        assert labels(await w.told(MAX, "made by")) == ["Join"]


async def test_an_empty_answer_to_a_command_of_8x8_is_how_it_says_yes(w: World) -> None:
    await answer(w, MIA, OPS, "create standup")
    await w.enter(MAX, "standup")
    w.jaas.faults.add(EMPTY)
    assert (await says(w, OMAR, OPS, "kick standup Max")).startswith("accepted")


async def test_a_slow_vendor_holds_up_its_own_command_alone(w: World) -> None:
    await answer(w, MIA, OPS, "create standup")
    await w.enter(MAX, "standup")
    w.jaas.faults.add(Fault(stall=60))
    assert (await w.slash(OMAR, OPS, "kick standup Max")).ok
    await w.until(lambda: w.sent("KICK_PARTICIPANT"))
    assert "jaas/standup" in await says(w, MIA, OPS, "rooms")
    assert "Made" in await says(w, MIA, OPS, "create another")
    await w.jaas.stop()
    check(text_of(await w.told(OMAR, "unknown")), "unknown")


async def test_openmeetings_refusals_are_worded_in_the_persons_language(tmp_path: Path) -> None:
    async with world(tmp_path, top='language = "de"') as w:
        await answer(w, MIA, OPS, "create meetings/review")
        accounts = w.meetings.sessions.accounts
        accounts["soap"] = replace(accounts["soap"], groups=0)
        w.clock.advance(timedelta(minutes=26))  # the kept session is over
        for line in ("join review", "who review", "lock review", "set review comment=x", "create meetings/other"):
            assert "Nutzer gehört zu keiner Gruppe." in await says(w, OMAR, OPS, line), line
