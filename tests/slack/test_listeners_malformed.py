"""Whatever arrives with Slack's signature, Slack gets a 200, nobody a traceback, and no listener raises a bug."""

from __future__ import annotations

import asyncio
from typing import Any

from hypothesis import given
from structlog.testing import capture_logs

from bot.errors import BotError
from bot.slack.bodies import kind_of
from tests.slack import hostile, payloads
from tests.slack.hearing import Hearing, opened_hearing

LISTENERS = ("command", "action", "view_submission", "view_closed", "options", "shortcut", "event")


async def heard_by_its_listener(hearing: Hearing, payload: dict[str, Any], kind: str) -> None:
    try:
        answer = await getattr(hearing.listeners, kind)(payload)
    except BotError:
        return
    assert answer is None or isinstance(answer, dict)


def some_payloads() -> list[dict[str, Any]]:
    """As many spoilt payloads as hypothesis draws, so that one bot hears them all."""
    tried = []

    @hostile.patient
    @given(payloads.spoilt())
    def collect(payload: dict[str, Any]) -> None:
        tried.append(payload)

    collect()
    return tried


def test_no_listener_trips_over_a_payload() -> None:
    tried = some_payloads()

    async def run() -> None:
        async with opened_hearing() as hearing:
            with capture_logs() as lines:
                for payload in tried:
                    for kind in LISTENERS:
                        await heard_by_its_listener(hearing, payload, kind)
                        await hearing.workspace.until(lambda: not len(hearing.door.tasks))
            assert [line for line in lines if line["event"] == "bug"] == []

    asyncio.run(run())


def test_slack_gets_a_200_without_a_traceback_for_any_payload() -> None:
    tried = some_payloads()

    async def run() -> None:
        async with opened_hearing() as hearing:
            for payload in tried:
                answer = await hearing.entrance.dispatch(payload)
                assert answer.status == 200
                assert "Traceback" not in answer.body
                assert "Error" not in answer.body

    asyncio.run(run())


def test_every_payload_as_slack_documents_it_reaches_its_listener() -> None:
    kinds = {kind_of(payload) for payload in payloads.ALL}
    assert kinds == set(LISTENERS)
