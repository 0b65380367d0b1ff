"""Who is turned away at the HTTP entrance, and what that leaves in the log."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime
from urllib.parse import quote_plus, urlencode

import pytest
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.clock import MovableClock
from bot.errors import ConfigurationError
from bot.play.slack.seed import MIA
from bot.slack.bodies import FORM, JSON, read_body
from bot.slack.front import SIZE_LIMIT, Front, Signature, routes
from bot.slack.seen import SeenInMemory
from tests.fakes.slack_entrance import SECRET, Door, opened_door

COMMAND = {"command": "/meet", "text": "help", "user_id": MIA, "team_id": "T0MEETOPS", "channel_id": "C0TEAM"}
FORGED = "v0=" + "0" * 64


def form(**fields: str) -> bytes:
    return urlencode(COMMAND | fields).encode()


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    async with opened_door() as opened:
        yield opened


def test_the_signature_is_slacks_own() -> None:
    # slack docs, "Verifying requests from Slack", worked example
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
        b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
        b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    verifier = Signature(SECRET, MovableClock(datetime.fromtimestamp(1531420618, UTC)))
    good = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
    verifier.expects("1531420618", good)
    verifier.verify("1531420618", good, body)


@pytest.mark.parametrize("seconds", [-300, 300])
async def test_a_request_five_minutes_off_is_taken(door: Door, seconds: int) -> None:
    assert (await door.send(form(), ahead=seconds))[0] == 200


@pytest.mark.parametrize("seconds", [-301, 301])
async def test_a_request_more_than_five_minutes_off_is_refused(door: Door, seconds: int) -> None:
    assert (await door.send(form(), ahead=seconds))[0] == 401
    assert door.count("meetops_rejected_requests_total", reason="stale") == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"X-Slack-Signature": FORGED},
        {"X-Slack-Signature": ""},
        {"X-Slack-Signature": "v0=" + "é" * 64},
        {"X-Slack-Signature": "v1=" + "0" * 64},
        {"X-Slack-Signature": FORGED + "0"},
        {"X-Slack-Request-Timestamp": "abc"},
        {"X-Slack-Request-Timestamp": ""},
        {"X-Slack-Request-Timestamp": "-1"},
        {"X-Slack-Request-Timestamp": "1e9"},
        {"X-Slack-Request-Timestamp": "9" * 400},
        {"X-Slack-Request-Timestamp": "١٢٣"},
    ],
)
async def test_a_bad_signature_or_time_is_refused_whatever_it_is_made_of(door: Door, changed: dict[str, str]) -> None:
    body = form()
    assert await door.post(body, door.signed(body) | changed) == (401, "")
    assert door.listeners.bodies == []


@pytest.mark.parametrize("content_type", ["text/plain", "application/octet-stream", f"{FORM}; charset=latin-1"])
async def test_an_unsigned_request_is_unauthenticated_whatever_it_says_it_is(door: Door, content_type: str) -> None:
    assert await door.post(form(), {"Content-Type": content_type}) == (401, "")
    assert (await door.send(form(), content_type=content_type))[0] == 400


async def test_one_changed_byte_breaks_the_signature(door: Door) -> None:
    body = form(text="kick standup Ann")
    assert (await door.post(body.replace(b"Ann", b"Bob"), door.signed(body)))[0] == 401


MALFORMED = {
    "JSON number": (b"123", JSON),
    "JSON list": (b"[1]", JSON),
    "JSON null": (b"null", JSON),
    "broken JSON": (b'{"type": ', JSON),
    "JSON without a type": (b"{}", JSON),
    "JSON with a numeric type": (b'{"type": 5}', JSON),
    "deep JSON": (b'{"type":' * 30_000, JSON),
    "payload that is no JSON": (b"payload=notjson", FORM),
    "payload that is a number": (b"payload=5", FORM),
    "payload twice": (b"payload=%7B%7D&payload=%7B%7D", FORM),
    "command and payload": (b"command=%2Fmeet&payload=%7B%22type%22%3A%22x%22%7D", FORM),
    "a field twice": (b"command=%2Fmeet&text=help&text=end", FORM),
    "invalid UTF-8": (b"\xff\xfe\x00", FORM),
    "invalid escaped UTF-8": (b"command=%2Fmeet&text=%ff", FORM),
    "no form at all": (b"hello", FORM),
    "too many fields": ("&".join(f"f{i}=" for i in range(200)).encode(), FORM),
    "nothing": (b"", JSON),
}


@pytest.mark.parametrize("name", MALFORMED)
async def test_malformed_bodies_are_refused_in_one_log_line_without_the_body(door: Door, name: str) -> None:
    body, content_type = MALFORMED[name]
    with capture_logs() as lines:
        unsigned = await door.post(body, {"Content-Type": content_type})
        signed = await door.send(body, content_type=content_type)
    assert (unsigned, signed) == ((401, ""), (400, ""))
    assert [line["reason"] for line in lines] == ["unsigned", "malformed"]
    assert all(set(line) == {"event", "log_level", "reason", "status", "remote"} for line in lines)


@given(st.binary(max_size=200), st.sampled_from([FORM, JSON]))
def test_any_bytes_are_an_object_or_malformed(raw: bytes, content_type: str) -> None:
    with suppress(ValueError):
        assert isinstance(read_body(raw, content_type), dict)


SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
NAMES = st.sampled_from(
    ["id", "type", "team", "user", "enterprise", "actions", "action_id", "view", "event", "channel"]
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=4), max_leaves=8
)
KINDS = ["block_actions", "view_submission", "view_closed", "block_suggestion", "shortcut", "event_callback", "x"]


def test_any_signed_object_is_acknowledged() -> None:
    with asyncio.Runner() as runner:
        opening = opened_door(http=False)
        door = runner.run(opening.__aenter__())

        @settings(deadline=None)
        @given(st.sampled_from(KINDS), st.dictionaries(NAMES, VALUES, max_size=6))
        def acknowledged(kind: str, fields: dict[str, object]) -> None:
            assert runner.run(door.entrance.dispatch(fields | {"type": kind})).status == 200

        acknowledged()
        runner.run(opening.__aexit__(None, None, None))


async def test_the_word_of_a_forged_command_never_reaches_the_log(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    structlog.configure(logger_factory=structlog.stdlib.LoggerFactory())
    try:
        await door.post(form(text="sesame-open"), door.signed(b"other"))
    finally:
        structlog.reset_defaults()
    assert "slack request rejected" in caplog.text
    assert "sesame" not in caplog.text


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded; charset=bogus"],
)
async def test_other_content_types_are_refused(door: Door, content_type: str) -> None:
    assert (await door.send(form(), content_type=content_type))[0] == 400


async def test_compressed_bodies_are_refused(door: Door) -> None:
    body = form()
    assert (await door.post(body, door.signed(body) | {"Content-Encoding": "identity"}))[0] == 400


async def test_a_large_body_is_refused_without_being_read_to_its_end(door: Door) -> None:
    assert (await door.send(b"x" * (SIZE_LIMIT + 1)))[0] == 413
    reader, writer = await asyncio.open_connection(*door.url.removeprefix("http://").split(":"))
    headers = door.signed(b"") | {"Host": "bot", "Content-Length": str(10**9)}
    lines = [f"{name}: {value}" for name, value in headers.items()]
    writer.write("\r\n".join(["POST /slack/events HTTP/1.1", *lines, "", ""]).encode())
    assert (await reader.readline()).startswith(b"HTTP/1.1 413")
    writer.close()


async def test_a_large_body_of_untold_length_is_refused(door: Door) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(SIZE_LIMIT // 1024 + 2):
            yield b"x" * 1024

    async with door.session.post(f"{door.url}/slack/events", data=chunks(), headers=door.signed(b"")) as answer:
        assert answer.status == 413


async def test_the_largest_body_that_slack_sends_is_taken(door: Door) -> None:
    body = form(text="x" * 1000 + quote_plus("é") * 1000)
    assert (await door.send(body + b"&rest=" + b"y" * (SIZE_LIMIT - len(body) - 6)))[0] == 200


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS"])
async def test_only_posts_are_taken(door: Door, method: str) -> None:
    async with door.session.request(method, f"{door.url}/slack/events") as answer:
        assert answer.status == 405


async def test_a_signing_secret_is_demanded_at_the_start(door: Door) -> None:
    with pytest.raises(ConfigurationError, match="SLACK_SIGNING_SECRET"):
        Front(door.entrance, signing_secret="", seen=SeenInMemory(door.clock), clock=door.clock, metrics=door.metrics)


async def test_in_socket_mode_there_is_no_http_entrance(door: Door) -> None:
    paths = [route.path for route in routes(front=None, ready=door.ready, metrics=door.metrics)]
    assert paths == ["/healthz", "/readyz", "/metrics"]
