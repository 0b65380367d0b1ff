"""How OpenMeetings writes its answers: named roots, Jettison's types, `type` instead of statuses.

Jettison writes every text that looks like a number or a truth value as one, a list of one as the bare value, and
leaves empty lists and nulls out; `as_str` and `as_list` undo that.
"""

from __future__ import annotations

import json
from typing import Any

from bot.errors import BackendError, SignInFailed
from bot.model import Risk
from bot.rest import Answer, raise_for, unclear

Json = dict[str, Any]
NOT_ALLOWED = "error.notallowed"  # an expired session and a missing right alike
NOT_UNDERSTOOD = frozenset({400, 404, 405, 406, 415})


def as_str(value: object) -> str:
    """The text that was coerced; lossless, because only texts that print the same are coerced."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def as_list(value: object) -> list[Any]:
    """A collection: absent, a bare value, or a list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def decode(answer: Answer, risk: Risk = Risk.READ) -> Json:
    """The JSON object of an answer. Raises BackendError (READ) or UnknownOutcome for a page, nothing, or half of it."""
    try:
        # "1.0E10" is a name like any other: its digits must stay as they are.
        content = json.loads(answer.body, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise not_clear(answer, "OpenMeetings' JSON", risk)
    return content


def unwrap(answer: Answer, root: str, risk: Risk = Risk.READ) -> Any:  # noqa: ANN401 (an object, a list, or neither)
    """What stands under the named root of an answer. Raises as `decode`, also when the root is missing."""
    content = decode(answer, risk)
    if root not in content:
        raise not_clear(answer, root, risk)
    return content[root]


def objects(answer: Answer, root: str) -> list[Json]:
    """The list of objects under the named root. Raises BackendError where there is anything else."""
    found = unwrap(answer, root)
    found = found if isinstance(found, list) else [found]
    if not all(isinstance(one, dict) for one in found):
        raise not_clear(answer, f"a list of {root}", Risk.READ)
    return found


def message_in(answer: Answer, risk: Risk = Risk.READ) -> str:
    """The message of a serviceResult of `type: SUCCESS`. Raises as `decode` for anything else."""
    result = unwrap(answer, "serviceResult", risk)
    if (
        not isinstance(result, dict)
        or result.get("type") != "SUCCESS"
        or isinstance(result.get("message"), dict | list)
    ):
        raise not_clear(answer, "a result", risk)
    return as_str(result.get("message"))


def not_clear(answer: Answer, missing: str, risk: Risk) -> BackendError:
    """What to raise for a 2xx without what belongs there: only of a READ is it known that nothing happened."""
    if risk is Risk.READ:
        return BackendError(f"{answer.backend} answered without {missing}; check its base_url and version.")
    return unclear(answer.backend)


def error_in(answer: Answer) -> str | None:
    """The key (or Java's words, or the number of seeds/001) of an answer of `type: ERROR`, whatever its status."""
    if b"serviceResult" not in answer.body:
        return None  # no need to read it as JSON, as is done for what is asked of it
    try:
        result = decode(answer).get("serviceResult")
    except BackendError:
        return None
    if not isinstance(result, dict) or result.get("type") != "ERROR":
        return None
    return as_str(result.get("message", result.get("code", "")))


def refused_inside(answer: Answer) -> bool:
    """Whether the server itself failed on the request in its own words: what it does for an unknown id."""
    error = error_in(answer)
    return answer.status == 500 and error is not None and not error.startswith("error.")


def raise_for_status(answer: Answer, *, risk: Risk) -> None:
    """Raise what a status means here. Any other answer of `type: ERROR` is the caller's to word."""
    if error_in(answer) == NOT_ALLOWED:
        raise no_right(answer.backend)
    if answer.status in NOT_UNDERSTOOD:
        raise BackendError(
            f"{answer.backend} did not understand the request (status {answer.status}); check its base_url and version."
        )
    raise_for(answer, risk=risk)


def no_right(backend: str) -> SignInFailed:
    """The session is fresh, so it is the account that may not."""
    return SignInFailed(
        f"{backend} does not let the bot's account do this: it needs the rights LOGIN, ROOM and SOAP there; "
        "ask an administrator."
    )
