"""What is understood, what is refused, and that what is read back is what is scheduled."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.errors import BadInput
from bot.schedule import When, arranged, last_day, spoken

NOW = datetime(2026, 11, 25, 14, 3, 30, tzinfo=UTC)  # a Wednesday, 15:03 in Paris
PARIS = "Europe/Paris"

# Typed, as it is read back, the first occurrence in Paris.
ONCE = [
    ("tomorrow 9:00", "tomorrow at 09:00", "Thursday 26 November 2026 at 09:00"),
    ("tomorrow at 9", "tomorrow at 09:00", "Thursday 26 November 2026 at 09:00"),
    ("at 9am tomorrow", "tomorrow at 09:00", "Thursday 26 November 2026 at 09:00"),
    ("day after tomorrow at noon", "day after tomorrow at 12:00", "Friday 27 November 2026 at 12:00"),
    ("17:30", "at 17:30", "Wednesday 25 November 2026 at 17:30"),
    ("today at 5 pm", "today at 17:00", "Wednesday 25 November 2026 at 17:00"),
    ("friday 12:30am", "friday at 00:30", "Friday 27 November 2026 at 00:30"),
    ("on wednesday at 9:00", "wednesday at 09:00", "Wednesday 2 December 2026 at 09:00"),
    ("wednesday at 16:00", "wednesday at 16:00", "Wednesday 25 November 2026 at 16:00"),
    ("1 december 9:00", "1 december at 09:00", "Tuesday 1 December 2026 at 09:00"),
    ("December 1st, 2026 at 9:00", "2026-12-01 at 09:00", "Tuesday 1 December 2026 at 09:00"),
    ("tuesday 1 december at 9:00", "tuesday 1 december at 09:00", "Tuesday 1 December 2026 at 09:00"),
    ("2026-12-01 9:00", "2026-12-01 at 09:00", "Tuesday 1 December 2026 at 09:00"),
    ("29 february at 9:00", "29 february at 09:00", "Tuesday 29 February 2028 at 09:00"),
    ("2026-12-01T09:00:00Z", "2026-12-01T09:00Z", "Tuesday 1 December 2026 at 10:00"),
    ("in 20 minutes", "in 20 minutes", "Wednesday 25 November 2026 at 15:24"),
    ("in 1h30", "in 1 hour 30 minutes", "Wednesday 25 November 2026 at 16:34"),
    ("in an hour", "in 1 hour", "Wednesday 25 November 2026 at 16:04"),
    ("in half an hour", "in 30 minutes", "Wednesday 25 November 2026 at 15:34"),
    ("in 3 days at 9:00", "in 3 days at 09:00", "Saturday 28 November 2026 at 09:00"),
    ("in 2 weeks", "in 14 days", "Wednesday 9 December 2026 at 15:04"),
    ("demain à 9h", "tomorrow at 09:00", "Thursday 26 November 2026 at 09:00"),
    ("aujourd’hui à 17 h 30", "today at 17:30", "Wednesday 25 November 2026 at 17:30"),
    ("après-demain à midi", "day after tomorrow at 12:00", "Friday 27 November 2026 at 12:00"),
    ("mardi à 9h", "tuesday at 09:00", "Tuesday 1 December 2026 at 09:00"),
    ("le mardi 1er décembre à 9h", "tuesday 1 december at 09:00", "Tuesday 1 December 2026 at 09:00"),
    ("dans 20 minutes", "in 20 minutes", "Wednesday 25 November 2026 at 15:24"),
    ("dans un quart d'heure", "in 15 minutes", "Wednesday 25 November 2026 at 15:19"),
]
AGAIN = [
    ("every day at 9", "every day at 09:00"),
    ("every weekday at 9:25", "every weekday at 09:25"),
    ("weekdays 9:25", "every weekday at 09:25"),
    ("at 9:25 every weekday", "every weekday at 09:25"),
    ("mondays and thursdays at 9:00", "every monday and thursday at 09:00"),
    ("every mon, wed and fri at 9:00", "every monday, wednesday and friday at 09:00"),
    ("every monday to friday 9:00", "every weekday at 09:00"),
    ("every 2 weeks on tue at 10:00", "every 2 weeks on tuesday at 10:00"),
    ("every other tuesday at 10:00", "every 2 weeks on tuesday at 10:00"),
    ("every 2 weeks on tue at 9:00 from 2026-12-01", "every 2 weeks on tuesday at 09:00 from 2026-12-01"),
    ("monthly on the 31st at 9:00", "every month on the 31st at 09:00"),
    ("on the last day of every month at 9:00", "every month on the last day at 09:00"),
    ("every last friday at 16:00", "every month on the last friday at 16:00"),
    ("the second tuesday of every month at 9:00", "every month on the second tuesday at 09:00"),
    ("yearly on february 29 at noon", "every year on 29 february at 12:00"),
    ("tous les jours ouvrés à 9h25", "every weekday at 09:25"),
    ("du lundi au vendredi à 9h25", "every weekday at 09:25"),
    ("chaque lundi et jeudi à 9h", "every monday and thursday at 09:00"),
    ("tous les lundis et les jeudis à 9h", "every monday and thursday at 09:00"),
    ("toutes les 2 semaines le mardi à 10h", "every 2 weeks on tuesday at 10:00"),
    ("un mardi sur deux à 10h", "every 2 weeks on tuesday at 10:00"),
    ("le 31 de chaque mois à 9h", "every month on the 31st at 09:00"),
    ("tous les derniers vendredis du mois à 16h30", "every month on the last friday at 16:30"),
    ("tous les 29 février à midi", "every year on 29 february at 12:00"),
]  # fmt: skip
REFUSED = [
    ("", "I don't understand"),
    ("soon", "I don't understand"),
    ("tomorrow", "Say at what time too"),
    ("every weekday", "Say at what time too"),
    ("tomorrow 9", "I don't understand"),
    ("tomorrow at 25:00", "I don't understand"),
    ("tomorrow at 13pm", "I don't understand"),
    ("tomorrow at 9:00 sharp", "I don't understand"),
    ("every day at 9:00 until friday", "I don't understand"),
    ("next friday at 9:00", "this week to some"),
    ("vendredi prochain à 9h", "read in two ways"),
    ("le mardi à 9h", "may be one day or every week"),
    ("every second monday at 9:00", "read in two ways"),
    ("12/01 at 9:00", "A date in figures"),
    ("midnight tomorrow", "Midnight belongs to two days"),
    ("tonight", "in figures"),
    ("every hour", "once a day at most"),
    ("toutes les heures", "once a day at most"),
    ("every week at 9:00", "Say on which day"),
    ("every month at 9:00", "Say on which day"),
    ("tous les jours ouvrables à 9h", "Saturday"),
    ("every 30 february at 9:00", "I don't understand"),
    ("31 april at 9:00", "I don't understand"),
    ("monday 1 december 2026 at 9:00", "2026-12-01 is a Tuesday"),
    ("in 0 minutes", "I don't understand"),
    ("in 1.5 hours", "I don't understand"),
    ("demain at 9:00", "I don't understand"),  # two languages in one phrase
    ("x" * 300, "too long"),
]
PASSED = [
    ("9:00", "has passed"),
    ("today at 9:00", "has passed"),
    ("2026-11-25 9:00", "has passed"),
    ("monday 1 december at 9:00", "The next 1 December is a Tuesday"),
    ("2099-01-01 9:00", "too far ahead"),
]


@pytest.mark.parametrize(("typed", "canonical", "first"), ONCE)
def test_one_time_is_understood(typed: str, canonical: str, first: str) -> None:
    when = When.parse(typed)
    schedule = arranged(when, NOW, PARIS)
    assert (str(when), [spoken(due, PARIS) for due in schedule.upcoming(NOW, 3)]) == (canonical, [first])
    assert not when.repeats


@pytest.mark.parametrize(("typed", "canonical"), AGAIN)
def test_a_rule_is_understood(typed: str, canonical: str) -> None:
    when = When.parse(typed)
    assert (str(when), when.repeats) == (canonical, True)


@pytest.mark.parametrize(("typed", "says"), REFUSED)
def test_what_is_not_wholly_understood_is_refused_with_what_to_say_instead(typed: str, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        When.parse(typed)


@pytest.mark.parametrize(("typed", "says"), PASSED)
def test_a_time_that_never_comes_is_refused(typed: str, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        arranged(When.parse(typed), NOW, PARIS)


def test_the_last_day_is_a_day_like_any_other_and_included() -> None:
    assert last_day("31 december", NOW, PARIS) == date(2026, 12, 31)
    assert last_day("2026-11-27", NOW, PARIS) == date(2026, 11, 27)
    schedule = arranged(When.parse("every day at 9:25"), NOW, PARIS, until=last_day("friday", NOW, PARIS))
    assert [f"{due:%d}" for due in schedule.upcoming(NOW, 9)] == ["26", "27"]
    with pytest.raises(BadInput, match="never again"):
        arranged(When.parse("every day at 9:25"), NOW, PARIS, until=date(2026, 11, 25))
    with pytest.raises(BadInput, match="this is once"):
        arranged(When.parse("tomorrow 9:25"), NOW, PARIS, until=date(2027, 1, 1))
    with pytest.raises(BadInput, match="as a day"):
        last_day("when it is over", NOW, PARIS)


def test_the_second_of_two_equal_times_is_kept_apart() -> None:
    """In 30 minutes, when the clocks go back in between, is half an hour and not an hour and a half or nothing."""
    now = datetime(2026, 10, 25, 0, 45, tzinfo=UTC)  # 02:45 summer time
    schedule = arranged(When.parse("in 30 minutes"), now, PARIS)
    assert schedule.upcoming(now, 2) == [datetime(2026, 10, 25, 1, 15, tzinfo=UTC)]  # 02:15 winter time
    assert spoken(schedule.upcoming(now, 1)[0], PARIS) == "2026-10-25T01:15Z"
    assert arranged(schedule.typed(now), now, PARIS) == schedule


def test_a_zone_that_does_not_exist_is_said() -> None:
    with pytest.raises(BadInput, match="no time zone Mars/Olympus"):
        arranged(When.parse("tomorrow 9:00"), NOW, "Mars/Olympus")


# --- five thousand random phrases in five shapes ------------------------------------------------------------------

ZONES = ("Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia", "UTC")
Phrase = tuple[str, tuple[int, int] | None]  # the words, and the time of day that they name
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
JOURS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
NAMES = "january february march april may june july august september october november december"
MONTHS = tuple(NAMES.split())


def time_of_day(some: random.Random, *, french: bool = False) -> tuple[str, tuple[int, int]]:
    hour, minute = some.randrange(24), some.randrange(60)
    if french:
        return some.choice((f"à {hour}h{minute:02}", f"à {hour:02}:{minute:02}")), (hour, minute)
    half = f"{(hour + 11) % 12 + 1}:{minute:02}{' ' * some.randrange(2)}{'am' if hour < 12 else 'pm'}"
    return some.choice(("at ", "")) + some.choice((f"{hour}:{minute:02}", f"{hour:02}:{minute:02}", half)), (
        hour,
        minute,
    )


def day_and_time(some: random.Random) -> Phrase:
    french = some.random() < 0.3
    clock, at = time_of_day(some, french=french)
    if french:
        return f"{some.choice(('demain', 'après-demain', some.choice(JOURS)))} {clock}", at
    month = some.randrange(12)
    named = (f"{some.randint(1, 28)} {MONTHS[month]}", f"{MONTHS[month]} {some.randint(1, 28)}", some.choice(DAYS))
    return f"{some.choice(('tomorrow', 'day after tomorrow', *named, *named))} {clock}", at


def span(some: random.Random) -> Phrase:
    count = some.randint(1, 600)
    hours = f"{some.randint(1, 12)}h{some.randrange(60):02}"
    return some.choice(
        (f"in {count} minutes", f"in {count}m", f"dans {count} minutes", f"in {hours}", f"dans {hours}")
    ), None


def every_week(some: random.Random) -> Phrase:
    french = some.random() < 0.3
    clock, at = time_of_day(some, french=french)
    names = some.sample(JOURS if french else DAYS, some.randint(1, 4))
    listed = f"{', '.join(names[:-1])}{' et ' if french else ' and '}{names[-1]}" if len(names) > 1 else names[0]
    return (f"chaque {listed} {clock}" if french else f"every {listed} {clock}"), at


def every_so_many_weeks(some: random.Random) -> Phrase:
    french = some.random() < 0.3
    clock, at = time_of_day(some, french=french)
    number, day = some.randint(2, 12), some.randrange(7)
    if french:
        return f"toutes les {number} semaines le {JOURS[day]} {clock}", at
    return f"every {number} weeks on {some.choice((DAYS[day], DAYS[day][:3]))} {clock}", at


def every_month(some: random.Random) -> Phrase:
    french = some.random() < 0.3
    clock, at = time_of_day(some, french=french)
    day, number = some.randrange(7), some.randint(1, 31)
    if french:
        return f"le {some.choice((str(number), f'dernier {JOURS[day]}'))} de chaque mois {clock}", at
    which = some.choice((f"the {number}", f"the last {DAYS[day]}", f"the first {DAYS[day]}", "the last day"))
    return f"every month on {which} {clock}", at


@pytest.mark.parametrize("shape", [day_and_time, span, every_week, every_so_many_weeks, every_month])
def test_what_is_read_back_is_what_is_scheduled(shape: Callable[[random.Random], Phrase]) -> None:
    """A thousand phrases of each shape, at random moments in several time zones."""
    some = random.Random(shape.__name__)
    for _ in range(1000):
        zone = some.choice(ZONES)
        now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=some.randrange(2 * 365 * 24 * 60))
        phrase, at = shape(some)
        when = When.parse(phrase)
        schedule = arranged(when, now, zone)
        scheduled = schedule.upcoming(now, 3)
        read_back = [When.parse(spoken(due, zone)) for due in scheduled]
        assert [arranged(one, now, zone).upcoming(now, 2) for one in read_back] == [[due] for due in scheduled], phrase
        assert When.parse(str(when)) == when, phrase
        assert arranged(schedule.typed(now), now, zone).upcoming(now, 3) == scheduled, phrase
        assert at is None or (schedule.start.hour, schedule.start.minute) == at or _skipped(schedule.start, at), phrase


def _skipped(start: datetime, at: tuple[int, int]) -> bool:
    """Whether the clocks skip that time on that day: once is kept as the time that is meant instead."""
    return timedelta(0) < start - start.replace(hour=at[0], minute=at[1]) <= timedelta(hours=1)
