"""One message for each occurrence: on time, late within the grace, else left out and told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.errors import AlreadySo, MaybeSaid, NotFound, NotYetSaid, Unreachable
from bot.reminders import GRACE, HORIZON, Stop
from bot.store import Fate, Standing
from bot.store.tables import jobs
from tests.fakes.belfry import Belfry, belfry

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
EVERY = "every weekday at 13:30"  # half an hour ahead, then Wednesday …


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Belfry]:
    async with belfry(tmp_path) as one:
        yield one


async def queued(here: Belfry) -> list[datetime]:
    async with here.store.db.read() as tx:
        rows = await tx.execute(jobs.select().where(jobs.c.name == "reminder.fire").order_by(jobs.c.due_at))
        return [row.due_at for row in rows]


async def test_each_weekday_brings_one_message_and_the_weekend_none(here: Belfry) -> None:
    reminder = await here.arm(EVERY)
    await here.days(7)
    assert here.posts == [f"{day} 12:30" for day in (24, 25, 26, 27, 30)]
    assert (await here.now(reminder)).state is Standing.ACTIVE
    assert here.told == []


async def test_once_is_once_and_then_it_is_over(here: Belfry) -> None:
    reminder = await here.arm("in 30 minutes")
    await here.half_hours(2)
    assert here.posts == ["24 12:30"]
    assert (await here.now(reminder)).state is Standing.ENDED
    assert await here.reminders.going_on() == []


async def test_the_last_day_is_the_last(here: Belfry) -> None:
    reminder = await here.arm("every day at 13:30", until=date(2026, 11, 25))
    await here.days(4)
    assert here.posts == ["24 12:30", "25 12:30"]
    assert (await here.now(reminder)).state is Standing.ENDED


async def test_nothing_stands_on_the_queue_more_than_an_hour_ahead(here: Belfry) -> None:
    for number in range(5):
        await here.arm(f"every day at {14 + number}:00", key=str(number))
    for _ in range(12):
        assert all(due <= here.clock.now() + HORIZON for due in await queued(here))
        await here.jump(timedelta(minutes=30))
    assert len(here.posts) == 5


async def test_the_same_click_sets_one_reminder(here: Belfry) -> None:
    first = await here.arm(EVERY)
    assert (await here.arm(EVERY)).id == first.id
    await here.half_hours(2)
    assert here.posts == ["24 12:30"]


@pytest.mark.parametrize(
    ("away", "posts", "told"),
    [
        (timedelta(minutes=30, seconds=50), ["24 12:30"], []),
        (timedelta(minutes=31, seconds=10), ["24 12:30 late"], []),
        (timedelta(minutes=30) + GRACE, ["24 12:30 late"], []),
        (timedelta(minutes=30, seconds=1) + GRACE, [], ["skipped missed"]),
    ],
)
async def test_what_was_missed_is_late_within_the_grace_and_left_out_after_it(
    here: Belfry, away: timedelta, posts: list[str], told: list[str]
) -> None:
    await here.arm(EVERY)
    await here.jump(away)
    assert (here.posts, here.told) == (posts, told)


async def test_of_a_long_absence_the_owner_is_told_once(here: Belfry) -> None:
    reminder = await here.arm("every day at 13:30")
    await here.jump(10 * DAY + HOUR)
    assert here.posts == []
    assert here.told == [" ".join(["skipped missed"] * 11)]
    await here.jump(timedelta(hours=23, minutes=30))
    assert here.posts == ["05 12:30"]
    assert await here.fates(reminder) == ["skipped missed"] * 11 + ["posted"]


async def test_once_that_was_missed_before_it_was_planned_is_over_too(here: Belfry) -> None:
    reminder = await here.arm("in 3 hours")
    await here.jump(4 * HOUR)
    assert (here.posts, here.told) == ([], ["skipped missed"])
    assert (await here.now(reminder)).state is Standing.ENDED
    assert await here.reminders.going_on() == []


async def test_a_machine_that_slept_while_it_planned_plans_again_when_it_wakes(here: Belfry) -> None:
    await here.arm("every day at 16:00")
    sleeps = [timedelta(hours=24, minutes=20)]
    here.store.reminders.subscribe(lambda: here.clock.advance(sleeps.pop()) if sleeps else None)
    await here.jump(timedelta(hours=2, minutes=30))
    await here.jump(timedelta(minutes=10))
    assert (here.told, here.posts) == (["skipped missed"], ["25 15:00"])


async def test_with_a_lead_it_is_posted_before_its_time(here: Belfry) -> None:
    await here.arm(EVERY, lead=timedelta(minutes=10))
    await here.pass_by(timedelta(minutes=19))
    assert here.posts == []
    await here.pass_by(MINUTE)
    assert here.posts == ["24 12:30"]


async def test_each_takes_the_message_before_away_where_that_is_wished(here: Belfry) -> None:
    await here.arm("every day at 13:30", replace=True)
    await here.days(3)
    assert (here.posts, here.removed) == (["24 12:30", "25 12:30", "26 12:30"], ["1", "2"])


async def test_skip_next_leaves_out_one_and_a_second_click_no_other(here: Belfry) -> None:
    reminder = await here.arm("every day at 13:30")
    first, second = await here.reminders.upcoming(reminder, 2)
    await here.reminders.skip(reminder.id, first)
    with pytest.raises(AlreadySo):
        await here.reminders.skip(reminder.id, first)
    assert (await here.reminders.upcoming(reminder, 1)) == [second]
    with pytest.raises(NotFound):
        await here.reminders.skip(reminder.id, first + HOUR)
    await here.days(2)
    assert here.posts == ["25 12:30"]


async def test_one_far_ahead_can_be_skipped_too(here: Belfry) -> None:
    reminder = await here.arm("every day at 9:00")
    await here.reminders.skip(reminder.id, datetime(2026, 11, 25, 8, tzinfo=UTC))
    for _ in range(2):
        await here.jump(timedelta(hours=20))
        await here.jump(timedelta(hours=4))
    assert here.posts == ["26 08:00"]


async def test_a_pause_holds_back_and_what_passes_meanwhile_is_not_made_up_for(here: Belfry) -> None:
    reminder = await here.arm("every day at 13:30")
    await here.reminders.pause(reminder.id, ("paused by Ann",))
    with pytest.raises(AlreadySo):
        await here.reminders.pause(reminder.id, ())
    await here.days(2)
    assert here.posts == []
    await here.reminders.resume(reminder.id)
    with pytest.raises(AlreadySo):
        await here.reminders.resume(reminder.id)
    await here.days(1)
    assert (here.posts, here.told) == (["26 12:30"], [])


async def test_a_pause_that_is_lifted_in_time_leaves_nothing_out(here: Belfry) -> None:
    reminder = await here.arm(EVERY)
    await here.reminders.pause(reminder.id, ())
    await here.reminders.resume(reminder.id)
    await here.half_hours(2)
    assert here.posts == ["24 12:30"]


async def test_a_pause_does_not_undo_a_skip(here: Belfry) -> None:
    reminder = await here.arm(EVERY)
    await here.reminders.skip(reminder.id, (await here.reminders.upcoming(reminder, 1))[0])
    await here.reminders.pause(reminder.id, ())
    await here.reminders.resume(reminder.id)
    await here.half_hours(2)
    assert here.posts == []


async def test_a_cancelled_reminder_is_over(here: Belfry) -> None:
    reminder = await here.arm(EVERY)
    await here.reminders.cancel(reminder.id, ("cancelled by Ann",))
    for again in (here.reminders.resume(reminder.id), here.reminders.cancel(reminder.id, ())):
        with pytest.raises(AlreadySo):
            await again
    await here.days(2)
    assert (here.posts, await queued(here)) == ([], [])


async def test_a_change_replaces_what_was_planned(here: Belfry) -> None:
    reminder = await here.arm("every day at 13:30")
    other = await here.arm("every day at 14:00", key="other")
    await here.reminders.change(reminder.id, schedule=other.schedule, note="new")
    await here.reminders.cancel(other.id, ())
    await here.half_hours(2)
    assert here.posts == ["24 13:00"]
    assert (await here.now(reminder)).note == "new"


async def test_an_owner_who_may_not_any_more_pauses_it_and_is_told(here: Belfry) -> None:
    reminder = await here.arm("every day at 13:30")
    here.stops = Stop(Standing.PAUSED, ("You may not set reminders any more.",))
    await here.days(1)
    assert (here.posts, here.told) == ([], ["You may not set reminders any more."])
    assert (await here.now(reminder)).state is Standing.PAUSED
    here.stops = None
    await here.reminders.resume(reminder.id)
    await here.days(1)
    assert here.posts == ["25 12:30"]


async def test_a_channel_that_takes_no_message_pauses_it_and_the_owner_is_told_why(here: Belfry) -> None:
    reminder = await here.arm("every day at 13:30")
    here.fails = [Unreachable("That channel is archived, so I can't post there.")]
    await here.half_hours(2)
    assert here.told == ["That channel is archived, so I can't post there."]
    assert (await here.now(reminder)).state is Standing.PAUSED
    assert await here.fates(reminder) == ["skipped paused"]


async def test_a_channel_that_is_left_pauses_all_that_go_there(here: Belfry) -> None:
    for number in range(3):
        await here.arm(EVERY, key=str(number))
    elsewhere = await here.arm(EVERY, key="other", channel_id="C0OPS")
    await here.reminders.left("C0TEAM", ("I am not there any more.",))
    await here.half_hours(2)
    assert here.told == ["I am not there any more."] * 3
    assert (await here.now(elsewhere)).state is Standing.ACTIVE


async def test_a_room_that_is_deleted_ends_all_of_its_reminders_and_each_owner_is_told(here: Belfry) -> None:
    mine = await here.arm(EVERY)
    paused = await here.arm(EVERY, key="2")
    await here.reminders.pause(paused.id, ("paused by Ann",))
    other = await here.arm(EVERY, key="3", room_id="r2")
    async with here.store.db.begin() as tx:
        await here.reminders.room_deleted(tx, "r1")
    await here.half_hours(2)
    assert [(await here.now(one)).state for one in (mine, paused, other)] == [*[Standing.ENDED] * 2, Standing.ACTIVE]
    assert here.told == ["the room was deleted."] * 2
    assert here.posts == ["24 12:30"]


async def test_while_slack_is_away_it_is_tried_again_within_the_grace(here: Belfry) -> None:
    await here.arm(EVERY)
    here.fails = [NotYetSaid("Slack can't be reached now.")] * 3
    await here.half_hours(1)
    await here.pass_by(timedelta(minutes=3))
    assert (here.posts, here.told) == (["24 12:30 late"], [])


async def test_an_outage_longer_than_the_grace_leaves_it_out(here: Belfry) -> None:
    await here.arm(EVERY)
    here.fails = [NotYetSaid("Slack can't be reached now.")] * 50
    await here.half_hours(1)
    await here.pass_by(timedelta(minutes=22), step=timedelta(minutes=4))
    assert (here.posts, here.told) == ([], ["skipped missed"])


async def test_a_message_of_which_nobody_knows_is_not_sent_again_and_the_owner_is_told(here: Belfry) -> None:
    reminder = await here.arm(EVERY)
    here.unsure = [MaybeSaid("Slack did not answer clearly.")]
    await here.half_hours(2)
    assert (here.posts, here.told) == (["24 12:30"], ["unknown unclear answer"])
    assert await here.fates(reminder) == ["unknown unclear answer"]


async def test_a_process_that_died_while_it_sent_does_not_send_again(here: Belfry) -> None:
    reminder = await here.arm(EVERY)
    one = await here.store.reminders.occurrence(reminder.id, datetime(2026, 11, 24, 12, 30, tzinfo=UTC))
    assert one is not None
    async with here.store.db.begin() as tx:
        assert await here.store.reminders.move(tx, one, Fate.SENDING)
    await here.half_hours(2)
    assert (here.posts, here.told) == ([], ["unknown interrupted"])


async def test_each_stays_on_the_wall_through_a_change_of_the_clocks(tmp_path: Path) -> None:
    from bot.clock import MovableClock

    clock = MovableClock(datetime(2026, 10, 24, 0, tzinfo=UTC))
    async with belfry(tmp_path, clock) as here:
        await here.arm("every day at 2:30")
        for minutes in (30, 24 * 60, 25 * 60):
            await here.jump(timedelta(minutes=minutes))
        assert here.posts == ["24 00:30", "25 00:30", "26 01:30"]
