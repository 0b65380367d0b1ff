"""`POST /hooks/{backend}` on the web application: raw bytes in, a small answer out."""

from __future__ import annotations

from aiohttp import web
from structlog import get_logger

from bot.hooks import LARGEST_BODY, Hooks
from bot.tasks import Failure, Tasks

log = get_logger(__name__)


def hook_route(hooks: Hooks, tasks: Tasks) -> web.RouteDef:
    """The route. A bug behind it is logged and answered with 500, so that the vendor sends again."""

    async def receive(request: web.Request) -> web.Response:
        if (request.content_length or 0) > LARGEST_BODY:
            return web.Response(status=413)
        raw = await request.content.read(LARGEST_BODY + 1)
        while not request.content.at_eof() and len(raw) <= LARGEST_BODY:
            raw += await request.content.read(LARGEST_BODY + 1 - len(raw))
        if len(raw) > LARGEST_BODY:
            return web.Response(status=413)
        name = request.match_info["backend"]
        answer = await tasks.guard(hooks.receive(name, request.headers, raw), name=f"hook {name}")
        if isinstance(answer, Failure):
            return web.Response(status=500)
        return web.json_response(dict(answer.body), status=answer.status)

    return web.post("/hooks/{backend}", receive)
