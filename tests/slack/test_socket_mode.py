"""The Socket Mode entrance: the same answers as over HTTP, over a connection that comes back by itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from structlog.testing import capture_logs

from bot.errors import ConfigurationError, Refused
from bot.play.slack.faults import Fault
from bot.play.slack.seed import MIA
from bot.slack.bodies import Body
from bot.slack.bolt import Ack
from bot.slack.socket import SocketMode
from tests.fakes.slack_entrance import APP_TOKEN, Door, RecordingListeners, opened_door


def socket_mode(door: Door, app_token: str = APP_TOKEN, **more: float) -> SocketMode:
    pace = {"ping": 0.1, "watch": 0.02, "first_wait": 0.01} | more
    return SocketMode(door.entrance, door.client, app_token=app_token, seen=door.seen, metrics=door.metrics, **pace)


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(5.0):
        while not await condition():
            await asyncio.sleep(0.005)


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    async with opened_door(http=False) as opened:
        yield opened


@pytest.fixture
async def socket(door: Door) -> AsyncIterator[SocketMode]:
    """Connected and running."""
    mode = socket_mode(door)
    running = asyncio.create_task(mode.run())
    await until(lambda: _true(door.count("meetops_socket_connected") == 1))
    yield mode
    await mode.close()
    await running


def opened(door: Door) -> int:
    return len(door.slack.workspace.calls_of("apps.connections.open"))


@pytest.mark.usefixtures("socket")
async def test_a_command_is_answered_as_over_http(door: Door) -> None:
    door.listeners.answers["command"] = "On it."
    delivery = await door.slack.slash(MIA, "#team", "create payload review")
    assert delivery.ack == {"response_type": "ephemeral", "text": "On it."}
    assert door.listeners.texts == ["create payload review"]
    door.listeners.answers["command"] = Refused("You can't.")
    delivery = await door.slack.slash(MIA, "#team", "end")
    assert delivery.ack == {"response_type": "ephemeral", "text": "You can't."}


@pytest.mark.usefixtures("socket")
async def test_events_reach_their_listener(door: Door) -> None:
    delivery = await door.slack.open_home(MIA)
    assert (delivery.status, delivery.ack) == (200, "")
    ((kind, body),) = door.listeners.bodies
    assert (kind, body["event"]["type"]) == ("event", "app_home_opened")


@pytest.mark.usefixtures("socket")
@pytest.mark.parametrize("error", [KeyError("x"), Refused("no")])
async def test_a_failing_listener_is_acknowledged_all_the_same(door: Door, error: Exception) -> None:
    door.listeners.answers["event"] = error
    delivery = await door.slack.open_home(MIA)
    assert (delivery.status, delivery.error) == (200, "")


@pytest.mark.usefixtures("socket")
async def test_an_envelope_that_comes_twice_acts_once(door: Door) -> None:
    first = await door.slack.slash(MIA, "#team", "dial standup +33612345678")
    again = await door.slack.sender.resend(first)
    assert (again.status, again.ack) == (200, "")
    assert len(door.listeners.bodies) == 1
    assert door.count("meetops_rejected_requests_total", reason="repeated") == 1


@pytest.mark.usefixtures("socket")
async def test_an_event_repeated_in_a_new_envelope_acts_once(door: Door) -> None:
    first = await door.slack.open_home(MIA)
    again = await door.slack.sender.send("events_api", first.payload, retry=1, retry_reason="timeout")
    assert again.status == 200
    assert len(door.listeners.bodies) == 1


async def test_ready_means_connected(door: Door) -> None:
    mode = socket_mode(door)
    assert not await mode.connected()
    running = asyncio.create_task(mode.run())
    await until(mode.connected)
    await until(lambda: _true(door.count("meetops_socket_connected") == 1))
    await mode.close()
    await running
    assert not await mode.connected()
    assert door.count("meetops_socket_connected") == 0
    assert door.slack.socket_mode.connections == []


async def _true(condition: bool) -> bool:
    return condition


async def test_the_first_connection_asks_slack_for_one_address(door: Door, socket: SocketMode) -> None:
    assert await socket.connected()
    assert opened(door) == 1


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
async def test_when_slack_asks_for_it_the_connection_is_replaced(door: Door, socket: SocketMode, reason: str) -> None:
    await door.slack.socket_mode.disconnect(reason)
    await until(lambda: _true(opened(door) == 2))
    await until(socket.connected)
    assert (await door.slack.slash(MIA, "#team", "help")).status == 200


async def test_a_connection_that_breaks_comes_back(door: Door, socket: SocketMode) -> None:
    with capture_logs() as lines:
        door.slack.socket_mode.drop()
        await until(lambda: _true(opened(door) >= 2))
        await until(socket.connected)
        await until(lambda: _true("socket mode connected" in [line["event"] for line in lines]))
    assert (await door.slack.slash(MIA, "#team", "help")).status == 200
    assert [line["event"] for line in lines] == ["socket mode disconnected", "socket mode connected"]


@pytest.mark.parametrize(
    "fault", [Fault(status=503), Fault(reset=True), Fault(error="internal_error")], ids=["503", "reset", "error"]
)
async def test_while_slack_is_unwell_at_the_start_the_bot_goes_on_asking(door: Door, fault: Fault) -> None:
    fault.times = 2
    door.slack.faults.plan("apps.connections.open", fault)
    mode = socket_mode(door)
    with capture_logs() as lines:
        running = asyncio.create_task(mode.run())
        await until(mode.connected)
    assert opened(door) == 3
    assert [line["event"] for line in lines][:2] == ["slack not reached"] * 2
    await mode.close()
    await running


async def test_a_refused_token_ends_the_start_with_one_line_that_names_it(door: Door) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        await socket_mode(door, app_token="xapp-wrong").run()
    assert str(refusal.value) == "SLACK_APP_TOKEN: Slack refuses this token (invalid_auth)."
    assert opened(door) == 1


async def test_a_bot_token_in_the_place_of_the_app_token_is_refused(door: Door) -> None:
    with pytest.raises(ConfigurationError, match="not_allowed_token_type"):
        await socket_mode(door, app_token="xoxb-bot").run()


async def test_a_stop_while_slack_is_unreachable_does_not_wait(door: Door) -> None:
    door.slack.faults.plan("apps.connections.open", Fault(times=100, status=503))
    mode = socket_mode(door, first_wait=30.0)
    running = asyncio.create_task(mode.run())
    await until(lambda: _true(opened(door) == 1))
    await mode.close()
    async with asyncio.timeout(1.0):
        await running


class SlowListeners(RecordingListeners):
    """Takes its time to acknowledge."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = asyncio.Event()

    async def command(self, body: Body) -> Ack:
        answer = self._take("command", body)
        await self.gate.wait()
        return answer


async def test_closing_sends_the_acknowledgements_still_due_and_takes_nothing_new() -> None:
    listeners = SlowListeners()
    async with opened_door(http=False, listeners=listeners) as door:
        mode = socket_mode(door)
        running = asyncio.create_task(mode.run())
        await until(mode.connected)
        due = asyncio.create_task(door.slack.slash(MIA, "#team", "first"))
        await until(lambda: _true(listeners.texts == ["first"]))
        closing = asyncio.create_task(mode.close())
        await asyncio.sleep(0)
        late = asyncio.create_task(door.slack.slash(MIA, "#team", "second"))
        await asyncio.sleep(0.02)
        listeners.gate.set()
        assert (await due).status == 200
        await asyncio.gather(closing, running)
        assert (await late).error == "dispatch_failed"
        assert listeners.texts == ["first"]
