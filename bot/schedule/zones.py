"""Wall-clock times and instants of a time zone, also where the clocks change.

A time that the clocks skip becomes the next one that exists; of a time that comes twice, the first is meant
(design.md §6). Offsets are never kept: they are looked up anew each time.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.errors import BadInput

MINUTE = timedelta(minutes=1)


def zone(name: str) -> ZoneInfo:
    """The IANA time zone of that name. Raises BadInput for a name that no time zone has."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadInput(f"There is no time zone {name}; choose one in your Slack preferences.") from None


def wall_of(moment: datetime, place: ZoneInfo) -> datetime:
    """What the clocks on the wall show at this instant: naive."""
    return moment.astimezone(place).replace(tzinfo=None, fold=0)


def comes_again(moment: datetime, place: ZoneInfo) -> bool:
    """Whether it is the second of two instants at which the clocks show the same."""
    return bool(moment.astimezone(place).fold)


def instant(wall: datetime, place: ZoneInfo) -> datetime:
    """The instant, in UTC, of a naive wall-clock time."""
    while not _exists(wall, place):  # whole minutes: no time zone skips less
        wall += MINUTE
    return wall.replace(tzinfo=place, fold=0).astimezone(UTC)


def _exists(wall: datetime, place: ZoneInfo) -> bool:
    return wall_of(wall.replace(tzinfo=place, fold=0).astimezone(UTC), place) == wall
