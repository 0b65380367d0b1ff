"""`meetops run`: who it waits for, what ends it, what signals do, and what it tells an operator meanwhile."""

from __future__ import annotations

import asyncio
import os
import signal
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from structlog.testing import capture_logs

from bot import app
from bot.errors import ConfigurationError
from bot.play.slack import Fault, SlackServer
from bot.play.slack.seed import OMAR, VERA
from bot.play.vendors.jaas import Fault as JaasFault
from bot.settings import Settings, load
from tests.fakes.asking import standup
from tests.fakes.process import ended, free_port, kill, launch, lines, logged, stopped
from tests.fakes.storage import opened
from tests.fakes.world import World, connect, world

OPS = "C0OPS"


async def answer(url: str, method: str = "GET") -> tuple[int, str]:
    """Status and text of one request; 0 where nobody listens."""
    try:
        async with aiohttp.ClientSession() as session, session.request(method, url) as got:
            return got.status, await got.text()
    except aiohttp.ClientError:
        return 0, ""


async def listening(url: str) -> None:
    """Wait until it listens."""
    async with asyncio.timeout(30):
        while not (await answer(f"{url}/healthz"))[0]:
            await asyncio.sleep(0.02)


@asynccontextmanager
async def launched(w: World, **environ: str) -> AsyncIterator[tuple[Process, str]]:
    """The process and its address, whatever becomes of it."""
    port = free_port()
    process = await launch(w.folder, {**w.environ, "PORT": str(port), "LOG_FORMAT": "json", **environ}, "run")
    try:
        yield process, f"http://127.0.0.1:{port}"
    finally:
        await kill(process)


def settings(w: World, **environ: str) -> Settings:
    """What this world's configuration is read as."""
    return load({**w.environ, **environ}, w.folder)


async def test_a_bot_token_that_slack_refuses_ends_the_start_with_one_line(tmp_path: Path) -> None:
    async with (
        world(tmp_path, start_bot=False) as w,
        launched(w, SLACK_BOT_TOKEN="xoxb-an0ther-secret", LOG_FORMAT="console", LOG_LEVEL="WARNING") as (process, _),
    ):
        said = await ended(process)
    assert (said.status, said.line) == (1, "meetops: SLACK_BOT_TOKEN: Slack refuses this token (invalid_auth).")


async def test_an_app_token_that_slack_refuses_ends_the_start_too(tmp_path: Path) -> None:
    async with world(tmp_path, start_bot=False) as w:
        with pytest.raises(ConfigurationError) as refused:
            await app.serve(settings(w, SLACK_APP_TOKEN="xapp-an0ther-secret"))
    assert str(refused.value) == "SLACK_APP_TOKEN: Slack refuses this token (invalid_auth)."


async def test_in_socket_mode_it_is_ready_when_connected_and_there_is_no_path_for_slack(tmp_path: Path) -> None:
    async with world(tmp_path, socket_mode=True, start_bot=False) as w:
        w.slack.faults.plan("apps.connections.open", Fault(status=503))
        async with app.from_files(w.folder / "meetops.toml", w.environ, w.clock) as bot:
            assert await answer(f"{bot.url}/healthz") == (200, "alive\n")
            assert (await answer(f"{bot.url}/readyz"))[0] == 503
            assert (await answer(f"{bot.url}/slack/events", "POST"))[0] == 404
            await connect(w, bot.url, socket_mode=True)
            assert await answer(f"{bot.url}/readyz") == (200, "ready\n")


async def test_while_slack_is_not_reached_it_listens_and_it_is_ready_once_slack_answers(tmp_path: Path) -> None:
    """Then SIGHUP brings in new rules, or keeps the old ones where the file is wrong, and says so in one line."""
    async with world(tmp_path, start_bot=False) as w:
        away = free_port()
        async with launched(w, SLACK_API_URL=f"http://127.0.0.1:{away}/api/") as (process, url):
            await listening(url)
            assert await answer(f"{url}/readyz") == (503, "Slack has not authorised the bot yet\n")
            told = await logged(process, "slack not reached")
            assert (told["level"], told["method"], told["next_try"]) == ("warning", "auth.test", 1.0)
            await _back(w.slack, away)
            await connect(w, url)
            assert await answer(f"{url}/readyz") == (200, "ready\n")
            await _rules_again(w, process)
            said = await stopped(w, process)
    assert (said.status, said.out) == (0, "")
    assert [line["event"] for line in lines(said)] == ["stopping", "stopped"]


async def _back(slack: SlackServer, port: int) -> None:
    """Slack moves to where the bot looks for it."""
    await slack.stop()
    await slack.start(port)


async def _rules_again(w: World, process: Process) -> None:
    file = w.folder / "meetops.toml"
    right = file.read_text()
    await w.slash(VERA, OPS, "whoami")
    await w.told(VERA, "Viewer")
    file.write_text(right + '[[grants]]\nrole = "OPERATOR"\nusers = ["U0VERA"]')
    process.send_signal(signal.SIGHUP)
    assert (await logged(process, "rules"))["event"] == "rules re-read: roles, grants, approvals, dialling"
    await w.slash(VERA, OPS, "whoami")
    await w.told(VERA, "Operator")
    before = len(w.slack.workspace.ephemerals(user=VERA))
    file.write_text(right.replace("password = ", "pasword = "))
    process.send_signal(signal.SIGHUP)
    told = await logged(process, "rules")
    assert told["event"] == "rules kept as they were: the configuration is wrong"
    assert (told["level"], told["key"]) == ("error", "backends.meetings.pasword")
    assert told["problem"] == "is not a setting; did you mean password?"
    await w.slash(VERA, OPS, "whoami")
    await w.until(lambda: len(w.slack.workspace.ephemerals(user=VERA)) > before)
    await w.told(VERA, "Operator")


@pytest.mark.sqlite
async def test_sigterm_ends_what_is_under_way_and_then_the_successor_begins(tmp_path: Path) -> None:
    async with world(tmp_path, start_bot=False) as w, launched(w) as (first, url):
        await connect(w, url)
        await standup(w)
        async with launched(w) as (second, next_url):
            await logged(second, "waiting for another meetops to let go of the database")
            answered = asyncio.Event()
            w.jaas.faults.add(JaasFault(held=answered))
            await w.slash(OMAR, OPS, "dial standup oncall")
            await w.until(lambda: w.sent("DIAL_OUT_PARTICIPANT"))
            first.send_signal(signal.SIGTERM)
            await logged(first, "stopping")
            assert await answer(f"{url}/readyz") == (503, "the bot is stopping\n")
            await w.slash(OMAR, OPS, "rooms")
            await w.told(OMAR, "I am restarting; try again in a moment.")
            answered.set()
            said = await ended(first)
            assert (said.status, lines(said)[-1]["event"]) == (0, "stopped")
            await w.posted(OPS, "*accepted* · Ringing")
            await connect(w, next_url)
            await w.slash(OMAR, OPS, "rooms")
            await w.told(OMAR, "standup")
            assert (await stopped(w, second)).status == 0
        assert len(w.sent("DIAL_OUT_PARTICIPANT")) == 1


@pytest.mark.sqlite
async def test_a_predecessor_that_does_not_end_is_waited_for_and_then_named(tmp_path: Path) -> None:
    async with opened(tmp_path), world(tmp_path, start_bot=False) as w:
        with pytest.raises(ConfigurationError) as refused:
            await app.serve(settings(w), predecessor_drains=timedelta(seconds=0.05))
    assert str(refused.value).startswith("DATABASE_URL: another meetops runs on this database; stop it first (")


@pytest.mark.sqlite
async def test_sigterm_ends_a_start_that_waits_for_its_predecessor(tmp_path: Path) -> None:
    async with opened(tmp_path), world(tmp_path, start_bot=False) as w:
        starting = asyncio.create_task(app.serve(settings(w), predecessor_drains=timedelta(minutes=5)))
        await asyncio.sleep(0.05)
        assert not starting.done()
        os.kill(os.getpid(), signal.SIGTERM)
        async with asyncio.timeout(5):
            assert await starting is True


async def test_what_leaves_everybody_with_nothing_to_do_is_warned_of_once_it_listens(tmp_path: Path) -> None:
    async with world(tmp_path, start_bot=False) as w:
        (w.folder / "meetops.toml").write_text("")
        with capture_logs() as told:
            serving = asyncio.create_task(app.serve(settings(w)))
            async with asyncio.timeout(10):
                while "authorised by slack" not in [line["event"] for line in told]:
                    await asyncio.sleep(0.01)
                os.kill(os.getpid(), signal.SIGTERM)
                assert await serving is True
    said = [line["event"] for line in told]
    assert said[0] == "listening"
    warned = " ".join(line["event"] for line in told if line["log_level"] == "warning")
    assert "the configuration has no [[grants]]" in warned
    assert "no back end is configured" in warned
