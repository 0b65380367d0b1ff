"""kick, block, unblock, revoke: the right person, for as long as was said, and they hear from whom."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.play.slack import text_of
from bot.play.slack.seed import MAX, MAYA, MIA, OMAR, VERA
from bot.play.vendors.jaas import EMPTY, Fault, TokenRefused
from tests.fakes.speaking import OPS, answer, come_in, labels, pressed, says
from tests.fakes.world import World, world


async def test_two_people_of_one_name_are_a_choice_and_the_picked_one_alone_is_removed(w: World) -> None:
    await answer(w, MIA, OPS, "create standup")
    mia, maya = await w.enter(MIA, "standup"), await w.enter(MAYA, "standup")
    assert mia.name == maya.name
    choice = await answer(w, OMAR, OPS, f"kick standup {maya.name.upper()}")
    assert "ambiguous" in text_of(choice)
    assert labels(choice) == ["Choose", "Choose"]
    assert w.sent("KICK_PARTICIPANT") == []
    assert f"Removed <@{MAYA}>" in text_of(await pressed(w, OMAR, choice, "Choose", nth=1))
    assert [one["participant_id"] for one in w.jaas.people()] == [mia.participant_id]


async def test_a_part_of_a_name_opens_a_choice_even_when_one_person_fits(w: World) -> None:
    await answer(w, MIA, OPS, "create standup")
    await w.enter(MAX, "standup")
    choice = await answer(w, OMAR, OPS, "kick standup ma")
    assert "ambiguous" in text_of(choice)
    assert labels(choice) == ["Choose"]
    assert len(w.jaas.people()) == 1


async def test_a_participant_is_named_by_id_mention_or_name_of_several_words(w: World) -> None:
    await answer(w, MIA, OPS, "create standup")
    maxim = await w.enter(MAX, "standup")
    await w.enter(MIA, "standup")
    link = w.link_of(await answer(w, MIA, OPS, 'invite standup "John van Doe"'))
    await w.jaas.join(*w.room_and_token(link))
    await w.jaas.webhooks.settled()
    assert f"<@{MAX}>" in await says(w, OMAR, OPS, f"kick standup id:{maxim.participant_id}")
    assert "John van Doe" in await says(w, OMAR, OPS, "kick standup john van doe")
    assert f"<@{MIA}>" in await says(w, OMAR, OPS, "kick standup @mia")
    await w.until(lambda: w.jaas.people() == [])


async def test_somebody_who_is_not_in_is_not_found_and_named_as_people_are(w: World) -> None:
    await answer(w, MIA, OPS, "create standup")
    await w.enter(MAX, "standup")
    assert f"<@{VERA}> is not in there now" in await says(w, OMAR, OPS, "kick standup @vera")
    assert "not found" in await says(w, OMAR, OPS, "kick standup id:0badf00d")
    assert "not found" in await says(w, OMAR, OPS, "kick standup Nobody Known")


@pytest.mark.parametrize(
    ("how", "until", "after", "held"),
    [
        ("for=10m", "until", timedelta(minutes=9), True),
        ("for=10m", "until", timedelta(minutes=11), False),
        ("FOR=always", "until they are unblocked", timedelta(days=30), True),
        ("for=meeting", "until the meeting ends", timedelta(hours=2), True),
        ("", "until the meeting ends", timedelta(hours=2), True),
    ],
)
async def test_a_removed_person_gets_no_link_for_as_long_as_was_said(
    w: World, how: str, until: str, after: timedelta, held: bool
) -> None:
    await answer(w, MIA, OPS, "create standup")
    await w.enter(MIA, "standup")
    await w.enter(MAX, "standup")
    assert f"No new link {until}" in await says(w, OMAR, OPS, f"kick standup @max {how}")
    w.clock.advance(after)
    told = await says(w, MAX, OPS, "join standup")
    assert (f"<@{OMAR}> " in told and "refused" in told) is held
    assert ("Open" in told) is not held


@pytest.mark.parametrize("backend", ["jaas", "meetings"])
async def test_what_holds_until_the_meeting_ends_ends_with_it(w: World, backend: str) -> None:
    await answer(w, MIA, OPS, f"create {backend}/standup")
    for person in (MIA, MAX):
        await (w.enter(person, "standup") if backend == "jaas" else come_in(w, person, "standup"))
    await answer(w, OMAR, OPS, "kick standup @max")
    assert "until this meeting ends" in await says(w, MAX, OPS, "join standup")
    assert "Ended" in await says(w, OMAR, OPS, "end standup sure=yes")
    await w.jaas.webhooks.settled()
    assert "Open" in await says(w, MAX, OPS, "join standup")


async def test_an_owner_does_not_lift_what_somebody_else_laid_on_them(w: World) -> None:
    await answer(w, MIA, OPS, "create standup")
    await answer(w, OMAR, OPS, "block standup @mia")
    await w.told(MIA, "You are blocked")
    told = await says(w, MIA, OPS, "unblock standup @mia")
    assert f"*refused* · You can't let yourself in again: <@{OMAR}> keeps you out. Ask them." in told
    assert "blocked you" in await says(w, MIA, OPS, "join standup")
    await answer(w, OMAR, OPS, "unblock standup @mia")
    await w.told(MIA, "You can join")
    await answer(w, OMAR, OPS, "block standup @max")
    await w.slash(OMAR, OPS, "unblock standup Max")  # as they are called, like `block standup Max`
    await w.told(MAX, "You can join")
    await answer(w, MIA, OPS, "block standup @mia")
    await w.slash(MIA, OPS, "unblock standup @mia")  # one's own mistake is one's own to mend
    await w.posted(OPS, f"can join *jaas/standup* again. · by <@{MIA}>")


async def test_whoever_wants_a_link_for_a_blocked_outsider_is_told_who_that_is(w: World) -> None:
    await answer(w, MIA, OPS, "create standup")
    link = w.link_of(await answer(w, MIA, OPS, 'invite standup "John Doe"'))
    await w.jaas.join(*w.room_and_token(link))
    await w.jaas.webhooks.settled()
    await answer(w, OMAR, OPS, "block standup John Doe")
    told = await says(w, MIA, OPS, 'invite standup "John Doe"')
    assert f"*John Doe* can't join *jaas/standup*: <@{OMAR}> blocked them. Unblock them first." in told


async def test_kick_all_of_a_room_nobody_reported_on_names_the_back_ends_that_need_no_report(w: World) -> None:
    await answer(w, MIA, OPS, "create standup")
    told = await says(w, OMAR, OPS, "kick standup all")
    assert "*not supported*" in told
    assert "Able: meetings." in told


async def test_kick_all_removes_everybody_and_takes_no_duration(w: World) -> None:
    for name in ("standup", "meetings/review"):
        await answer(w, MIA, OPS, f"create {name}")
    assert "invalid" in await says(w, OMAR, OPS, "kick standup all for=10m")
    for person in (MIA, MAX):
        await w.enter(person, "standup")
        await come_in(w, person, "review")
    for name in ("standup", "review"):
        assert "Removed" in await says(w, OMAR, OPS, f"kick {name} all")
    await w.until(lambda: w.jaas.people() == [] and w.meetings.people() == [])
    assert "already so" in await says(w, OMAR, OPS, "kick review all")


async def test_of_kick_all_a_failure_is_named_and_the_rest_goes_on(w: World) -> None:
    await answer(w, MIA, OPS, "create standup")
    for person in (MIA, MAX, MAYA):
        await w.enter(person, "standup")
    w.jaas.faults.add(Fault(status=400, acts=False))
    told = await says(w, OMAR, OPS, "kick standup all")
    assert f"Removed <@{MAX}>, <@{MAYA}>" in told
    assert f"Not removed: <@{MIA}> (jaas did not accept the request" in told
    assert len(w.jaas.people()) == 1


async def test_a_removal_the_vendor_refused_holds_no_link_back(w: World) -> None:
    await answer(w, MIA, OPS, "create standup")
    await w.enter(MAX, "standup")
    w.jaas.faults.add(Fault(status=400, acts=False))
    assert "refused" in await says(w, OMAR, OPS, "kick standup @max")
    assert "Open" in await says(w, MAX, OPS, "join standup")


async def test_a_removal_nobody_can_be_sure_of_holds_links_back_and_offers_to_look(w: World) -> None:
    await answer(w, MIA, OPS, "create standup")
    await w.enter(MIA, "standup")
    await w.enter(MAX, "standup")
    w.jaas.faults.add(Fault(status=500))
    told = await answer(w, OMAR, OPS, "kick standup @max")
    assert "unknown" in text_of(told)
    assert "refused" in await says(w, MAX, OPS, "join standup")
    await w.jaas.webhooks.settled()
    assert "1 person is in" in text_of(await pressed(w, OMAR, told, "Check"))


async def test_a_kick_does_not_shorten_a_block(w: World) -> None:
    await answer(w, MIA, OPS, "create standup")
    await w.enter(MAX, "standup")
    w.jaas.faults.add(Fault(status=400, acts=False))
    assert "may still be inside" in await says(w, OMAR, OPS, "block standup @max")
    assert "until they are unblocked" in await says(w, OMAR, OPS, "kick standup @max for=10m")
    w.clock.advance(timedelta(hours=1))
    assert "refused" in await says(w, MAX, OPS, "join standup")


@pytest.mark.parametrize("backend", ["jaas", "meetings"])
async def test_a_blocked_person_is_removed_told_by_whom_and_gets_no_link_until_unblocked(
    w: World, backend: str
) -> None:
    await answer(w, MIA, OPS, f"create {backend}/standup")
    card = await w.posted(OPS, "made by")
    await (w.enter(MAX, "standup") if backend == "jaas" else come_in(w, MAX, "standup"))
    done = await answer(w, OMAR, OPS, 'block standup @max why="too loud"')
    assert "Removed from the meeting" in text_of(done)
    assert w.jaas.people() == []
    assert w.meetings.people() == []
    note = text_of(await w.told(MAX, "You are blocked from"))
    assert f"<@{OMAR}> (too loud). Ask them." in note
    for told in (await says(w, MAX, OPS, "join standup"), text_of(await pressed(w, MAX, card, "Join"))):
        assert f"<@{OMAR}> blocked you (too loud). Ask them." in told
    await w.jaas.webhooks.settled()
    assert "already so" in await says(w, OMAR, OPS, "block standup @max")
    assert "can join" in text_of(await pressed(w, OMAR, done, "Unblock"))
    assert f"unblocked by <@{OMAR}>" in text_of(await w.told(MAX, "You can join"))
    assert "Open" in await says(w, MAX, OPS, "join standup")
    assert "already so" in await says(w, OMAR, OPS, "unblock standup @max")


async def test_somebody_can_be_blocked_while_the_vendor_cannot_be_asked(w: World) -> None:
    await answer(w, MIA, OPS, "create meetings/review")
    w.meetings.faults.add(Fault(status=503, acts=False), times=6)
    assert "can't see whether they are inside" in await says(w, OMAR, OPS, "block review @max")
    await w.told(MAX, "You are blocked")
    w.meetings.faults.coming.clear()
    assert "refused" in await says(w, MAX, OPS, "join review")


async def test_somebody_with_an_account_at_the_vendor_is_not_removed_alone_nor_blocked(w: World) -> None:
    await answer(w, MIA, OPS, "create meetings/review")
    w.meetings.join_with_account(2, "soap")
    assert "not supported" in await says(w, OMAR, OPS, "kick review soap Test")
    assert "invalid" in await says(w, OMAR, OPS, "block review soap Test")
    assert len(w.meetings.people()) == 1


async def test_revoking_bans_each_token_that_still_works_and_no_other_persons(w: World) -> None:
    await answer(w, MIA, OPS, "create standup")
    old = w.link_of(await answer(w, MAX, OPS, "join standup"))
    w.clock.advance(timedelta(hours=3))
    links = [w.link_of(await answer(w, MAX, OPS, "join standup")) for _ in range(2)]
    mias = w.link_of(await answer(w, MIA, OPS, "join standup"))
    await w.jaas.join(*w.room_and_token(links[0]))
    await w.jaas.webhooks.settled()
    told = await says(w, OMAR, OPS, "revoke standup @max")
    assert "Revoked 2 links" in told
    assert "and removed them from the meeting" in told
    for link in (*links, old):
        with pytest.raises(TokenRefused):
            await w.jaas.join(*w.room_and_token(link))
    assert (await w.jaas.join(*w.room_and_token(mias))).name == "Mia"
    await w.jaas.webhooks.settled()
    assert "already so" in await says(w, OMAR, OPS, "revoke standup @max")
    fresh = w.link_of(await answer(w, MAX, OPS, "join standup"))
    assert (await w.jaas.join(*w.room_and_token(fresh))).name == "Max"


async def test_a_revocation_cut_short_goes_on_where_it_stopped(w: World) -> None:
    await answer(w, MIA, OPS, "create standup")
    links = [w.link_of(await answer(w, MAX, OPS, "join standup")) for _ in range(2)]
    w.jaas.faults.add(EMPTY)
    w.jaas.faults.add(Fault(status=400, acts=False))
    assert "refused" in await says(w, OMAR, OPS, "revoke standup @max")
    assert "Revoked 1 link" in await says(w, OMAR, OPS, "revoke standup @max")
    for link in links:
        with pytest.raises(TokenRefused):
            await w.jaas.join(*w.room_and_token(link))


async def test_a_block_survives_a_restart(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await answer(w, MIA, OPS, "create standup")
        await answer(w, OMAR, OPS, "block standup @max")
    (tmp_path / "meetops.db-lock").unlink(missing_ok=True)
    async with world(tmp_path) as w:
        assert "blocked you" in await says(w, MAX, OPS, "join standup")
