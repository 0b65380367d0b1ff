"""A card of the bot with a button, a select and a menu, and an answer through a response URL."""

from __future__ import annotations

from typing import Any

import aiohttp

from bot.play.slack import Message, Workspace

BUTTON = {"type": "button", "text": {"type": "plain_text", "text": "Approve"}, "action_id": "approve", "value": "r1"}
WHO = {"type": "users_select", "action_id": "who", "placeholder": {"type": "plain_text", "text": "Who?"}}
MORE = {
    "type": "overflow",
    "action_id": "more",
    "options": [{"text": {"type": "plain_text", "text": "End"}, "value": "end"}],
}
CARD = [{"type": "actions", "block_id": "row", "elements": [BUTTON, WHO, MORE]}]


def post(workspace: Workspace, channel: str = "C0OPS", **fields: Any) -> Message:
    team = workspace.team
    return workspace.post(
        Message(channel, workspace.new_ts(), team.bot_user, "card", CARD, bot_id=team.bot_id, **fields)
    )


async def answer(url: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    async with aiohttp.ClientSession() as session, session.post(url, json=body) as response:
        return response.status, await response.json()
