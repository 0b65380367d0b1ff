"""The first tables."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.types import TypeEngine

revision = "0001"
down_revision = None

Kind = TypeEngine[Any] | type[TypeEngine[Any]]

PERSON = sa.String(120)
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create everything."""
    _rooms()
    _audience()
    _people_and_links()
    _requests()
    _decisions_and_effects()
    _roster()
    _jobs()
    _audit()


def _key(name: str, kind: Kind = sa.String) -> sa.Column[Any]:
    return sa.Column(name, kind, primary_key=True)


def _must(name: str, kind: Kind = sa.String) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _may(name: str, kind: Kind = sa.String) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=True)


def _in_room() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], ondelete="CASCADE")


def _rooms() -> None:
    op.create_table(
        "rooms",
        _key("id"),
        _must("backend"),
        _must("handle"),
        _must("handle_key"),
        _must("vendor_id"),
        _must("vendor_name"),
        _must("kind"),
        _may("owner", PERSON),
        _must("created_at", MOMENT),
        _must("locked", sa.Boolean),
        _must("settings", sa.JSON),
        sa.UniqueConstraint("backend", "handle_key", name="rooms_handle"),
        sa.UniqueConstraint("backend", "vendor_id", name="rooms_vendor"),
    )


def _audience() -> None:
    op.create_table("audience_people", _key("room_id"), _key("person", PERSON), _must("host", sa.Boolean), _in_room())
    op.create_table("audience_channels", _key("room_id"), _key("channel_id"), _must("shared_at", MOMENT), _in_room())
    op.create_table(
        "blocks",
        _key("room_id"),
        _key("user_id"),
        _may("until", MOMENT),
        _may("meeting_id"),
        _must("blocked_by", PERSON),
        _must("why"),
        _must("at", MOMENT),
        _in_room(),
    )
    op.create_table("cards", _key("channel_id"), _key("ts"), _must("room_id"), _in_room())


def _people_and_links() -> None:
    op.create_table(
        "people",
        _key("user_id"),
        _may("person", PERSON),
        _must("name"),
        _may("name_key"),
        sa.UniqueConstraint("person"),
        sa.UniqueConstraint("name_key"),
    )
    op.create_table(
        "links",
        _key("id"),
        _must("room_id"),
        _may("person", PERSON),
        _must("user_id"),
        _must("name"),
        _may("claims"),
        _may("expires_at", MOMENT),
        _must("minted_at", MOMENT),
        _in_room(),
    )
    op.create_index("links_live", "links", ["room_id", "user_id"])
    op.create_index("links_expiry", "links", ["expires_at"])


def _requests() -> None:
    op.create_table(
        "requests",
        _key("id"),
        _must("key"),
        *(_must(name) for name in ("line", "digest", "verb", "backend")),
        _must("requester", PERSON),
        *(_may(name) for name in ("channel_id", "card_channel_id", "room_id")),
        _must("room"),
        _may("meeting_id"),
        _may("meeting_was", sa.Boolean),
        _must("says", sa.JSON),
        _must("approvals_needed", sa.Integer),
        _must("approver_needs", sa.JSON),
        _must("notify", sa.JSON),
        _must("reason"),
        _must("repeatable", sa.Boolean),
        _must("asked_at", MOMENT),
        _may("expires_at", MOMENT),
        _must("state"),
        _must("version", sa.Integer),
        _may("outcome"),
        _must("answer", sa.JSON),
        _may("ended_at", MOMENT),
        sa.UniqueConstraint("key"),
    )
    op.create_index("requests_state", "requests", ["state", "asked_at"])
    op.create_index("requests_requester", "requests", ["requester", "asked_at"])


def _decisions_and_effects() -> None:
    op.create_table(
        "decisions",
        _key("key"),
        _must("request_id"),
        _must("approver", PERSON),
        _must("verdict"),
        _must("at", MOMENT),
        _may("counted", sa.Boolean),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], ondelete="CASCADE"),
    )
    op.create_index("ix_decisions_request_id", "decisions", ["request_id"])
    op.create_table("effects", _key("request_id"), _key("name"), _must("at", MOMENT), _may("result"))
    op.create_index("ix_effects_at", "effects", ["at"])
    op.create_table("outbox", _key("key"), _must("channel_id"), _must("ts"))


def _roster() -> None:
    op.create_table(
        "meetings",
        *(_key(name) for name in ("backend", "vendor_id", "id")),
        *(_must(name, MOMENT) for name in ("first_at", "last_at")),
        *(_may(name, MOMENT) for name in ("started_at", "ended_at")),
    )
    op.create_table(
        "participants",
        *(_key(name) for name in ("backend", "vendor_id", "meeting_id", "id")),
        *(_may(name, MOMENT) for name in ("joined_at", "left_at")),
        _must("kicked", sa.Boolean),
        _must("facts", sa.JSON),
    )


def _jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        _must("name"),
        _must("key"),
        _must("payload", sa.JSON),
        _must("due_at", MOMENT),
        _must("state"),
        _must("failures", sa.Integer),
        _must("error"),
    )
    todo = sa.text("state = 'todo'")
    op.create_index("jobs_waiting", "jobs", ["name", "key"], unique=True, sqlite_where=todo, postgresql_where=todo)
    op.create_index("jobs_due", "jobs", ["state", "due_at"])


def _audit() -> None:
    texts = "at actor action room backend outcome reason request_id approvers correlation facts previous hash room_key"
    op.create_table(
        "audit",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        *(_must(name) for name in texts.split()),
    )
    op.create_index("audit_at", "audit", ["at"])
    op.create_index("audit_room", "audit", ["room_key", "at"])
    op.create_index("audit_actor", "audit", ["actor", "at"])
    (_postgres_appends if op.get_bind().dialect.name == "postgresql" else _sqlite_appends)()


def _postgres_appends() -> None:
    op.execute(
        "CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION 'the audit is append-only'; END $$"
    )
    op.execute(
        "CREATE FUNCTION audit_only_appends() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN IF NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM audit) "
        "THEN RAISE EXCEPTION 'the audit is append-only'; END IF; RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_only_appends BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION audit_only_appends()"
    )
    for name, when in (("changes", "UPDATE"), ("removals", "DELETE"), ("emptying", "TRUNCATE")):
        op.execute(
            f"CREATE TRIGGER audit_no_{name} BEFORE {when} ON audit "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()"
        )


def _sqlite_appends() -> None:
    for name, when in (("changes", "UPDATE"), ("removals", "DELETE")):
        op.execute(
            f"CREATE TRIGGER audit_no_{name} BEFORE {when} ON audit "
            "BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END"
        )
    # INSERT OR REPLACE removes without firing the trigger above where recursive_triggers is off.
    op.execute(
        "CREATE TRIGGER audit_only_appends BEFORE INSERT ON audit "
        "WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM audit) "
        "BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END"
    )
