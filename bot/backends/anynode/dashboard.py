"""The dashboard in a few words: nodes, calls, what is about to expire (backends/anynode.md §4, anynode 4.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.errors import BackendError
from bot.rest import Answer, plain

MOST_NAMED = 3
LONGEST_NAME = 40
SOON = 30  # days until a certificate ends


def facts_in(answer: Answer) -> dict[str, str]:
    """What `status` says. What the exchange does not tell is left out. Raises BackendError for anything else."""
    found = answer.json()
    if not isinstance(found, dict) or "sipNodes" not in found:
        raise BackendError(f"{answer.backend} answered without its nodes.")
    nodes = [one for one in _objects(found.get("sipNodes")) if one.get("enabled") is not False]
    facts = {"nodes": _nodes(nodes), "calls": _calls(nodes), "certificates": _certificates(found)}
    return {name: words for name, words in facts.items() if words}


def _objects(found: object) -> list[Mapping[str, Any]]:
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _nodes(nodes: Sequence[Mapping[str, Any]]) -> str:
    down = [plain(str(one.get("displayName", "")), LONGEST_NAME) for one in nodes if one.get("operational") is not True]
    named = ", ".join(filter(None, down[:MOST_NAMED]))
    more = f" and {len(down) - MOST_NAMED} more" if len(down) > MOST_NAMED else ""
    said = f" (down: {named}{more})" if named else ""
    return f"{len(nodes) - len(down)} of {len(nodes)} up{said}"


def _calls(nodes: Sequence[Mapping[str, Any]]) -> str:
    """Calls in both directions, where every node tells its own."""
    sessions = [one.get("sessions") for one in nodes]
    counts = [[_count(one, key) for key in ("incomingCalls", "outgoingCalls")] for one in sessions]
    if not counts or any(number is None for pair in counts for number in pair):
        return ""
    incoming, outgoing = (sum(number or 0 for number in column) for column in zip(*counts, strict=True))
    return f"{incoming} incoming, {outgoing} outgoing"


def _count(sessions: object, key: str) -> int | None:
    number = sessions.get(key) if isinstance(sessions, dict) else None
    return number if isinstance(number, int) and not isinstance(number, bool) else None


def _certificates(found: Mapping[str, Any]) -> str:
    days = [_count(one, "expiresInDays") for one in _objects(found.get("certificates"))]
    soon = sum(1 for left in days if left is not None and left < SOON)
    return f"{soon} ending within {SOON} days" if soon else ""
