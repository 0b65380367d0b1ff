"""How a back end's roles are shown: the matrix of areas and roles, one role in full, what a change would change."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from bot.capabilities import RoleDocument
from bot.policy import areas_of
from bot.reply import Code, Line, Strong, Text, Verbatim, joined, text
from bot.rules import area_words

MOST_COLUMNS = 3  # roles side by side, so that a line of the matrix breaks on no usual screen
WIDEST = 24  # letters of a role's id over its column
LONGEST_LEVEL = 17
LEVELS = {"NO_ACCESS": "–", "ACCESS": "access", "READ_ACCESS": "read", "READ_WRITE_ACCESS": "read/write"}


def level_words(level: object) -> str:
    """`read/write`; a level that nobody here knows as it came."""
    return LEVELS.get(str(level), str(level))


def matrix(roles: Sequence[RoleDocument]) -> tuple[Line, ...]:
    """Areas down, roles across, a few roles at a time."""
    areas = areas_of(roles)
    starts = range(0, len(roles), MOST_COLUMNS)
    return tuple(Line((Verbatim(_table(areas, roles[start : start + MOST_COLUMNS])),)) for start in starts)


def _table(areas: Sequence[str], roles: Sequence[RoleDocument]) -> str:
    rows = [("Area", *(_cut(role.id, WIDEST) for role in roles))]
    for area in areas:
        levels = (level_words(role.levels[area]) if area in role.levels else "" for role in roles)
        rows.append((_cut(area_words(area), WIDEST), *(_cut(level, LONGEST_LEVEL) for level in levels)))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    padded = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() or " " for line in padded)


def _cut(words: str, limit: int) -> str:
    plain = " ".join("".join(one if one.isprintable() else " " for one in words).split())
    return plain if len(plain) <= limit else plain[: limit - 1] + "…"


def named(role: RoleDocument) -> Text:
    """Its display name, and its id where that is another."""
    if role.display_name == role.id:
        return (Strong(role.id),)
    return text(Strong(role.display_name), " ", Code(role.id))


def holdings(role: RoleDocument) -> Text:
    """All that it holds: `API access, Monitoring Mode read`."""
    held = [f"{area_words(area)} {level_words(level)}" for area, level in role.levels.items() if level != "NO_ACCESS"]
    return (", ".join(held) or "nothing",)


def difference(before: RoleDocument, after: RoleDocument) -> Text:
    """Area by area what is other than before."""
    parts: list[Text] = []
    if before.display_name != after.display_name:
        parts.append(text("display name ", Strong(before.display_name), " → ", Strong(after.display_name)))
    for area, level in after.levels.items():
        if before.levels.get(area) != level:
            was = level_words(before.levels.get(area, "NO_ACCESS"))
            parts.append((f"{area_words(area)} {was} → {level_words(level)}",))
    return joined(", ", parts)


@dataclass(frozen=True, slots=True)
class Change:
    """What would be done: without `before` a role is added, without `after` it is removed."""

    before: RoleDocument | None
    after: RoleDocument | None
    note: str = ""

    @property
    def role(self) -> RoleDocument:
        """The one it is about."""
        found = self.after or self.before
        if found is None:
            raise RuntimeError("a change is about a role")
        return found

    @property
    def digest(self) -> str:
        """The same for the same change to the same role."""
        stands = [asdict(role) if role else None for role in (self.before, self.after)]
        return hashlib.sha256(json.dumps(stands, sort_keys=True).encode()).hexdigest()[:12]


def described(change: Change) -> Text:
    """What a change does, for an approval card."""
    if change.after is None:
        return text("remove the role ", *named(change.role), ", which holds ", *holdings(change.role), ".")
    if change.before is None:
        return text("add the role ", *named(change.role), ", which holds ", *holdings(change.role), ".")
    return text("change the role ", *named(change.before), ": ", *difference(change.before, change.after), ".")
