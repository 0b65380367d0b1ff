"""The ground all applications run on: a Slack and a vendor that answer at once, in a process of their own.

Nothing is checked here: a strict simulation would cost more than what is measured.
`python -m benchmarks.ground <port>`.
"""

import asyncio
import json
import re
import sys
from typing import Any
from urllib.parse import unquote_to_bytes

from aiohttp import web

SIGNING_SECRET = "benchmark-signing-secret"
BOT_TOKEN = "xoxb-benchmark"
TEAM, CHANNEL, USER = "T0BENCH", "C0BENCH", "U0BENCH"
SID = "78189aff-d68d-458a-8840-5b18d15a50b0"
VENDOR_PATH = f"/openmeetings/services/room/users/1?sid={SID}"
ANSWER = re.compile(rb"(1 person|people) (is|are) in")  # what every application says in the end

PEOPLE = {"userDTO": [{"id": 7, "firstname": "Ann", "lastname": "Lee", "login": "ann", "type": "EXTERNAL"}]}
ROOM = {"roomDTO": {"id": 1, "name": "standup", "type": "CONFERENCE", "capacity": 4, "isPublic": False}}


class Ground:
    """Counts the answers that were posted, not the failures; `stall` makes the vendor wait."""

    def __init__(self) -> None:
        self.posts = 0
        self.calls = 0
        self.stall = 0.0

    async def slack(self, request: web.Request) -> web.Response:
        """Any Web API method."""
        method = request.match_info["method"]
        self._note(await request.read(), method in ("chat.postMessage", "chat.postEphemeral"))
        return _json(_answer(method), {"x-oauth-scopes": "commands,chat:write,chat:write.public,users:read"})

    async def response_url(self, request: web.Request) -> web.Response:
        """An answer over a response_url."""
        self._note(await request.read(), True)
        return web.Response(text="ok")

    def _note(self, body: bytes, shown: bool) -> None:
        self.posts += bool(shown and ANSWER.search(unquote_to_bytes(body.replace(b"+", b" "))))

    async def vendor(self, request: web.Request) -> web.Response:
        """OpenMeetings, as far as `create` and `who` go."""
        await request.read()
        path = request.path
        if path.endswith("/login"):
            return _json({"serviceResult": {"message": SID, "type": "SUCCESS"}})
        if path.endswith("/version"):
            return _json({"info": {"version": "9.1.0", "revision": "x", "buildDate": "2026-01-01T00:00:00Z"}})
        if "/room/users/" in path:
            self.calls += 1
            if self.stall:
                await asyncio.sleep(self.stall)
            return _json(PEOPLE)
        return _json(ROOM)

    async def control(self, request: web.Request) -> web.Response:
        """`/control?stall=10` sets the stall; always answers the counts."""
        if "stall" in request.query:
            self.stall = float(request.query["stall"])
        return _json({"posts": self.posts, "calls": self.calls})


def _answer(method: str) -> dict[str, Any]:
    known: dict[str, dict[str, Any]] = {
        "auth.test": {"team_id": TEAM, "user_id": "U0BOT", "bot_id": "B0BOT", "user": "meetops", "team": "bench"},
        "users.info": {"user": {"id": USER, "team_id": TEAM, "name": "ann", "real_name": "Ann", "tz": "Europe/Paris"}},
        "conversations.info": {"channel": {"id": CHANNEL, "name": "bench", "is_channel": True, "is_member": True}},
        "chat.postMessage": {"channel": CHANNEL, "ts": "1.000100"},
    }
    return {"ok": True, **known.get(method, {})}


def _json(body: object, headers: dict[str, str] | None = None) -> web.Response:
    return web.Response(text=json.dumps(body), content_type="application/json", headers=headers)


async def main(port: int) -> None:
    """Serve until killed."""
    ground = Ground()
    app = web.Application()
    app.router.add_route("*", "/api/{method}", ground.slack)
    app.router.add_post("/response/{token}", ground.response_url)
    app.router.add_route("*", "/openmeetings/{rest:.*}", ground.vendor)
    app.router.add_get("/control", ground.control)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
