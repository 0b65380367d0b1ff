"""Response URLs: a way to answer where a person typed or clicked, without being a member there."""

from __future__ import annotations

import asyncio
import json

from aiohttp import web

from bot.play.slack.faults import RESPONSE_URL, Faults
from bot.play.slack.grants import ResponseGrant, ResponseGrants
from bot.play.slack.methods.content import flag, message_content, says_something
from bot.play.slack.records import Call, Json, Message
from bot.play.slack.refusals import SlackRefusal
from bot.play.slack.workspace import Workspace


class ResponseUrls:
    """Answers `POST /response/<token>`; each use is noted in `workspace.calls` under `response_url`."""

    def __init__(self, workspace: Workspace, grants: ResponseGrants, faults: Faults) -> None:
        self._workspace = workspace
        self._grants = grants
        self._faults = faults

    async def handle(self, request: web.Request) -> web.Response:
        """One use. `used_url` and `expired_url` come with HTTP 404, other refusals with 400."""
        fault = self._faults.meet(RESPONSE_URL)
        await asyncio.sleep(fault.delay)
        body = _object(await request.read())
        status, answer = fault.status or 200, {"ok": False, "error": fault.error} if fault.error else {"ok": True}
        if not fault.spoils or fault.carried_out:
            status, answer = self._use(request.match_info["token"], body)
        self._workspace.note_call(Call(RESPONSE_URL, body or {}, self._workspace.clock.now(), answer, status))
        if fault.reset and request.transport is not None:
            request.transport.abort()
        headers = {"Retry-After": str(fault.retry_after)} if fault.retry_after else {}
        return web.json_response(answer, status=fault.status or status, headers=headers)

    def _use(self, token: str, body: Json | None) -> tuple[int, Json]:
        try:
            grant = self._grants.use(token)
            if body is None:
                raise SlackRefusal("invalid_payload")
            self._answer(grant, body)
        except SlackRefusal as refusal:
            return (404 if refusal.code in ("used_url", "expired_url") else 400), refusal.answer()
        return 200, {"ok": True}

    def _answer(self, grant: ResponseGrant, body: Json) -> None:
        original = grant.message
        if flag(body, "delete_original"):
            if len(body) > 1:
                raise SlackRefusal("invalid_payload")
            if original is not None and not original.deleted:
                self._workspace.delete(original)
            return
        content = message_content(body)
        says_something(content)
        if flag(body, "replace_original") and original is not None and not original.deleted:
            self._workspace.edit(original, **{"text": "", "blocks": [], "attachments": []} | content)
            return
        show_answer(self._workspace, grant.channel, grant.user, content=content, body=body)


def _object(raw: bytes) -> Json | None:
    try:
        body = json.loads(raw)
    except ValueError:
        return None
    return body if isinstance(body, dict) else None


def show_answer(workspace: Workspace, channel: str, user: str, *, content: Json, body: Json) -> Message:
    """Show an answer by the bot: to that person alone unless `response_type` is `in_channel`."""
    team = workspace.team
    message = Message(channel, workspace.new_ts(), team.bot_user, bot_id=team.bot_id, **content)
    public = body.get("response_type") == "in_channel"
    message.ephemeral_for = "" if public else user
    message.thread_ts = str(body.get("thread_ts") or "") if public else ""  # slack docs: threads take public answers
    return workspace.post(message)
