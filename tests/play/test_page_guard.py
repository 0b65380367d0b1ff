"""The page's server: loopback only, its own page only, and plain answers to wrong requests."""

from __future__ import annotations

from collections.abc import Mapping

import aiohttp
import pytest

from bot.play.web import STATIC
from tests.browser.staged import ADA, GENERAL, MIA, Staged, staged


async def act(
    stage: Staged, path: str = "do/send", *, headers: Mapping[str, str] | None = None, body: str = "{}"
) -> int:
    own = {"Origin": stage.url.rstrip("/"), "Content-Type": "application/json"}
    async with (
        aiohttp.ClientSession() as client,
        client.post(stage.url + path, data=body, headers={**own, **(headers or {})}) as answer,
    ):
        return answer.status


async def test_the_page_itself_may_act() -> None:
    async with staged() as stage:
        assert await act(stage) == 200
        assert stage.asked == [("send", {})]


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Host": "evil.example", "Origin": "http://evil.example"},
        {"Host": "127.0.0.1.evil.example"},
    ],
    ids=str,
)
async def test_another_site_cannot_act(headers: dict[str, str]) -> None:
    async with staged() as stage:
        assert await act(stage, headers=headers) == 403
        assert stage.asked == []


async def test_a_request_without_an_origin_cannot_act_or_listen() -> None:
    async with staged() as stage, aiohttp.ClientSession() as client:
        async with client.post(stage.url + "do/send", json={}) as answer:
            assert answer.status == 403
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await client.ws_connect(stage.url + "socket")
        assert refused.value.status == 403


async def test_a_name_that_points_to_this_machine_does_not_get_the_page() -> None:
    async with staged() as stage, aiohttp.ClientSession() as client:
        async with client.get(stage.url, headers={"Host": "rebound.example"}) as answer:
            assert answer.status == 403
        async with client.get(stage.url) as answer:
            assert answer.status == 200
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


async def test_wrong_actions_get_a_plain_answer() -> None:
    async with staged() as stage:
        assert await act(stage, "do/nonsense") == 404
        assert await act(stage, body="not json") == 400
        assert await act(stage, headers={"Content-Type": "text/plain"}) == 415
        stage.refusals["send"] = "Not now."
        assert await act(stage) == 409


async def test_a_reader_gets_the_whole_picture_of_a_person_and_then_only_their_news() -> None:
    async with staged() as stage, aiohttp.ClientSession() as client:
        async with client.ws_connect(stage.url + "socket", headers={"Origin": stage.url.rstrip("/")}) as socket:
            whole = await socket.receive_json()
            assert [person["id"] for person in whole["people"] if person["playable"]][:2] == [ADA, MIA]
            await socket.send_json({"watch": "U0MEETOPS"})  # a bot is nobody to play
            await socket.send_json(["nonsense"])
            await socket.send_json({"watch": MIA})
            person = await socket.receive_json()
            assert (person["type"], person["me"]) == ("person", MIA)
            stage.say("for Ada", only=ADA)
            stage.say("for all")
            news = [await socket.receive_json() for _ in range(4)]
        messages = [one["message"]["text"] for one in news if one["type"] == "message"]
        assert messages == ["for all"]
        assert {"type": "arrived", "channel": GENERAL, "readers": [ADA], "called": [ADA]} in news


def test_no_script_of_the_page_makes_markup_or_code_out_of_text() -> None:
    scripts = sorted(STATIC.glob("*.js"))
    assert len(scripts) > 10
    words = ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "srcdoc")
    found = [(script.name, word) for script in scripts for word in words if word in _code(script.read_text())]
    assert found == []


def _code(source: str) -> str:
    return "\n".join(line for line in source.splitlines() if not line.lstrip().startswith(("//", "/**", "*")))
