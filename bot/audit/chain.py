"""One row of the audit, and how it is chained to the one before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

START = "0" * 64  # what the first row is chained to
_TEXTS = ("actor", "action", "outcome", "room", "backend", "reason", "request_id", "correlation")
_HASHED = (*_TEXTS, "seq", "at", "approvers", "facts", "previous")


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be recorded. No secrets: numbers masked, digests in place of tokens."""

    actor: str  # str(Person), or the name of a part of the bot
    action: str  # the verb
    outcome: str
    room: str = ""  # its title
    backend: str = ""
    reason: str = ""
    request_id: str = ""
    approvers: tuple[str, ...] = ()  # str(Person) each
    correlation: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row(Entry):
    """What was recorded."""

    seq: int = 0  # 1, 2, 3, … without gaps
    at: datetime = datetime.min.replace(tzinfo=UTC)
    previous: str = START
    hash: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain."""

    seq: int = 0
    hash: str = START


def moment_text(at: datetime) -> str:
    """A moment as it is hashed and compared: UTC, always with microseconds."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def chained(head: Head, entries: list[tuple[datetime, Entry]]) -> tuple[list[dict[str, Any]], Head]:
    """The table rows for these entries, behind that head; and the new head."""
    rows = []
    for at, entry in entries:
        row: dict[str, Any] = {name: getattr(entry, name).replace("\0", "\ufffd") for name in _TEXTS}
        row |= {"seq": head.seq + 1, "at": moment_text(at), "previous": head.hash}
        row |= {"approvers": _json(list(entry.approvers)), "facts": _json(dict(entry.facts))}
        row |= {"hash": row_hash(row), "room_key": row["room"].casefold()}
        rows.append(row)
        head = Head(row["seq"], row["hash"])
    return rows, head


def row_hash(row: Mapping[str, Any]) -> str:
    """The hash of one table row, which covers the hash before it."""
    return hashlib.sha256(_json({name: row[name] for name in _HASHED}).encode()).hexdigest()


def read_row(row: Mapping[str, Any]) -> Row:
    """One table row as a value."""
    values = {name: row[name] for name in _HASHED} | {"hash": row["hash"]}
    values |= {"at": datetime.fromisoformat(row["at"]), "facts": json.loads(row["facts"])}
    return Row(**values | {"approvers": tuple(json.loads(row["approvers"]))})


def _json(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
