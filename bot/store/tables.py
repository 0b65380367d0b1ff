"""All tables. A change here goes with a migration (bot/store/migrations)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import TypeEngine

from bot.model import Person


class Moment(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC. A naive datetime is a bug."""
        if value is not None and value.tzinfo is None:
            raise ValueError("a moment without time zone")
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From what the driver gives: SQLite keeps no zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Who(TypeDecorator[Person]):
    """A Slack identity, kept as `str(person)`."""

    impl = String(120)
    cache_ok = True

    def process_bind_param(self, value: Person | None, dialect: Dialect) -> str | None:
        """To text."""
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Person | None:
        """From text."""
        return None if value is None else Person.parse(value)


tables = MetaData()
Kind = TypeEngine[Any] | type[TypeEngine[Any]]


def _table(name: str, *parts: SchemaItem) -> Table:
    return Table(name, tables, *parts)


def _key(name: str, kind: Kind = String) -> Column[Any]:
    return Column(name, kind, primary_key=True)


def _must(name: str, kind: Kind = String, unique: bool = False) -> Column[Any]:
    return Column(name, kind, nullable=False, unique=unique or None)


def _may(name: str, kind: Kind = String) -> Column[Any]:
    return Column(name, kind, nullable=True)


def _of_room(make: Callable[..., Column[Any]] = _key) -> Column[Any]:
    return Column(
        "room_id", String, ForeignKey("rooms.id", ondelete="CASCADE"), primary_key=make is _key, nullable=False
    )


rooms = _table(
    "rooms",
    _key("id"),
    _must("backend"),
    _must("handle"),
    _must("handle_key"),  # compared without case
    _must("vendor_id"),
    _must("vendor_name"),
    _must("kind"),
    _may("owner", Who),
    _must("created_at", Moment),
    _must("locked", Boolean),
    _must("settings", JSON),
    UniqueConstraint("backend", "handle_key", name="rooms_handle"),
    UniqueConstraint("backend", "vendor_id", name="rooms_vendor"),
)
audience_people = _table("audience_people", _of_room(), _key("person", Who), _must("host", Boolean))
audience_channels = _table("audience_channels", _of_room(), _key("channel_id"), _must("shared_at", Moment))
blocks = _table(
    "blocks",
    _of_room(),
    _key("user_id"),  # the vendor user id of bot/store/people.py
    _may("until", Moment),
    _may("meeting_id"),
    _must("blocked_by", Who),
    _must("why"),
    _must("at", Moment),
)
cards = _table("cards", _key("channel_id"), _key("ts"), _of_room(_must), _may("thread_ts"))
links = _table(
    "links",
    _key("id"),
    _of_room(_must),
    _may("person", Who),
    _must("user_id"),
    _must("name"),
    _may("claims"),
    _may("expires_at", Moment),
    _must("minted_at", Moment),
    Index("links_live", "room_id", "user_id"),
    Index("links_expiry", "expires_at"),
)
people = _table(
    "people",
    _key("user_id"),
    Column("person", Who, unique=True),  # null: an outsider
    _must("name"),
    Column("name_key", String, unique=True),  # of outsiders, compared without case
)
requests = _table(
    "requests",
    _key("id"),
    _must("key", unique=True),  # one per click or typed command: what is sent twice is one request
    _must("line"),
    _must("digest"),
    _must("verb"),
    _must("backend"),
    _must("requester", Who),
    _may("channel_id"),
    _may("card_channel_id"),
    _may("room_id"),
    _must("room"),
    _may("meeting_id"),
    _may("meeting_was", Boolean),
    _must("says", JSON),
    _must("approvals_needed", Integer),
    _must("approver_needs", JSON),
    _must("notify", JSON),
    _must("reason"),
    _must("repeatable", Boolean),
    _must("asked_at", Moment),
    _may("expires_at", Moment),
    _must("state"),
    _must("version", Integer),
    _may("outcome"),
    _must("answer", JSON),
    _may("ended_at", Moment),
    _may("thread_ts"),  # of the command, in its channel
    _may("replica", Integer),  # where several processes share the database: which one carries it out at once
    Index("requests_state", "state", "asked_at"),
    Index("requests_requester", "requester", "asked_at"),
)
decisions = _table(
    "decisions",
    _key("key"),  # of the click
    Column("request_id", String, ForeignKey("requests.id", ondelete="CASCADE"), nullable=False, index=True),
    _must("approver", Who),
    _must("verdict"),  # approve | deny
    _must("at", Moment),
    _may("counted", Boolean),  # null: not weighed yet
)
effects = _table(
    "effects",
    _key("request_id"),
    _key("name"),
    Column("at", Moment, nullable=False, index=True),
    _may("result"),  # JSON text; null: sent, and no answer is known
)
outbox = _table("outbox", _key("key"), _must("channel_id"), _must("ts"))
homes = _table("homes", _key("person", Who), _must("opened_at", Moment))
meetings = _table(
    "meetings",
    _key("backend"),
    _key("vendor_id"),
    _key("id"),
    _must("first_at", Moment),
    _must("last_at", Moment),
    _may("started_at", Moment),
    _may("ended_at", Moment),
)
participants = _table(
    "participants",
    _key("backend"),
    _key("vendor_id"),
    _key("meeting_id"),
    _key("id"),
    _may("joined_at", Moment),
    _may("left_at", Moment),
    _must("kicked", Boolean),
    _must("facts", JSON),
)
_TODO = text("state = 'todo'")
jobs = _table(
    "jobs",
    Column("id", Integer, primary_key=True, autoincrement=True),
    _must("name"),
    _must("key"),
    _must("payload", JSON),
    _must("due_at", Moment),
    _must("state"),  # todo | doing | parked
    _must("failures", Integer),
    _must("error"),  # the kind of the last failure, never its text
    Index("jobs_waiting", "name", "key", unique=True, sqlite_where=_TODO, postgresql_where=_TODO),
    Index("jobs_due", "state", "due_at"),
)
audit = _table(
    "audit",
    Column("seq", Integer, primary_key=True, autoincrement=False),
    _must("at"),  # ISO 8601 in UTC, as it was hashed
    _must("actor"),
    _must("action"),
    _must("room"),
    _must("backend"),
    _must("outcome"),
    _must("reason"),
    _must("request_id"),
    _must("approvers"),  # JSON text, as it was hashed
    _must("correlation"),
    _must("facts"),  # JSON text, as it was hashed
    _must("previous"),
    _must("hash"),
    _must("room_key"),  # the room, compared without case; not part of the hash
    Index("audit_at", "at"),
    Index("audit_room", "room_key", "at"),
    Index("audit_actor", "actor", "at"),
)
changes = _table(  # what other processes have to read again (bot/store/changes.py)
    "changes",
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    _must("kind"),
    _must("key"),
)
seen = _table(  # what has come in before, where several processes take turns (bot/store/seen.py)
    "seen",
    _key("key"),
    Column("at", Moment, nullable=False, index=True),
)
reminders = _table(
    "reminders",
    _key("id"),
    _must("key", unique=True),  # of the click or command that made it: what is sent twice is one reminder
    _must("owner", Who),
    _must("kind"),  # reminder | snooze
    _must("room_id"),  # no foreign key: a reminder whose room was deleted is ended, and its owner told
    _must("room"),
    _must("channel_id"),  # C…, G…; U… for somebody's direct messages
    _may("origin"),  # of a snooze: the channel in which it was put off
    _must("zone"),  # IANA
    _must("starts_at"),  # naive wall-clock time of the first occurrence, ISO 8601
    _must("rule"),  # RFC 5545 without start and end; empty: once
    _must("second", Boolean),  # of the two instants at which the clocks show `starts_at`, the later
    _may("until"),  # ISO date
    _must("note"),
    _must("lead", Integer),  # seconds before the occurrence at which it is posted
    _must("replace", Boolean),
    _must("state"),  # active | paused | ended
    _must("why", JSON),  # why it is paused or ended
    _must("owner_told", Boolean),  # of that
    _must("version", Integer),
    _must("created_at", Moment),
    _may("next_at", Moment),  # when the next occurrence that is not planned yet is to be posted
    Index("reminders_next", "state", "next_at"),
    Index("reminders_owner", "owner", "state"),
)
occurrences = _table(
    "occurrences",
    Column("reminder_id", String, ForeignKey("reminders.id", ondelete="CASCADE"), primary_key=True, nullable=False),
    _key("due_at", Moment),
    _must("post_at", Moment),
    _must("state"),  # planned | sending | posted | late | skipped | unknown
    _must("why"),  # why it was skipped: missed | paused | by hand | …
    _must("noted", Boolean),  # the owner was told, or need not be
    _may("channel_id"),
    _may("ts"),
    Index("occurrences_state", "reminder_id", "state"),
)
