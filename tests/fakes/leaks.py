"""The whole test run logs into one file per process, at DEBUG; every world is searched for its secrets when it ends.

Where something secret is found, the test that ends there fails; what the whole run logged is searched once more for
anything that looks like a secret, and fails the run.
"""

from __future__ import annotations

import re
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, cast

import psycopg
import pytest
import structlog
from _pytest.terminal import TerminalReporter

from bot import log
from bot.play.slack import controls_of, text_of
from tests.fakes import world_lasuite
from tests.fakes.databases import kept_in, postgres_of

if TYPE_CHECKING:
    from tests.fakes.world import World

LOOKS_SECRET = re.compile(
    r"eyJ[\w-]{8,}\.[\w-]{8,}|xox[a-z]-[\w-]{6,}|xapp-[\w-]{6,}|whsec_\w{8,}|-----BEGIN [A-Z ]*PRIVATE KEY"
    r"|[?&](?:sid|secure|pass|jwt)=(?!\[redacted\]|…)[\w-]{6,}"
)
_stream: TextIO | None = None
_found: list[str] = []


def log_file() -> Path:
    """Where this process logs."""
    assert _stream is not None
    _stream.flush()
    return Path(_stream.name)


def pytest_configure(config: pytest.Config) -> None:
    """Log everything through the bot's own redaction, as the running bot does."""
    global _stream
    file = tempfile.NamedTemporaryFile("w", suffix=".log", prefix="meetops-test-", encoding="utf-8")  # noqa: SIM115
    _stream = cast("TextIO", file)
    _configure_logging()


def _configure_logging() -> None:
    assert _stream is not None
    log.configure(level="DEBUG", style="json", stream=_stream)


@pytest.fixture(autouse=True)
def _logs_into_the_file() -> None:
    """Tests of logging itself put structlog's defaults back."""
    if not structlog.is_configured():
        _configure_logging()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Search what this process logged; with xdist, the controller gathers what its workers found."""
    hits = sorted({hit[0][:12] for hit in LOOKS_SECRET.finditer(log_file().read_text())})
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["leaks"] = hits
    _found.extend(hits)
    if _found:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """A worker has ended."""
    _found.extend(getattr(node, "workeroutput", {}).get("leaks", []))


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """Say it where people look."""
    if _found:
        terminalreporter.write_line(f"the logs of this run hold what looks like secrets: {_found}", red=True)


class Watch:
    """Looks at one world from its beginning."""

    def __init__(self) -> None:
        self._from = log_file().stat().st_size

    def check(self, w: World) -> None:
        """Fail where a secret of this world stands in the log, a channel, the audit or the database."""
        with log_file().open(encoding="utf-8") as logged:
            logged.seek(self._from)
            lines = logged.read()
        secrets = secrets_of(w)
        places = {
            "the log": lines,
            "a channel": "\n".join(in_channels(w)),
            "the audit": "\n".join(audit_rows(w.folder)),
        }
        for place, text in places.items():
            told = [name for name, secret in secrets.items() if secret in text]
            assert not told, f"{place} holds {told}"
        stored = kept_in(w.folder)
        kept = [name for name, secret in secrets.items() if secret.encode() in stored and not name.startswith("PIN")]
        assert not kept, f"the database holds {kept}"


def secrets_of(w: World) -> dict[str, str]:
    """Everything in this world that nobody may be told, by what it is."""
    found = {name: value for name, value in w.environ.items() if name.startswith("SLACK_") and "URL" not in name}
    found |= w.secrets
    found |= {f"private key, line {n}": line for n, line in enumerate((w.folder / "jaas.pem").read_text().split()[5:9])}
    for number, request in enumerate(w.jaas.requests):
        if bearer := request.headers.get("Authorization", "").removeprefix("Bearer "):
            found[f"admin token {number}"] = bearer
    for number, link in enumerate(links_shown(w)):
        found[f"link {number}"] = link
        found[f"link secret {number}"] = re.split(r"jwt=|secure=", link)[-1].split("&")[0]
    found |= world_lasuite.secrets_of(w.visio) if w.server else {}
    sessions = w.meetings.sessions
    found |= {f"sid {number}": sid for number, sid in enumerate(sessions.by_sid)}
    found |= {f"join hash {number}": one for number, one in enumerate(sessions.hashes)}
    return found


def links_shown(w: World) -> list[str]:
    """The addresses behind `Open` in private answers."""
    private = [*w.slack.workspace.ephemerals()]
    private += [one for user in w.slack.workspace.users for one in w.slack.workspace.dms(user)]
    urls = [control.element.get("url") for message in private for control in controls_of(message)]
    return [url for url in urls if url]


def in_channels(w: World) -> list[str]:
    """What several people see: every version of it that the bot sent, with all its blocks."""
    shared = {one.id for one in w.slack.workspace.channels.values() if not one.is_im}
    calls = [*w.slack.workspace.calls_of("chat.postMessage"), *w.slack.workspace.calls_of("chat.update")]
    sent = [str(call.args) for call in calls if str(call.args.get("channel")) in shared]
    return sent + [text_of(one) for channel in shared for one in w.slack.workspace.messages(channel)]


def audit_rows(folder: Path) -> list[str]:
    """Each row as text; none when there is no database."""
    if url := postgres_of(folder):
        with psycopg.connect(url) as server:
            return [str(row) for row in server.execute("SELECT * FROM audit")]
    database = folder / "meetops.db"
    if not database.exists():
        return []
    with closing(sqlite3.connect(database)) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
        return [str(row) for row in connection.execute("SELECT * FROM audit")] if "audit" in tables else []
