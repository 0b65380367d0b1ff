"""The Web API client: who the bot is, asked once; calls counted; nothing taken from the environment."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from slack_sdk.errors import SlackApiError
from structlog.testing import capture_logs

from bot.errors import ConfigurationError
from bot.play.slack.faults import Fault
from bot.play.slack.seed import MIA
from bot.slack.bolt import build_app
from bot.slack.client import UNREACHABLE, Authorisation, WebClient, error_word
from tests.fakes.raw_http import RawServer, Turn, answer
from tests.fakes.slack_entrance import Door, opened_door


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    async with opened_door(authorised=False) as opened:
        yield opened


async def test_the_bot_asks_once_who_it_is_however_many_commands_follow(door: Door) -> None:
    result = await door.authorisation.obtain()
    for _ in range(5):
        await door.slack.slash(MIA, "#team", "help")
    assert (result.team_id, result.bot_user_id, result.bot_id) == ("T0MEETOPS", "U0MEETOPS", "B0MEETOPS")
    assert result.bot_scopes is not None
    assert {"commands", "chat:write"} <= set(result.bot_scopes)
    assert [call.method for call in door.slack.workspace.calls] == ["auth.test"]
    assert len(door.listeners.bodies) == 5


async def test_an_answer_without_the_bots_id_still_says_which_user_the_bot_is(door: Door) -> None:
    said = b'{"ok": true, "team_id": "T0MEETOPS", "user_id": "U0BOT"}'
    async with RawServer([Turn(answer("200 OK", said, Content_Type="application/json"))]) as server:
        client = WebClient(door.session, token="xoxb-bot", api_url=f"{server.url}/api/", metrics=door.metrics)
        authorisation = Authorisation(client)
        await authorisation.obtain()
    assert authorisation.bot_user == "U0BOT"


async def test_a_refused_token_ends_the_start_with_one_line_that_names_it(door: Door) -> None:
    client = WebClient(door.session, token="xoxb-wrong", api_url=door.slack.api_url, metrics=door.metrics)
    with pytest.raises(ConfigurationError) as refusal:
        await Authorisation(client).obtain()
    assert str(refusal.value) == "SLACK_BOT_TOKEN: Slack refuses this token (invalid_auth)."


@pytest.mark.parametrize(
    "fault",
    [Fault(status=503), Fault(reset=True), Fault(error="internal_error"), Fault(error="ratelimited")],
    ids=["503", "reset", "internal_error", "ratelimited"],
)
async def test_while_slack_is_unwell_the_bot_goes_on_asking(door: Door, fault: Fault) -> None:
    fault.times = 2
    door.slack.faults.plan("auth.test", fault)
    with capture_logs() as lines:
        result = await door.authorisation.obtain()
    assert result.team_id == "T0MEETOPS"
    assert [line["event"] for line in lines] == ["slack not reached"] * 2
    assert [line["next_try"] for line in lines] == [0.01, 0.02]


@pytest.mark.parametrize(
    "turn",
    [
        Turn(answer("200 OK", b"<html>sign in to the hotel</html>", Content_Type="text/html")),
        Turn(answer("200 OK", b"welcome", Content_Type="text/plain")),
        Turn(answer("200 OK", b"[1]", Content_Type="application/json")),
        Turn(answer("200 OK", b"{", Content_Type="application/json")),
        Turn(answer("407 Proxy Authentication Required", b"no", Content_Type="text/plain")),
        Turn(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", close=True),
        Turn(b"220 mail\r\n\r\n", close=True),
    ],
)
async def test_an_answer_that_is_not_slacks_counts_as_unreachable(door: Door, turn: Turn) -> None:
    async with RawServer([turn]) as server:
        client = WebClient(door.session, token="xoxb-bot", api_url=f"{server.url}/api/", metrics=door.metrics)
        with pytest.raises(UNREACHABLE):
            await client.auth_test()


async def test_calls_are_counted_by_slacks_own_word_for_how_they_went(door: Door) -> None:
    with pytest.raises(SlackApiError) as error:
        await door.client.chat_postMessage(channel="C0NOWHERE", text="hello")
    assert error_word(error.value) == "channel_not_found"
    labels = {"method": "chat.postMessage", "outcome": "channel_not_found"}
    assert door.count("meetops_slack_seconds_count", **labels) == 1


async def test_what_the_environment_says_changes_nothing(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    poison = {
        "SLACK_BOT_TOKEN": "xoxb-poison",
        "SLACK_SIGNING_SECRET": "poison",
        "SLACK_VERIFICATION_TOKEN": "poison",
        "SLACK_CLIENT_ID": "1.2",
        "SLACK_CLIENT_SECRET": "poison",
        "HTTPS_PROXY": "http://127.0.0.1:9",
        "HTTP_PROXY": "http://127.0.0.1:9",
    }
    for name, value in poison.items():
        monkeypatch.setenv(name, value)
    async with opened_door() as poisoned:
        assert poisoned.client.proxy is None
        app = build_app(poisoned.client, poisoned.authorisation)
        assert app.client is poisoned.client
        delivery = await poisoned.slack.slash(MIA, "#team", "help")
        assert (delivery.status, poisoned.listeners.texts) == (200, ["help"])
        assert all("poison" not in str(call) for call in poisoned.slack.workspace.calls)


async def test_a_stop_during_the_start_does_not_wait_for_slack(door: Door) -> None:
    door.slack.faults.plan("auth.test", Fault(times=100, status=503))
    asking = asyncio.create_task(Authorisation(door.client, first_wait=30.0).obtain())
    await asyncio.sleep(0.02)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
