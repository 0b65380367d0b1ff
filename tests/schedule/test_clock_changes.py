"""What repeats stays at its time on the wall, through every clock change of 2026 and 2027."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.schedule import When, arranged, spoken

PARIS, NEW_YORK, LORD_HOWE = "Europe/Paris", "America/New_York", "Australia/Lord_Howe"
WEEKDAYS = "every weekday at 9:25"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+00:00")


def occurrences(words: str, zone: str, after: str, count: int) -> list[str]:
    """The next ones, as instants in UTC."""
    schedule = arranged(When.parse(words), utc("2026-01-01T00:00"), zone)
    return [f"{due.astimezone(UTC):%Y-%m-%dT%H:%M}" for due in schedule.upcoming(utc(after), count)]


# Zone, an instant on the last Thursday or Friday before the change, and the instants of three weekdays around it.
AROUND = [
    (PARIS, "2026-03-26T12:00", ["2026-03-27T08:25", "2026-03-30T07:25", "2026-03-31T07:25"]),
    (PARIS, "2026-10-22T12:00", ["2026-10-23T07:25", "2026-10-26T08:25", "2026-10-27T08:25"]),
    (PARIS, "2027-03-25T12:00", ["2027-03-26T08:25", "2027-03-29T07:25", "2027-03-30T07:25"]),
    (PARIS, "2027-10-28T12:00", ["2027-10-29T07:25", "2027-11-01T08:25", "2027-11-02T08:25"]),
    (NEW_YORK, "2026-03-05T18:00", ["2026-03-06T14:25", "2026-03-09T13:25", "2026-03-10T13:25"]),
    (NEW_YORK, "2026-10-29T18:00", ["2026-10-30T13:25", "2026-11-02T14:25", "2026-11-03T14:25"]),
    (NEW_YORK, "2027-03-11T18:00", ["2027-03-12T14:25", "2027-03-15T13:25", "2027-03-16T13:25"]),
    (NEW_YORK, "2027-11-04T18:00", ["2027-11-05T13:25", "2027-11-08T14:25", "2027-11-09T14:25"]),
    # Half an hour: +11 in summer, +10:30 in winter.
    (LORD_HOWE, "2026-04-02T00:00", ["2026-04-02T22:25", "2026-04-05T22:55", "2026-04-06T22:55"]),
    (LORD_HOWE, "2026-10-01T00:00", ["2026-10-01T22:55", "2026-10-04T22:25", "2026-10-05T22:25"]),
    (LORD_HOWE, "2027-04-01T00:00", ["2027-04-01T22:25", "2027-04-04T22:55", "2027-04-05T22:55"]),
    (LORD_HOWE, "2027-09-30T00:00", ["2027-09-30T22:55", "2027-10-03T22:25", "2027-10-04T22:25"]),
]


@pytest.mark.parametrize(("zone", "after", "instants"), AROUND)
def test_every_weekday_at_925_is_925_on_the_wall_before_and_after_a_change(
    zone: str, after: str, instants: list[str]
) -> None:
    assert occurrences(WEEKDAYS, zone, after, 3) == instants
    assert all(spoken(utc(one), zone).endswith("at 09:25") for one in instants)


# A time that the clocks skip becomes the next that exists; one that comes twice is meant the first time.
CHANGES = [
    ("every day at 2:30", PARIS, "2026-03-28T12:00", ["2026-03-29T01:00", "2026-03-30T00:30"]),  # 03:00 that day
    ("every day at 2:30", PARIS, "2026-10-24T12:00", ["2026-10-25T00:30", "2026-10-26T01:30"]),  # once
    ("every day at 2:30", PARIS, "2027-03-27T12:00", ["2027-03-28T01:00", "2027-03-29T00:30"]),
    ("every day at 2:30", PARIS, "2027-10-30T12:00", ["2027-10-31T00:30", "2027-11-01T01:30"]),
    ("every day at 2:30", NEW_YORK, "2026-03-07T12:00", ["2026-03-08T07:00", "2026-03-09T06:30"]),
    ("every day at 1:30", NEW_YORK, "2026-10-31T12:00", ["2026-11-01T05:30", "2026-11-02T06:30"]),
    ("every day at 2:30", NEW_YORK, "2027-03-13T12:00", ["2027-03-14T07:00", "2027-03-15T06:30"]),
    ("every day at 1:30", NEW_YORK, "2027-11-06T12:00", ["2027-11-07T05:30", "2027-11-08T06:30"]),
    ("every day at 2:15", LORD_HOWE, "2026-10-03T00:00", ["2026-10-03T15:30", "2026-10-04T15:15"]),  # 02:30 that day
    ("every day at 1:45", LORD_HOWE, "2026-04-03T16:00", ["2026-04-04T14:45", "2026-04-05T15:15"]),  # once
    ("every day at 2:15", LORD_HOWE, "2027-10-02T00:00", ["2027-10-02T15:30", "2027-10-03T15:15"]),
    ("every day at 1:45", LORD_HOWE, "2027-04-02T16:00", ["2027-04-03T14:45", "2027-04-04T15:15"]),
]


@pytest.mark.parametrize(("words", "zone", "after", "instants"), CHANGES)
def test_a_time_that_is_skipped_or_comes_twice_is_met_exactly_once(
    words: str, zone: str, after: str, instants: list[str]
) -> None:
    assert occurrences(words, zone, after, 2) == instants


LONG_MONTHS = [
    ("every month on the 31st at 9:00", ["2026-01-31", "2026-03-31", "2026-05-31", "2026-07-31", "2026-08-31"]),
    ("every month on the last day at 9:00", ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"]),
    ("every last friday of the month at 9:00", ["2026-01-30", "2026-02-27", "2026-03-27", "2026-04-24", "2026-05-29"]),
    ("every year on 29 february at 9:00", ["2028-02-29", "2032-02-29", "2036-02-29", "2040-02-29", "2044-02-29"]),
    ("every 2 weeks on tue at 9:00", ["2026-01-06", "2026-01-20", "2026-02-03", "2026-02-17", "2026-03-03"]),
    ("every 3 months on the 31st at 9:00", ["2026-01-31", "2026-07-31", "2026-10-31", "2027-01-31", "2027-07-31"]),
]


@pytest.mark.parametrize(("words", "days"), LONG_MONTHS)
def test_months_and_years_without_the_day_are_left_out(words: str, days: list[str]) -> None:
    assert [one[:10] for one in occurrences(words, "UTC", "2026-01-01T00:00", 5)] == days


def test_a_rule_is_kept_as_a_wall_clock_time_and_never_as_an_offset() -> None:
    schedule = arranged(When.parse(WEEKDAYS), utc("2026-01-01T00:00"), PARIS)
    assert (schedule.start, schedule.zone) == (datetime(2026, 1, 1, 9, 25), PARIS)  # noqa: DTZ001
    assert schedule.rule == "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"
