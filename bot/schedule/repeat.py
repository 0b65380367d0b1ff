"""How something repeats: a small part of RFC 5545's recurrence rules, and the words for it.

Every rule here can be typed; what cannot be typed (every hour, the fifth friday) is not a rule.
"""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = tuple(name.lower() for name in calendar.month_name)[1:]
ORDINALS = {1: "first", 2: "second", 3: "third", 4: "fourth", -1: "last"}
WEEKDAYS = (0, 1, 2, 3, 4)
_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class Unit(StrEnum):
    """The word after `every`. The names are RFC 5545's."""

    DAY = "DAILY"
    WEEK = "WEEKLY"
    MONTH = "MONTHLY"
    YEAR = "YEARLY"


_NAMES = {Unit.DAY: "day", Unit.WEEK: "week", Unit.MONTH: "month", Unit.YEAR: "year"}


@dataclass(frozen=True, slots=True)
class Repeat:
    """One rule. Weekdays count from Monday = 0; `day` -1 is the month's last."""

    unit: Unit
    interval: int = 1
    weekdays: tuple[int, ...] = ()  # of a week
    day: int | None = None  # of a month or year
    nth: tuple[int, int] | None = None  # of a month: (which, weekday)
    month: int | None = None  # of a year

    @classmethod
    def parse(cls, rule: str) -> Repeat:
        """Read back what `rule` wrote."""
        parts = dict(part.split("=") for part in rule.split(";"))
        days = parts.get("BYDAY", "").split(",") if "BYDAY" in parts else []
        nth = None
        if days and len(days[0]) > 2:
            nth, days = (int(days[0][:-2]), _CODES.index(days[0][-2:])), []
        return cls(
            Unit(parts["FREQ"]),
            int(parts.get("INTERVAL", "1")),
            tuple(_CODES.index(day) for day in days),
            int(parts["BYMONTHDAY"]) if "BYMONTHDAY" in parts else None,
            nth,
            int(parts["BYMONTH"]) if "BYMONTH" in parts else None,
        )

    @property
    def rule(self) -> str:
        """As RFC 5545 writes it, without start and end."""
        parts = [f"FREQ={self.unit.value}"]
        if self.interval > 1:
            parts.append(f"INTERVAL={self.interval}")
        if self.month is not None:
            parts.append(f"BYMONTH={self.month}")
        if self.day is not None:
            parts.append(f"BYMONTHDAY={self.day}")
        if self.nth is not None:
            parts.append(f"BYDAY={self.nth[0]}{_CODES[self.nth[1]]}")
        if self.weekdays:
            parts.append(f"BYDAY={','.join(_CODES[day] for day in self.weekdays)}")
        return ";".join(parts)

    @property
    def each(self) -> Repeat:
        """The same without leaving any out: what the first occurrence is looked for by."""
        return Repeat(self.unit, 1, self.weekdays, self.day, self.nth, self.month)

    @property
    def gaps(self) -> str:
        """What it leaves out although one may expect it; empty for nothing."""
        if self.unit is Unit.YEAR and (self.month, self.day) == (2, 29):
            return "Years without a 29 February are left out."
        if self.unit is Unit.MONTH and self.day is not None and self.day > 28:
            return f"Months without a {ordinal(self.day)} are left out; “the last day” is in every month."
        return ""

    def __str__(self) -> str:
        """As it is typed: `every 2 weeks on tuesday and thursday`."""
        name = _NAMES[self.unit]
        every = f"every {name}" if self.interval == 1 else f"every {self.interval} {name}s"
        if self.unit is Unit.WEEK:
            if self.interval > 1:
                return f"{every} on {listed([DAYS[day] for day in self.weekdays])}"
            return "every weekday" if self.weekdays == WEEKDAYS else f"every {listed([DAYS[d] for d in self.weekdays])}"
        if self.unit is Unit.MONTH:
            return f"{every} on the {self._day_of_month()}"
        if self.unit is Unit.YEAR:
            return f"{every} on {self.day} {MONTHS[(self.month or 1) - 1]}"
        return every

    def _day_of_month(self) -> str:
        if self.nth is not None:
            return f"{ORDINALS[self.nth[0]]} {DAYS[self.nth[1]]}"
        return "last day" if self.day == -1 else ordinal(self.day or 1)


def ordinal(number: int) -> str:
    """`31st`."""
    ending = "th" if 10 < number % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def listed(names: Sequence[str]) -> str:
    """`monday, wednesday and friday`."""
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
