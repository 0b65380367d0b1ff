"""Requests that other people have to agree to, and the record of what is carried out at once.

    pending ─ approved ─ running ─ ended (done, accepted, refused, unknown, …)
       └──────────────────────────── ended (denied, cancelled, expired)

Each step is one transaction: the state by compare-and-swap, its audit row, and the jobs that follow from it. Knows
neither Slack nor commands: `Callbacks` does what needs them.
"""

from __future__ import annotations

from bot.approvals.engine import STILL_OPEN, Approvals
from bot.approvals.work import Callbacks, handlers
from bot.store import Draft, Request, Result, State, Verdict
from bot.store.outbox import card_key, note_key

__all__ = [
    "STILL_OPEN",
    "Approvals",
    "Callbacks",
    "Draft",
    "Request",
    "Result",
    "State",
    "Verdict",
    "card_key",
    "handlers",
    "note_key",
]
