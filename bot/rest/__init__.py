"""One way to call a vendor over HTTP: paths from segments, at most as many attempts as the call's risk allows.

No address, query, header or body ever stands in an error or a log line: they carry session ids, tokens and numbers.
"""

from __future__ import annotations

from bot.rest.address import address
from bot.rest.answer import Answer, raise_for, unclear
from bot.rest.client import BODY_LIMIT, Observe, Rest
from bot.rest.text import plain

__all__ = ["BODY_LIMIT", "Answer", "Observe", "Rest", "address", "plain", "raise_for", "unclear"]
