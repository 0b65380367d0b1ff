"""A world in which two people may change a back end's configuration: what they type, what comes of it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot.play.slack import Message, text_of
from bot.play.slack.seed import OMAR, SARA
from bot.play.vendors.pexip import Received
from tests.fakes.world import GRANTS, World, world

OPS = "C0OPS"
ROOT = "/api/admin/configuration/v1/"
BOTH = """
[[grants]]
role = "ADMINISTRATOR"
users = ["U0OMAR"]
[[grants]]
role = "ADMINISTRATOR"
users = ["U0MAX"]
"""


@asynccontextmanager
async def configurable(folder: Path, **more: Any) -> AsyncIterator[World]:
    """Omar asks, Sara approves, Max is the third."""
    more.setdefault("grants", GRANTS + BOTH)
    async with world(folder, with_pexip=True, **more) as one:
        yield one


def changes(w: World) -> list[Received]:
    """What was sent to the node that is no mere question."""
    return [one for one in w.pexip.requests if one.method != "GET" and one.path.startswith(ROOT)]


def bodies(w: World, resource: str) -> list[Any]:
    """The JSON bodies of the changes of that resource."""
    return [json.loads(one.body) for one in changes(w) if one.path.startswith(f"{ROOT}{resource}/") and one.body]


def rows(w: World, resource: str) -> list[dict[str, Any]]:
    """The objects as the node shows them."""
    objects = w.pexip.objects
    return [objects.shown(resource, number) for number in sorted(objects.rows[resource])]


async def answered(w: World, line: str, words: str, *, user: str = OMAR) -> str:
    """Type it; the private answer that holds these words."""
    await w.slash(user, OPS, f"config pexip {line}".strip())
    return text_of(await w.told(user, words))


async def asked(w: World, line: str, *, user: str = OMAR) -> Message:
    """Type it; the card that asks for its approval."""
    before = len(w.slack.workspace.messages(OPS))
    await w.slash(user, OPS, f"config pexip {line}")
    cards = await w.until(
        lambda: [one for one in w.slack.workspace.messages(OPS)[before:] if "Approval" in text_of(one)]
    )
    return cards[-1]


async def approved(w: World, line: str, *, by: tuple[str, ...] = (SARA,), word: str = "") -> Message:
    """Type it, have it approved, and wait until the card says how it ended."""
    card = await asked(w, line)
    for person in by:
        await w.click(person, w.now(card), "Approve")
        if person != by[-1]:
            await w.until(lambda: w.says(card, "approved by"))
    ended = (word,) if word else ("done ·", "confirmed ·", "accepted ·", "already so ·", "refused ·", "invalid ·")
    await w.until(lambda: any(w.says(card, one) for one in ended))
    return w.now(card)
