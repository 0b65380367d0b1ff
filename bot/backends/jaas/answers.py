"""What 8x8's answers mean: it documents none, so each is read with care."""

from __future__ import annotations

import re

from bot.errors import BackendError
from bot.model import Risk
from bot.rest import Answer, raise_for, unclear

MESSAGE_KEY = re.compile(r"[a-z][a-z0-9._-]{2,59}", re.IGNORECASE)


def check(answer: Answer, *, risk: Risk, what: str) -> None:
    """Raise what a refusal means; a 2xx returns. `what` is the thing a 404 speaks of."""
    name, status = answer.backend, answer.status
    if answer.is_page and (answer.ok or status == 404):
        # The commands answer nothing or JSON, also for what is not there: a page comes from something else.
        if answer.ok and risk is not Risk.READ:
            raise unclear(name)
        raise BackendError(f"{name} answered with a web page (status {status}); check its base_url.")
    if status == 402:
        raise BackendError(f"{name}: the 8x8 account's plan does not include this, or its limit is reached.")
    if status in {400, 422} and (key := _message_key(answer)):
        raise BackendError(f"{name} did not accept the request (status {status}, {key}).")
    raise_for(answer, risk=risk, what=what)


def _message_key(answer: Answer) -> str:
    """The key that 8x8's own services give with a refusal; never their text, which may hold what was sent."""
    try:
        content = answer.json()
    except BackendError:
        return ""
    key = content.get("messageKey") if isinstance(content, dict) else None
    return key if isinstance(key, str) and MESSAGE_KEY.fullmatch(key) else ""
