"""What works without a running bot: the manifest, the tables of the documents, the audit."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from bot.capabilities import Backend
from bot.commands import COMMANDS
from bot.errors import BadInput
from bot.grammar import usage
from bot.rules import read_span
from bot.settings import KINDS, Settings


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What `meetops audit verify` says."""

    intact: bool
    sentence: str


def backend_kinds() -> dict[str, type[Backend]]:
    """The kinds of back end by their word in the configuration, for the documents."""
    from bot.backends import adapter

    return {kind: adapter(kind).fullest for kind in KINDS}


def manifest_yaml(*, url: str | None = None, socket_mode: bool = False, slash: str = "/meet") -> str:
    """The Slack app's manifest. Raises BadInput for a `url` that Slack would not call."""
    from bot.slack.manifest import manifest, to_yaml

    if url is not None and socket_mode:
        raise BadInput("With --socket-mode there is no address: leave --url out.")
    if url is not None and not re.fullmatch(r"https://[A-Za-z0-9.\-]+(:[0-9]{1,5})?(/[\w.~%/\-]*)?", url):
        raise BadInput("--url is the https:// address at which Slack reaches the bot, such as https://bot.example.org")

    return to_yaml(manifest([command.name for command in COMMANDS], slash=slash, url=url, socket_mode=socket_mode))


def command_hints(slash: str = "/meet") -> list[dict[str, Any]]:
    """The slash command with its verbs, for the hints under the playground's message box."""
    verbs = [
        {"verb": command.name, "usage": usage(command.name, command.args), "help": command.summary}
        for command in COMMANDS
    ]
    hint = "verb [room] [words] [key=value]"
    return [{"command": slash, "description": "Video meetings", "usage_hint": hint, "verbs": verbs}]


def shortcut_hints() -> list[dict[str, Any]]:
    """The manifest's shortcuts, {name, type: global|message, callback_id, description}, for the playground's page."""
    from bot.slack.manifest import manifest

    shortcuts: list[dict[str, Any]] = manifest([], slash="/meet")["features"]["shortcuts"]
    return shortcuts


async def audit_verify(settings: Settings) -> AuditReport:
    """Check the hash chain of the configured database, which is only read. Raises ConfigurationError."""
    from bot.audit import verify
    from bot.store import Database

    db = Database(settings.database_url.get_secret_value(), read_only=True)
    await db.open()
    try:
        found = await verify(db)
    finally:
        await db.close()
    if found.broken_at is None:
        return AuditReport(True, f"The audit is intact: {found.rows} rows, the last hash is {found.head}.")
    return AuditReport(False, f"The audit was tampered with at row {found.broken_at}: {found.why}.")


async def audit_export(
    settings: Settings,
    *,
    format: Literal["jsonl", "csv"],
    write: Callable[[str], object],
    since: str | None = None,
    room: str | None = None,
    actor: str | None = None,
    verb: str | None = None,
    outcome: str | None = None,
) -> None:
    """Write the rows, oldest first.

    Raises ConfigurationError, and BadInput for a `since` that is no moment or an `actor` that is no id.
    """
    from bot.audit import Filters, export
    from bot.store import Database

    if actor is not None and "@" in actor:  # it would match no row, which reads like "did nothing"
        raise BadInput("--actor is a Slack user id, such as U0123ABCD, and not a name.")
    only = Filters(since=_since(since), room=room, actor=actor, verb=verb, outcome=outcome)
    db = Database(settings.database_url.get_secret_value(), read_only=True)
    await db.open()
    try:
        async for line in export(db, format, **only):
            write(f"{line}\n")
    finally:
        await db.close()


def _since(words: str | None) -> datetime | None:
    """`7d`, or a date or moment in ISO 8601 (UTC where it names no zone)."""
    if words is None:
        return None
    if re.fullmatch(r"[0-9]+\s?[a-z]", words.strip().lower()):
        span: timedelta = read_span(words)
        return datetime.now(UTC) - span
    try:
        moment = datetime.fromisoformat(words.strip())
    except ValueError:
        raise BadInput("--since is a span such as 7d, or a date such as 2026-11-01.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
