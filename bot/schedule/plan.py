"""When that is: a time as typed, made into instants of a time zone.

What repeats is kept as a wall-clock start, an IANA zone and an RFC 5545 rule, never as an offset (design.md §6).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.errors import BadInput
from bot.schedule.repeat import DAYS, MONTHS, Repeat
from bot.schedule.said import Ahead, Day, Every, Exactly, Once, clock
from bot.schedule.when import When, read_day
from bot.schedule.zones import MINUTE, comes_again, instant, wall_of, zone

if TYPE_CHECKING:
    from dateutil.rrule import rrule

DAY = timedelta(days=1)
FURTHEST = timedelta(days=3660)
LEAP_YEARS = 8  # at most so many years from one 29 February to the next


@dataclass(frozen=True, slots=True)
class Schedule:
    """One time, or a rule. `start` is naive: what the clocks on the wall of `zone` show at the first occurrence."""

    zone: str
    start: datetime
    rule: str = ""  # RFC 5545, without start and end; empty: once
    until: date | None = None  # the last day on which it may be
    second: bool = False  # of once, where the clocks show `start` twice: the later of the two

    def after(self, moment: datetime) -> Iterator[datetime]:
        """The occurrences later than this instant, in UTC, in their order."""
        place = zone(self.zone)
        if not self.rule:
            due = self._once(place)
            if due > moment:
                yield due
            return
        # A wall-clock time is moved by the clocks, at most by the day that a zone once left out.
        for wall in self._walls().xafter(wall_of(moment, place) - DAY, inc=True):
            if (due := instant(wall, place)) > moment:
                yield due

    def upcoming(self, moment: datetime, count: int) -> list[datetime]:
        """The next so many."""
        return list(islice(self.after(moment), count))

    def typed(self, now: datetime) -> When:
        """As it is typed: reading it, now or later, gives the same occurrences. A start is named where it matters."""
        if not self.rule:
            if self.second:
                return When(Exactly(self._once(zone(self.zone))))
            start = self.start
            return When(Once(Day(month_day=(start.month, start.day), year=start.year), start.time()))
        repeat = Repeat.parse(self.rule)
        begun = self.start <= wall_of(now, zone(self.zone))
        plain = When(Every(repeat, self.start.time()))
        if repeat.interval == 1 and (begun or arranged(plain, now, self.zone).start == self.start):
            return plain
        return When(Every(repeat, self.start.time(), self.start.date()))

    def _once(self, place: ZoneInfo) -> datetime:
        return self.start.replace(tzinfo=place, fold=1).astimezone(UTC) if self.second else instant(self.start, place)

    def _walls(self) -> rrule:
        end = f";UNTIL={self.until:%Y%m%d}T235959" if self.until else ""
        return _rule(self.rule + end, self.start)


def arranged(when: When, now: datetime, zone_name: str, *, until: date | None = None) -> Schedule:
    """The schedule that is meant at this moment in that time zone. Raises BadInput for a time that has passed."""
    place = zone(zone_name)
    match when.said:
        case Every(repeat, at, start):
            schedule = _repeating(repeat, at, start, wall_of(now, place), zone_name, until)
        case said:
            if until is not None:
                raise BadInput("until= ends what repeats; this is once.")
            schedule = _once(said, now, place)
    if next(schedule.after(now), None) is None:
        raise BadInput("That is never again: it has passed, or until= comes before it.")
    return schedule


def last_day(words: str, now: datetime, zone_name: str) -> date:
    """The day that `until=` names. Raises BadInput."""
    return _date(read_day(words), wall_of(now, zone(zone_name)), None)


def spoken(moment: datetime, zone_name: str) -> str:
    """An occurrence in words which, typed, mean this very instant: `Thursday 26 November 2026 at 09:25`."""
    place = zone(zone_name)
    if comes_again(moment, place):
        return str(Exactly(moment))
    wall = wall_of(moment, place)
    day = f"{DAYS[wall.weekday()].capitalize()} {wall.day} {MONTHS[wall.month - 1].capitalize()} {wall.year}"
    return f"{day} at {clock(wall.time())}"


def _repeating(
    repeat: Repeat, at: time, start: date | None, here: datetime, zone_name: str, until: date | None
) -> Schedule:
    """The rule counts from the first day that fits it, from now on or from the day named."""
    earliest = datetime.combine(start, time()) if start else here + timedelta(microseconds=1)
    begin = datetime.combine(earliest.date(), at)
    first: datetime | None = _rule(repeat.each.rule, begin).after(earliest, inc=True)
    if first is None or first - here > FURTHEST:
        raise BadInput("That is too far ahead.")
    return Schedule(zone_name, first, repeat.rule, until)


def _rule(text: str, begin: datetime) -> rrule:
    from dateutil.rrule import rrulestr  # 3 MB, loaded with the first reminder

    made: rrule = rrulestr(text, dtstart=begin)
    return made


def _once(said: Ahead | Once | Exactly, now: datetime, place: ZoneInfo) -> Schedule:
    match said:
        case Exactly(moment):
            due = moment
        case Ahead(minutes, 0, _):
            due = _whole_minute(now + timedelta(minutes=minutes))
        case Ahead(_, days, at):
            here = wall_of(now, place)
            time_of_day = at or wall_of(_whole_minute(now), place).time()
            due = instant(datetime.combine(here.date() + timedelta(days=days), time_of_day), place)
        case Once(day, at):
            here = wall_of(now, place)
            due = instant(datetime.combine(_date(day, here, at), at), place)
    if due <= now:
        raise BadInput(f"{spoken(due, place.key)} has passed; name a later time.")
    if due - now > FURTHEST:
        raise BadInput("That is too far ahead.")
    return Schedule(place.key, wall_of(due, place), second=comes_again(due, place))


def _whole_minute(moment: datetime) -> datetime:
    """The next whole minute, so that never less than what was said goes by."""
    begun = moment.replace(second=0, microsecond=0)
    return begun if begun == moment else begun + MINUTE


def _date(day: Day, here: datetime, at: time | None) -> date:
    """Which date is meant, seen from this wall-clock moment; one whose time has passed today is not."""
    today = here.date()
    gone = at is not None and at <= here.time()
    if day.month_day is not None:
        return _month_day(day, today, gone=gone)
    if day.weekday is not None:
        ahead = (day.weekday - today.weekday()) % 7
        return today + timedelta(days=7 if ahead == 0 and gone else ahead)
    return today + timedelta(days=day.relative or 0)


def _month_day(day: Day, today: date, *, gone: bool) -> date:
    month, number = day.month_day or (1, 1)
    if day.year is not None:
        return date(day.year, month, number)
    for year in range(today.year, today.year + LEAP_YEARS + 1):
        try:
            found = date(year, month, number)
        except ValueError:
            continue
        if found > today or (found == today and not gone):
            break
    if day.weekday not in (None, found.weekday()):
        name = DAYS[found.weekday()].capitalize()
        raise BadInput(f"The next {number} {MONTHS[month - 1].capitalize()} is a {name} ({found.year}).")
    return found
