"""Checks the chain and exports it; works on a database that was opened for reading alone."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypedDict, Unpack

from sqlalchemy import BigInteger, ColumnElement, Select, literal, or_, select

from bot.audit.chain import Head, moment_text, row_hash
from bot.store.database import Database, Tx
from bot.store.tables import audit

_CHUNK = 1000
_LINE_END = "\r\n"  # the writer quotes a cell only for characters that end its lines
_COLUMNS = (
    *("seq", "at", "actor", "action", "room", "backend", "outcome", "reason", "request_id", "approvers"),
    *("correlation", "facts", "previous", "hash"),
)


@dataclass(frozen=True, slots=True)
class Verification:
    """What a check found. `head` is the hash of the last good row: kept elsewhere, it proves that none was cut off."""

    rows: int  # good ones, from the beginning
    head: str
    broken_at: int | None = None  # the first row that does not fit
    why: str = ""


class Filters(TypedDict, total=False):
    """Which rows: since then, about that room (a title, or a handle alone; any case), of that actor, verb, outcome.

    `actor` is the whole identity or the Slack user id alone; `verb` takes in the decisions on it (`approve dial`).
    """

    since: datetime | None
    room: str | None
    actor: str | None
    verb: str | None
    outcome: str | None


async def verify(db: Database) -> Verification:
    """Follow the chain from its beginning to its end, or to the first row that does not fit."""
    head = Head()
    async with db.read() as tx:
        async for row in _rows(tx, select(audit)):
            why = _misfit(row, head)
            if why:
                return Verification(head.seq, head.hash, broken_at=row["seq"], why=why)
            head = Head(row["seq"], row["hash"])
    return Verification(head.seq, head.hash)


async def export(
    db: Database,
    form: Literal["jsonl", "csv"],
    **only: Unpack[Filters],
) -> AsyncIterator[str]:
    """The rows, oldest first, as lines without their ends; CSV begins with its column names."""
    line = _csv_line if form == "csv" else _json_line
    if form == "csv":
        yield _csv_line({name: name for name in _COLUMNS})
    async with db.read() as tx:
        async for row in _rows(tx, matching(select(audit), **only)):
            yield line(row)


def matching(wanted: Select[Any], **only: Unpack[Filters]) -> Select[Any]:
    """The same question about these rows alone."""
    since, room, actor = only.get("since"), only.get("room"), only.get("actor")
    if since is not None:
        wanted = wanted.where(audit.c.at >= moment_text(since))
    if room is not None:
        wanted = wanted.where(_about(room.casefold()))
    if actor is not None:
        wanted = wanted.where(or_(audit.c.actor == actor, audit.c.actor.endswith(f"/{actor}", autoescape=True)))
    if (verb := only.get("verb")) is not None:
        wanted = wanted.where(or_(audit.c.action == verb, audit.c.action.endswith(f" {verb}", autoescape=True)))
    if (outcome := only.get("outcome")) is not None:
        wanted = wanted.where(audit.c.outcome == outcome)
    return wanted


def _about(key: str) -> ColumnElement[bool]:
    """The room's key is this one, or ends with this handle, or this stands among those of several rooms."""
    several = literal(", ").concat(audit.c.room_key).concat(",")
    return or_(
        audit.c.room_key == key,
        audit.c.room_key.endswith(f"/{key}", autoescape=True),
        several.contains(f", {key},", autoescape=True),
        several.contains(f"/{key},", autoescape=True),
    )


def _misfit(row: Mapping[str, Any], head: Head) -> str:
    if row["seq"] != head.seq + 1:
        return f"rows are missing before it: {head.seq + 1} was expected"
    if row["previous"] != head.hash:
        return "it does not follow the row before it"
    if row["hash"] != row_hash(row):
        return "its content was changed"
    return "" if row["room_key"] == row["room"].casefold() else "the key by which it is found was changed"


async def _rows(tx: Tx, wanted: Select[Any]) -> AsyncIterator[Mapping[str, Any]]:
    """In chunks, so that the whole audit never stands in memory."""
    last = -1 << 62  # below every row, also one that somebody put before the first
    while True:
        chunk = await tx.execute(
            wanted.where(audit.c.seq > literal(last, BigInteger)).order_by(audit.c.seq).limit(_CHUNK)
        )
        rows = chunk.mappings().all()
        for row in rows:
            yield dict(row)
        if len(rows) < _CHUNK:
            return
        last = rows[-1]["seq"]


def _json_line(row: Mapping[str, Any]) -> str:
    values = {name: row[name] for name in _COLUMNS}
    values |= {"approvers": json.loads(row["approvers"]), "facts": json.loads(row["facts"])}
    return json.dumps(values, ensure_ascii=False)


def _csv_line(row: Mapping[str, Any]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator=_LINE_END).writerow(_defused(str(row[name])) for name in _COLUMNS)
    return line.getvalue().removesuffix(_LINE_END)


def _defused(cell: str) -> str:
    """Spreadsheets run a cell that begins like a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
