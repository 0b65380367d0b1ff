"""One way to call a vendor over HTTP: paths from segments, at most as many attempts as the call's risk allows.

No address, query, header or body ever stands in an error or a log line: they carry session ids, tokens and numbers.
"""

from __future__ import annotations

from bot.rest.address import address
from bot.rest.answer import Answer, raise_for, refuse_clock, unclear
from bot.rest.client import Observe, Rest
from bot.rest.downloads import Begin, BrokenOff, Downloaded
from bot.rest.pace import Pace
from bot.rest.text import display_name, plain
from bot.rest.wire import BODY_LIMIT, Upload

__all__ = [
    "BODY_LIMIT",
    "Answer",
    "Begin",
    "BrokenOff",
    "Downloaded",
    "Observe",
    "Pace",
    "Rest",
    "Upload",
    "address",
    "display_name",
    "plain",
    "raise_for",
    "refuse_clock",
    "unclear",
]
