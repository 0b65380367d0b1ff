"""What the log shows, and what it never shows."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any, Literal

import pytest
import structlog
from aiohttp import web
from aiohttp.test_utils import TestServer
from hypothesis import given
from hypothesis import strategies as st

from bot.log import QUIET, REDACTED, configure, scrub
from bot.metrics import Metrics
from bot.tasks import Tasks

PEM = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhki\nG9w0BAQEFAASC\n-----END PRIVATE KEY-----"
JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ2cGFhcyJ9.SflKxwRJSMeKKF2QT4fwpM"
MARK = "h4unting"

# what is logged -> what of it must not be seen
SECRETS = {
    "bearer": (f"Authorization: Bearer {MARK}.abc-def", MARK),
    "basic": ("Basic c2xhY2tib3Q6aHVudGVy", "c2xhY2tib3Q"),
    "JWT": (f"joined with {JWT} today", "SflKxwRJ"),
    "JWT header and claims": (f"claims {JWT.rsplit('.', 1)[0]}", "eyJzdWI"),
    "join link": (f"https://8x8.vc/app/room?jwt={JWT}#config", "eyJ"),
    "bot token": (f"token is xoxb-1234-{MARK}", MARK),
    "rotated token": (f"xoxe.xoxb-1-{MARK}", MARK),
    "app token": (f"xapp-1-A0-{MARK}", MARK),
    "webhook secret": (f"whsec_{MARK}/+=", MARK),
    "OpenMeetings session": (f"GET /services/room/kick?sid={MARK}&id=1", MARK),
    "OpenMeetings login": (f"user=admin&pass={MARK}", MARK),
    "OpenMeetings hash": (f"https://om.example.org/openmeetings/hash?secure={MARK}&language=1", MARK),
    "OpenMeetings invitation": (f"hash?invitation={MARK}", MARK),
    "jwt argument": (f"?jwt={MARK}", MARK),
    "escaped argument": (f"url=https%3A%2F%2Fx%3Fjwt%3D{MARK}", MARK),
    "password": (f"password={MARK}", MARK),
    "password in JSON": (json.dumps({"password": f"{MARK} with spaces"}), MARK),
    "password in a repr": (repr({"host_pin": f"{MARK} 1"}), MARK),
    "password in a repr of bytes": (repr({"secret": MARK.encode()}), MARK),
    "upper case": (f"PASSWORD: {MARK}", MARK),
    "database address": (f"postgresql://bot:{MARK}@db.example.org/meetops", MARK),
    "response_url": (f"POST https://hooks.slack.com/commands/T123ABC/456/{MARK}", MARK),
    "response_url elsewhere": (f"POST http://127.0.0.1:4567/response/{MARK}", MARK),
    "Socket Mode address": (f"url='wss://wss-primary.slack.com/link/?ticket={MARK}&app_id=A'", MARK),
    "signature": ("v0=" + "ab" * 32, "abab"),
    "private key": (f"key:\n{PEM}\nend", "MIIEvQ"),
    "half a private key": (PEM[:60], "MIIEvQ"),
}

Capture = Callable[..., io.StringIO]


@pytest.fixture
def capture() -> Iterator[Capture]:
    """Configure logging to a string; put everything back afterwards."""
    root = logging.getLogger()
    before = (root.handlers, root.level, logging.raiseExceptions)
    levels = {name: logging.getLogger(name).level for name in QUIET}

    def configured(style: Literal["console", "json"] = "json", level: str = "INFO") -> io.StringIO:
        stream = io.StringIO()
        configure(level=level, style=style, stream=stream)
        return stream

    yield configured
    root.handlers, root.level, logging.raiseExceptions = before
    for name, value in levels.items():
        logging.getLogger(name).setLevel(value)
    structlog.reset_defaults()


def one(stream: io.StringIO) -> dict[str, Any]:
    (line,) = stream.getvalue().splitlines()
    parsed = json.loads(line)
    assert isinstance(parsed, dict)
    return parsed


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_is_scrubbed_from_any_text(name: str) -> None:
    text, secret = SECRETS[name]
    assert secret in text
    assert secret not in scrub(text)
    assert REDACTED in scrub(text)


@pytest.mark.parametrize("style", ["console", "json"])
@pytest.mark.parametrize("name", SECRETS)
def test_no_way_of_logging_a_secret_shows_it(capture: Capture, style: Literal["console", "json"], name: str) -> None:
    text, secret = SECRETS[name]
    stream = capture(style)
    log = structlog.get_logger("bot.test")
    log.info(text)
    log.info("event", value=text, nested={"list": [text, (text,)]}, raw=text.encode(), error=ValueError(text))
    log.bind(bound=text).warning("event")
    stdlib = logging.getLogger("aiohttp.server")
    stdlib.error("failed: %s", text)
    for write in (log.exception, stdlib.exception):
        try:
            try:
                raise ValueError(text)
            except ValueError as cause:
                raise RuntimeError(text) from cause
        except RuntimeError:
            write("failed")
    written = stream.getvalue()
    assert written.count("RuntimeError: ") == 2
    assert secret not in written


@pytest.mark.parametrize(
    "text",
    [
        "3 people passed the door, pinned the tokens and asked a secretary",
        "room jaas/standup: kicked Ann (outcome=done, room_id=a1)",
        "visio answered with status 503; try again in 5 s",
        "token_count=3 bypass=no",
    ],
)
def test_harmless_text_stays_as_it_is(text: str) -> None:
    assert scrub(text) == text


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=300))
def test_scrubbing_twice_changes_nothing_more(text: str) -> None:
    assert scrub(scrub(text)) == scrub(text)


def test_what_stands_under_a_secret_name_is_dropped_whatever_it_is(capture: Capture) -> None:
    stream = capture()
    structlog.get_logger("bot").info("minted", jwt=MARK, inner={"host_pin": 4711}, password=[MARK], room="standup")
    line = one(stream)
    assert (line["jwt"], line["inner"], line["password"], line["room"]) == (
        REDACTED,
        {"host_pin": REDACTED},
        REDACTED,
        "standup",
    )


def test_numbers_stay_numbers_in_json(capture: Capture) -> None:
    stream = capture()
    structlog.get_logger("bot").info("event", seconds=0.5, count=3, late=True, reason=None)
    line = one(stream)
    assert (line["seconds"], line["count"], line["late"], line["reason"]) == (0.5, 3, True, None)


def test_a_json_line_says_when_who_and_how_bad(capture: Capture) -> None:
    stream = capture()
    logging.getLogger("aiohttp.server").warning("slow")
    line = one(stream)
    assert (line["event"], line["level"], line["logger"]) == ("slow", "warning", "aiohttp.server")
    assert line["timestamp"].endswith("Z")


def test_the_correlation_id_stands_on_our_lines_and_on_those_of_the_libraries(capture: Capture) -> None:
    stream = capture()
    with structlog.contextvars.bound_contextvars(correlation_id="c0ffee"):
        structlog.get_logger("bot").info("ours")
        logging.getLogger("aiohttp.server").warning("theirs")
    assert [json.loads(line)["correlation_id"] for line in stream.getvalue().splitlines()] == ["c0ffee"] * 2


@pytest.mark.parametrize(
    "name",
    [
        "slack_bolt.Anything",
        "slack_sdk.web.async_base_client",
        "sqlalchemy.engine.Engine",
        "aiohttp.access",
    ],
)
def test_libraries_that_write_bodies_stay_silent_even_at_debug(capture: Capture, name: str) -> None:
    stream = capture(level="DEBUG")
    logging.getLogger(name).debug("body: %s", MARK)
    logging.getLogger(name).info("body: %s", MARK)
    assert stream.getvalue() == ""


def test_bolts_warnings_about_unhandled_requests_with_their_bodies_stay_silent(capture: Capture) -> None:
    stream = capture(level="DEBUG")
    logging.getLogger("slack_bolt.Anything").warning("Unhandled request (%s)", {"text": MARK})
    assert stream.getvalue() == ""


def test_the_level_holds_for_everybody(capture: Capture) -> None:
    stream = capture(level="ERROR")
    structlog.get_logger("bot").warning("ours")
    logging.getLogger("aiohttp.server").warning("theirs")
    assert stream.getvalue() == ""


def test_a_log_call_that_fails_prints_no_arguments(capture: Capture, capsys: pytest.CaptureFixture[str]) -> None:
    capture()
    logging.getLogger("aiohttp.server").warning("%d people", MARK)
    assert MARK not in capsys.readouterr().err


async def test_a_bugs_traceback_is_one_scrubbed_line_with_its_id(capture: Capture) -> None:
    stream = capture()

    async def bug() -> None:
        raise KeyError(f"password={MARK}")

    tasks = Tasks(limit=1, metrics=Metrics())
    tasks.spawn(bug(), name="dial", correlation_id="c0ffee")
    await tasks.drain(1.0)
    line = one(stream)
    assert (line["event"], line["work"], line["correlation_id"]) == ("bug", "dial", "c0ffee")
    assert len(line["failure_id"]) == 8
    assert "KeyError" in line["exception"]
    assert MARK not in line["exception"]


async def test_bytes_that_are_no_http_leave_one_line_without_them(capture: Capture) -> None:
    stream = capture()
    async with TestServer(web.Application()) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(f"GET / HTTP/9.9 {MARK}\r\n\r\n".encode())
        await reader.read()
        writer.close()
    assert one(stream)["event"] == "Error handling request from 127.0.0.1: malformed HTTP"


@pytest.mark.parametrize("level", ["LOUD", "", "NOTSET"])
def test_an_unknown_level_is_named(level: str) -> None:
    with pytest.raises(ValueError, match="LOG_LEVEL"):
        configure(level=level, style="json", stream=io.StringIO())
