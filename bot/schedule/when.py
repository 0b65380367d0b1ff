"""From words to a time, wholly or not at all (design.md §6): English and French, and what a date-time picker gives."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from bot.errors import BadInput
from bot.schedule.english import ENGLISH
from bot.schedule.french import FRENCH
from bot.schedule.language import Found, Language
from bot.schedule.repeat import DAYS, Repeat, Unit
from bot.schedule.said import Ahead, Day, Every, Exactly, Once, Said

LANGUAGES = (ENGLISH, FRENCH)
LONGEST = 200  # characters
MOST_MINUTES = 24 * 60
MOST_DAYS = 3660
MOST_INTERVAL = 99
LONGEST_MONTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
EXAMPLES = "tomorrow 9:00, in 20 minutes, every weekday at 9:25, every 2 weeks on tue at 10:00"

_EXACT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})t([0-9]{2}:[0-9]{2})(?::[0-9]{2})?(z|[+-][0-9]{2}:[0-9]{2})")
_ISO = re.compile(r"(?:on |le )?([0-9]{4}-[0-9]{2}-[0-9]{2})")
_NUMERIC = re.compile(r"(?:on |le )?[0-9]{1,2}[./][0-9]{1,2}(?:[./][0-9]{2,4})?\b.*")
_HOUR = (
    r"(?P<hour>[0-9]{1,2})(?:(?::| ?h(?:eures?)? ?)(?P<minute>[0-9]{2})|(?P<h> ?h(?:eures?)?))?"
    r"(?: ?(?P<half>am|pm))?"
)
_SIGNS = str.maketrans({"’": "'", "‘": "'", "–": "-", "—": "-", "‐": "-"})


@dataclass(frozen=True, slots=True)
class When:
    """A time as typed: reading back `str()` gives an equal one."""

    said: Said

    @classmethod
    def parse(cls, words: str) -> When:
        """Understand the words wholly. Raises BadInput, with what to say instead, for anything that is not."""
        plain = _plain(words)
        if len(plain) > LONGEST:
            raise BadInput("That is too long for a time.")
        if exact := _EXACT.fullmatch(plain):
            return cls(_exactly(*exact.groups()))
        read = list(dict.fromkeys(one for language in LANGUAGES for one in _readings(language, plain)))
        if len(read) == 1:
            return cls(read[0])
        raise BadInput(_why_not(words.strip(), plain, several=len(read) > 1))

    @classmethod
    def exactly(cls, moment: datetime) -> When:
        """This instant, to the minute."""
        return cls(Exactly(moment))

    @property
    def moment(self) -> datetime | None:
        """The instant, where it was given as one."""
        return self.said.moment if isinstance(self.said, Exactly) else None

    @property
    def repeats(self) -> bool:
        """Whether it is more than one time."""
        return isinstance(self.said, Every)

    def __str__(self) -> str:
        return str(self.said)


def read_day(words: str) -> Day:
    """A day without a time: `31 december`, `2026-12-31`, `tomorrow`, `friday`. Raises BadInput."""
    plain = _plain(words)
    for language in LANGUAGES:
        if day := _day(language, plain):
            return day
    raise BadInput(f"I don't understand “{words.strip()}” as a day. Try 31 december or 2026-12-31.")


def _plain(words: str) -> str:
    """Lower case, single spaces, without accents and typographic signs."""
    decomposed = unicodedata.normalize("NFKD", words.translate(_SIGNS)).casefold()
    return " ".join("".join(char for char in decomposed if not unicodedata.combining(char)).split())


def _exactly(day: str, at: str, offset: str | None) -> Exactly:
    try:
        return Exactly(datetime.fromisoformat(f"{day}T{at}{(offset or 'z').upper()}").astimezone(UTC))
    except (ValueError, OverflowError):
        raise BadInput("There is no such date and time.") from None


def _readings(language: Language, words: str) -> Iterator[Said]:
    if ahead := _span(language, words):
        yield ahead
    if days := _days_ahead(language, words, None):
        yield days
    starting = re.fullmatch(rf"(?P<rest>.+?),? {language.begins} (?P<start>.+)", words)
    start = _start(language, starting["start"]) if starting else None
    for body, at in _split(language, starting["rest"] if starting and start else words):
        if start is None and (days := _days_ahead(language, body, at)):
            yield days
        if start is None and (not body or (day := _day(language, body))):
            yield Once(day if body and day else Day(), at)
        if body and (repeat := _repeat(language, body)):
            yield Every(repeat, at, start)


def _split(language: Language, words: str) -> Iterator[tuple[str, time]]:
    """The words without their time of day, which stands first or last."""
    of_day = rf"(?:(?P<at>{language.at}) )?(?:(?P<noon>{language.noon})|{_HOUR})"
    for shape in (of_day, rf"(?P<body>.+?),? {of_day}", rf"{of_day},? (?P<body>.+)"):
        found = re.fullmatch(shape, words)
        at = _time(found.groupdict()) if found else None
        if found and at is not None:
            yield found.groupdict().get("body") or "", at


def _time(found: Found) -> time | None:
    """None for what is no time of day, such as 25:00, and for a bare number without `at`."""
    if found["noon"]:
        return time(12)
    hour, minute, half = int(found["hour"] or 0), int(found["minute"] or 0), found["half"]
    if not (found["minute"] or found["h"] or half or found["at"]) or (found["h"] and half):
        return None
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "pm" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _span(language: Language, words: str) -> Ahead | None:
    for text in language.spans:
        found = language.pattern(text).fullmatch(words)
        if found is None:
            continue
        said = found.groupdict()
        if said.get("half") or said.get("quarter"):
            return Ahead(minutes=30 if said.get("half") else 15)
        hours, minutes = (language.number(said.get(name) or "0") for name in ("hours", "minutes"))
        total = hours * 60 + minutes
        return Ahead(minutes=total) if 0 < total <= MOST_MINUTES and (not hours or minutes < 60) else None
    return None


def _days_ahead(language: Language, words: str, at: time | None) -> Ahead | None:
    found = language.pattern(language.days_ahead).fullmatch(words)
    if found is None:
        return None
    days = language.number(found["n"]) * (7 if found["weeks"] else 1)
    return Ahead(days=days, at=at) if 0 < days <= MOST_DAYS else None


def _day(language: Language, words: str) -> Day | None:
    if words in language.relatives:
        return Day(relative=language.relatives[words])
    if found := language.pattern(language.weekday_alone).fullmatch(words):
        return Day(weekday=language.weekdays[found["weekday"]])
    if iso := _ISO.fullmatch(words):
        return _dated(None, iso[1])
    for text in language.dates:
        if found := language.pattern(text).fullmatch(words):
            month, day = language.months[found["month"]], int(found["day"])
            if not 1 <= day <= LONGEST_MONTHS[month - 1]:
                return None
            weekday = language.weekdays[found["weekday"]] if found["weekday"] else None
            if found["year"]:
                return _dated(weekday, f"{found['year']}-{month:02}-{day:02}")
            return Day(weekday=weekday, month_day=(month, day))
    return None


def _dated(weekday: int | None, iso: str) -> Day | None:
    try:
        exact = date.fromisoformat(iso)
    except ValueError:
        return None
    if weekday not in (None, exact.weekday()):
        raise BadInput(f"{iso} is a {DAYS[exact.weekday()].capitalize()}; leave the weekday out or name another date.")
    return Day(month_day=(exact.month, exact.day), year=exact.year)


def _start(language: Language, words: str) -> date | None:
    """The day after `from`: with its year, so that it means the same tomorrow."""
    day = _day(language, words)
    return date(day.year, *day.month_day) if day and day.year and day.month_day else None


def _repeat(language: Language, words: str) -> Repeat | None:
    for pattern, build in language.compiled:
        if found := pattern.fullmatch(words):
            repeat = build(language, found.groupdict())
            return repeat if _possible(repeat) else None
    return None


def _possible(repeat: Repeat) -> bool:
    last = LONGEST_MONTHS[repeat.month - 1] if repeat.month else 31
    leap = repeat.unit is not Unit.YEAR or (repeat.month, repeat.day) != (2, 29) or repeat.interval == 1
    return 1 <= repeat.interval <= MOST_INTERVAL and (repeat.day is None or -1 <= repeat.day <= last != 0) and leap


def _why_not(words: str, plain: str, *, several: bool) -> str:
    if several:
        return f"“{words}” can be understood in two ways. Try {EXAMPLES}."
    for language in LANGUAGES:
        for text, instead in language.refusals:
            if language.pattern(text).fullmatch(plain):
                return instead
    if _NUMERIC.fullmatch(plain):
        return "A date in figures is read in two ways: say 12 january, or 2026-01-12."
    if any(_day(language, plain) or _repeat(language, plain) for language in LANGUAGES):
        return f"Say at what time too: {words} at 9:00."
    return f"I don't understand “{words}” as a time. Try {EXAMPLES}."
