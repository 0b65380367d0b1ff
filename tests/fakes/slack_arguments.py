"""Whether the bot calls Slack's methods with arguments they have."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from bot.play.slack import RESPONSE_URL, Call

METHODS = Path(__file__).parents[3] / "shared" / "slack" / "methods.json"
needs_methods = pytest.mark.skipif(not METHODS.exists(), reason="no list of Slack's methods beside this checkout")


# https://docs.slack.dev/reference/methods/files.info, which that list leaves out.
BESIDE = {
    "files.info": {
        "rate_limits": "t4",
        "args": {"properties": {"file": {}, "count": {}, "page": {}, "cursor": {}, "limit": {}}, "required": ["file"]},
    }
}


def slacks_methods() -> dict[str, Any]:
    """Slack's methods with their arguments and rate limit tiers."""
    return {**json.loads(METHODS.read_text()), **BESIDE}


def wrong_arguments(calls: Iterable[Call]) -> list[str]:
    """`method: argument` for each argument a Web API method does not have, or lacks (slack docs, methods 2026-08)."""
    methods = slacks_methods()
    wrong = []
    for call in calls:
        if call.method == RESPONSE_URL:
            continue
        known = methods[call.method]["args"]
        unknown = call.args.keys() - known["properties"].keys()
        missing = set(known["required"]) - call.args.keys() - {"token"}
        wrong += [f"{call.method}: {name}" for name in sorted(unknown | missing)]
    return wrong
