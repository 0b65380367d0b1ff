"""The two ends of every decision, and the plain question: may this person do that?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.reply import Part, Text, User
from bot.rules import Level, Need, Permissions

USES_THE_BOT = Need("api", Level.ACCESS)  # every verb but help and whoami (interface.md §2)


@dataclass(frozen=True, slots=True)
class Allow:
    """Yes. `rule` names what decided."""

    rule: str


ASK = "; ask "  # what follows in a reason calls people who could help


@dataclass(frozen=True, slots=True)
class Deny:
    """No. `reason` is for the person: plain words first, then what it needs and whom to ask."""

    rule: str
    reason: Text
    missing: Need | None = None

    @property
    def sentence(self) -> str:
        """The reason as a plain sentence: for errors, logs and `policy explain`; people appear as their ids."""
        return "".join(part.user_id if isinstance(part, User) else str(part) for part in self.reason)


Decision = Allow | Deny


def judge(
    needs: Sequence[Need],
    permissions: Permissions,
    *,
    owner: bool = False,
    doing: str = "do that",
    ask: Sequence[str] = (),
    doubt: str = "",
) -> Decision:
    """Whether these permissions are enough for all needs.

    `owner`: the room's owner counts as monitoringMode READ_WRITE_ACCESS (the caller leaves it out for dial and ban).
    `doing` completes "You can't …"; `ask` are user ids who could help; `doubt` is why permissions may be incomplete.
    """
    missing = [need for need in needs if not permissions.allows(need) and not (owner and _owner_has(need))]
    if missing:
        return Deny(f"{missing[0].area} {missing[0].level}", _reason(missing, doing, ask, doubt), missing[0])
    as_owner = owner and any(not permissions.allows(need) for need in needs)
    decided_by = ", ".join(f"{need.area} {need.level}" for need in needs) or "open to everybody"
    return Allow(f"owner of the room: {decided_by}" if as_owner else decided_by)


def _owner_has(need: Need) -> bool:
    return need.area == "monitoringMode" and Level.READ_WRITE_ACCESS.covers(Level(need.level))


def _reason(missing: Sequence[Need], doing: str, ask: Sequence[str], doubt: str) -> Text:
    needed = " and ".join(str(need) for need in missing)
    parts: list[Part] = [f"You can't {doing} here. It needs {needed}"]
    for index, user_id in enumerate(ask):
        parts += [ASK if index == 0 else " or ", User(user_id)]
    parts.append(f". {doubt}" if doubt else ".")
    return tuple(parts)
