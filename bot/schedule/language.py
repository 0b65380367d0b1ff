"""The words of one language for days, numbers and rules, and the patterns made of them.

A pattern is matched against all the words that are left, never a part of them. `<list>` and the like stand for
the language's own words; each gives a group of that name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property

from bot.schedule.repeat import Repeat, Unit

Found = Mapping[str, str | None]
Build = Callable[["Language", Found], Repeat]


@dataclass(frozen=True, eq=False)
class Language:
    """All words are lower case and without accents."""

    weekdays: dict[str, int]
    plurals: dict[str, int]  # `mondays`: every one of them
    months: Mapping[str, int]
    numbers: Mapping[str, int]
    ordinals: Mapping[str, int]
    relatives: Mapping[str, int]  # today, tomorrow: days from today
    at: str
    noon: str
    begins: str  # before the day from which a rule counts
    between: str  # in a list of weekdays
    through: str  # between the first and the last of several weekdays
    spans: tuple[str, ...]  # `in …`: groups hours, minutes
    days_ahead: str  # `in … days`: groups count, weeks
    dates: tuple[str, ...]
    weekday_alone: str
    rules: tuple[tuple[str, Build], ...]
    refusals: tuple[tuple[str, str], ...]  # what is read in two ways, and what to say instead
    parts: Mapping[str, str] = field(default_factory=dict)  # further `<name>`s, of this language alone

    @cached_property
    def words(self) -> Mapping[str, str]:
        """The `<name>`s."""
        number = rf"[0-9]{{1,4}}|{_any(self.numbers)}"
        return {
            "list": self._list(_any(self.weekdays)),
            "plurals": self._list(_any(self.plurals)),
            "weekday": rf"(?P<weekday>{_any(self.weekdays)})",
            "month": rf"(?P<month>{_any(self.months)})",
            "nth": rf"(?P<nth>{_any(self.ordinals)})",
            "n": rf"(?P<n>{number})",
            "hours": rf"(?P<hours>{number})",
            "minutes": rf"(?P<minutes>{number})",
            "day": r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th|er)?",
            "year": r"(?P<year>[0-9]{4})",
            **self.parts,
        }

    def _list(self, name: str) -> str:
        return rf"(?P<list>(?:{name})(?:(?:{self.between}|{self.through})(?:{name}))*)"

    def pattern(self, text: str) -> re.Pattern[str]:
        """The text with its `<name>`s filled in, for a full match."""
        return _compiled(self, text)

    def filled(self, text: str) -> str:
        """The pattern's text."""
        filled = re.sub(r"(?<!\?P)<([a-z_]+)>", lambda found: self.words[found[1]], text)
        return filled if filled == text else self.filled(filled)

    @cached_property
    def compiled(self) -> tuple[tuple[re.Pattern[str], Build], ...]:
        """The rules, ready to match."""
        return tuple((self.pattern(text), build) for text, build in self.rules)

    def number(self, word: str) -> int:
        """Of digits or a word."""
        return int(word) if word.isdigit() else self.numbers[word]

    def several(self, words: str) -> tuple[int, ...]:
        """The weekdays of a list, Monday first."""
        days: set[int] = set()
        for part in re.split(self.between, words):
            ends = [(self.weekdays | self.plurals)[name] for name in re.split(self.through, part)]
            first, last = ends[0], ends[-1]
            days.update((first + step) % 7 for step in range((last - first) % 7 + 1))
        return tuple(sorted(days))

    def interval(self, found: Found) -> int:
        """`every 2`, `every other`; 1 where nothing is said."""
        if found.get("other"):
            return 2
        number = found.get("n")
        return self.number(number) if number else 1


def daily(language: Language, found: Found) -> Repeat:
    """Every so many days."""
    return Repeat(Unit.DAY, language.interval(found))


def weekly(language: Language, found: Found) -> Repeat:
    """On weekdays of every so manieth week."""
    return Repeat(Unit.WEEK, language.interval(found), language.several(found["list"] or ""))


def working_days(language: Language, found: Found) -> Repeat:
    """Monday to Friday."""
    return Repeat(Unit.WEEK, 1, (0, 1, 2, 3, 4))


def monthly(language: Language, found: Found) -> Repeat:
    """On a day of the month, or on the first, …, last of a weekday in it."""
    interval = language.interval(found)
    if nth := found.get("nth"):
        weekday = language.weekdays[found["weekday"] or ""]
        return Repeat(Unit.MONTH, interval, nth=(language.ordinals[nth], weekday))
    day = found.get("day")
    return Repeat(Unit.MONTH, interval, day=int(day) if day else -1)


def yearly(language: Language, found: Found) -> Repeat:
    """On a date without year."""
    month = language.months[found["month"] or ""]
    return Repeat(Unit.YEAR, language.interval(found), day=int(found["day"] or 0), month=month)


@cache
def _compiled(language: Language, text: str) -> re.Pattern[str]:
    return re.compile(language.filled(text))


def _any(words: Mapping[str, int]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
