"""Answers over a response_url: where they go, how often, and what the sender is told."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp.abc import AbstractResolver
from structlog.testing import capture_logs

from bot.play.slack.faults import RESPONSE_URL, Fault
from bot.play.slack.seed import MIA
from bot.slack.response_url import Delivery, ResponseUrls
from tests.fakes.raw_http import RawServer, Turn, answer
from tests.fakes.slack_entrance import Door, opened_door

HELLO = {"response_type": "ephemeral", "text": "hello"}


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    async with opened_door(http=False) as opened:
        yield opened


def new_url(door: Door) -> str:
    return door.slack.sender.response_url("C0TEAM", MIA)


def sender_at(door: Door, api_url: str) -> ResponseUrls:
    return ResponseUrls(door.session, api_url=api_url, clock=door.clock, metrics=door.metrics)


async def test_an_answer_is_shown_to_the_person_alone(door: Door) -> None:
    assert await door.response_urls.send(new_url(door), HELLO) is Delivery.SENT
    (shown,) = door.slack.workspace.ephemerals(user=MIA)
    assert shown.text == "hello"


async def test_the_sixth_answer_is_not_even_tried(door: Door) -> None:
    url = new_url(door)
    sent = [await door.response_urls.send(url, HELLO) for _ in range(6)]
    assert sent == [Delivery.SENT] * 5 + [Delivery.USED_UP]
    assert len(door.slack.workspace.calls_of(RESPONSE_URL)) == 5


async def test_six_answers_at_once_are_five(door: Door) -> None:
    url = new_url(door)
    sent = await asyncio.gather(*(door.response_urls.send(url, HELLO) for _ in range(6)))
    assert sorted(sent) == [Delivery.SENT] * 5 + [Delivery.USED_UP]


async def test_after_half_an_hour_the_url_counts_as_used_up(door: Door) -> None:
    url = new_url(door)
    assert await door.response_urls.send(url, HELLO) is Delivery.SENT
    door.clock.advance(timedelta(minutes=30))
    assert await door.response_urls.send(url, HELLO) is Delivery.USED_UP
    assert len(door.slack.workspace.calls_of(RESPONSE_URL)) == 1


async def test_an_expired_url_never_used_before_is_told_by_slack(door: Door) -> None:
    url = new_url(door)
    door.clock.advance(timedelta(minutes=31))
    assert await door.response_urls.send(url, HELLO) is Delivery.USED_UP


@pytest.mark.parametrize(
    "fault",
    [
        Fault(status=500),
        Fault(status=429, retry_after=1),
        Fault(reset=True),
        Fault(error="invalid_payload", status=400),
    ],
    ids=["500", "429", "reset", "refused"],
)
async def test_an_answer_that_slack_does_not_take_has_failed_and_is_not_sent_again(door: Door, fault: Fault) -> None:
    door.slack.faults.plan(RESPONSE_URL, fault)
    assert await door.response_urls.send(new_url(door), HELLO) is Delivery.FAILED
    assert len(door.slack.workspace.calls_of(RESPONSE_URL)) == 1


async def test_an_error_inside_a_200_has_failed(door: Door) -> None:
    door.slack.faults.plan(RESPONSE_URL, Fault(error="channel_not_found"))
    assert await door.response_urls.send(new_url(door), HELLO) is Delivery.FAILED


async def test_a_redirect_is_not_followed(door: Door) -> None:
    elsewhere = Turn(answer("200 OK"))
    async with RawServer([elsewhere]) as target:
        async with RawServer([Turn(answer("307 Temporary Redirect", Location=target.url))]) as slack:
            url = f"{slack.url}/response/abc"
            assert await sender_at(door, f"{slack.url}/api/").send(url, HELLO) is Delivery.FAILED
        assert target.requests == []


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.slack.com/commands/T0/1/x",
        "https://hooks.slack.com.evil.example/commands/T0/1/x",
        "https://evil.example/?https://hooks.slack.com/",
        "https://hooks.slack.com@evil.example/commands",
        "https://user:pw@hooks.slack.com/commands",
        "https://hooks.slack.com:8443/commands",
        "https://hооks.slack.com/commands",
        "https://hooks.slack.com\\@evil.example/",
        "https://hooks.slack.com\n.evil.example/",
        "file:///etc/passwd",
        "//hooks.slack.com/commands",
        "not a url",
        "https://[::1",
        "",
    ],
)
async def test_an_address_outside_slack_is_never_called(door: Door, url: str) -> None:
    names = LookedUp()
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(resolver=names)) as session:
        sender = ResponseUrls(session, api_url="https://slack.com/api/", clock=door.clock, metrics=door.metrics)
        with capture_logs() as lines:
            assert await sender.send(url, HELLO) is Delivery.FAILED
    assert names.hosts == []
    assert lines == [{"event": "response_url outside Slack refused", "log_level": "error"}]


async def test_another_port_of_the_api_host_is_outside(door: Door) -> None:
    async with RawServer([Turn(answer("200 OK"))]) as other:
        assert await door.response_urls.send(f"{other.url}/response/x", HELLO) is Delivery.FAILED
        assert other.requests == []


class LookedUp(AbstractResolver):
    """Names that were to be called; none exists."""

    def __init__(self) -> None:
        self.hosts: list[str] = []

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET) -> list[Any]:
        self.hosts.append(f"{host}:{port}")
        raise OSError("no such host")

    async def close(self) -> None:
        pass


@pytest.mark.parametrize("host", ["hooks.slack.com", "hooks.slack-gov.com", "slack-gov.com"])
async def test_slacks_own_hosts_are_called(door: Door, host: str) -> None:
    names = LookedUp()
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(resolver=names)) as session:
        sender = ResponseUrls(session, api_url="https://slack-gov.com/api/", clock=door.clock, metrics=door.metrics)
        assert await sender.send(f"https://{host}/commands/T0/1/x", HELLO) is Delivery.FAILED
    assert names.hosts == [f"{host}:443"]


async def test_of_the_many_urls_only_so_many_are_remembered(door: Door) -> None:
    sender = ResponseUrls(door.session, api_url=door.slack.api_url, clock=door.clock, metrics=door.metrics, limit=2)
    for _ in range(5):
        assert await sender.send(new_url(door), HELLO) is Delivery.SENT
    assert len(sender) == 2
