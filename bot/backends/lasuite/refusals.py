"""What La Suite Meet's refusals mean (backends: La Suite Meet, §2 and §3).

Its texts are translated by Accept-Language, so English is asked for and only two texts decide: which scope is missing,
and whose account it is about. Everything else goes by the status.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from bot.errors import BackendError, BadInput, NoAccess, NotFound, NotSupported, SignInFailed
from bot.model import Risk
from bot.rest import Answer, plain, raise_for, unclear

LONGEST = 300  # letters of the server's own words
SCOPE = re.compile(r"rooms:[a-z-]{1,40}")
NO_ROLE = "You do not have permission"
ACCOUNT = {"User not found.": "does not exist", "User account is disabled.": "is disabled"}

Json = dict[str, Any]


def content_of(answer: Answer, risk: Risk = Risk.READ) -> Json:
    """The JSON object of a 2xx. Raises BackendError, or UnknownOutcome where something may have been made."""
    content: object = None
    if not answer.is_page:
        try:
            content = answer.json()
        except BackendError:
            content = None
    if isinstance(content, dict):
        return content
    if risk is Risk.READ:
        raise BackendError(f"{answer.backend} answered something that is no answer of its API; check its base_url.")
    raise unclear(answer.backend)


def detail(answer: Answer, hidden: Sequence[str] = ()) -> str:
    """What the answer says in `detail` or `error`, without what was sent in confidence; empty: it says nothing."""
    content = _json(answer)
    said = content.get("detail") or content.get("error") if isinstance(content, dict) else None
    if not isinstance(said, str):
        return ""
    for secret in hidden:
        said = said.replace(secret, "…")
    return plain(said, LONGEST)


def spent(answer: Answer) -> bool:
    """Whether a fresh token may help: refused (401), as a resource server refuses one (a page), or without the scope.

    Scopes are frozen in the token: one that an administrator has added needs a new token.
    """
    if answer.status == 401:
        return True
    return (answer.status == 400 and answer.is_page) or (answer.status == 403 and _scope(answer) is not None)


def check(answer: Answer, *, risk: Risk, what: str = "that room") -> None:
    """Raise what a refusal of the rooms API means; a 2xx returns."""
    name, status = answer.backend, answer.status
    if answer.ok:
        return
    if status == 401:
        raise _not_accepted(answer)
    if status == 400 and answer.is_page:
        raise SignInFailed(f"{name} refused the token that it had just given; ask an administrator to check base_url.")
    if status == 403 and (scope := _scope(answer)) is not None:
        raise SignInFailed(
            f"The bot's application at {name} lacks the scope {scope or 'for this'}; ask an administrator of La Suite "
            "Meet to add it."
        )
    if status == 403:
        raise NoAccess(f"You have no role in {what} at {name}; ask its owner to add you there.")
    if status == 404 and answer.is_page:
        raise BackendError(f"{name} has no external API at its base_url, or it is switched off; ask an administrator.")
    if status == 404:
        raise NotFound(f"{name} does not know {what}.")
    if status == 405:
        raise NotSupported(f"{name}: this La Suite Meet does not offer that yet.")
    if status in {400, 422} and (words := "; ".join(_messages(_json(answer)))):
        raise BadInput(f"{name} did not accept it: {plain(words, LONGEST)}")
    raise_for(answer, risk=risk, what=what)


def check_token(answer: Answer, hidden: Sequence[str] = ()) -> None:
    """Raise what a refusal of the token endpoint means; a 2xx returns. `hidden`: what was sent in confidence."""
    name, status, said = answer.backend, answer.status, detail(answer, hidden)
    if answer.ok:
        return
    if status == 401:
        raise SignInFailed(
            f"{name} refused the bot's own application ({said or 'client_id, client_secret'}); ask an administrator."
        )
    if status == 403:
        raise NoAccess(f"The bot may not act at {name} for people of your e-mail domain; ask an administrator there.")
    if status == 404 and answer.is_page:
        raise BackendError(f"{name} has no external API at its base_url, or it is switched off; ask an administrator.")
    if status == 404 and said == "Not found.":
        raise BackendError(f"Applications are switched off at {name} (APPLICATION_ENABLED); ask an administrator.")
    if status == 404:
        raise NoAccess(
            f"Nobody at {name} has your e-mail address: sign in there once with the address that Slack knows, then "
            "ask again."
        )
    if status == 409 or (status == 400 and answer.is_page):
        raise NoAccess(f"{name} cannot tell whose account your e-mail address is; ask an administrator there.")
    if status == 400 and said:
        raise NoAccess(f"{name} does not take your e-mail address: {said}")
    if status in {400, 415}:
        raise BackendError(f"{name} did not understand the request for a token (status {status}); check its version.")
    raise_for(answer, risk=Risk.READ, what="its own token address")


def _not_accepted(answer: Answer) -> BackendError:
    said = detail(answer)
    if said in ACCOUNT:
        return NoAccess(f"Your account at {answer.backend} {ACCOUNT[said]}; ask an administrator there.")
    why = f" ({said})" if said else ""
    return SignInFailed(f"{answer.backend} refused the bot's own application{why}; ask an administrator.")


def _scope(answer: Answer) -> str | None:
    """The scope that is missing, empty where none is named; None: it is not about scopes."""
    said = detail(answer)
    if not said or said.startswith(NO_ROLE):
        return None
    found = SCOPE.search(said)
    return found.group() if found else ("" if said == "Insufficient permissions." else None)


def _json(answer: Answer) -> object:
    if answer.is_page:
        return None
    try:
        return answer.json()
    except BackendError:
        return None


def _messages(content: object, field: str = "") -> Iterator[str]:
    """`field: message` of DRF's lists of texts and of pydantic's lists of objects."""
    if isinstance(content, str):
        yield f"{field.replace('_', ' ')}: {content}" if field else content
    elif isinstance(content, list):
        for one in content:
            yield from _messages(one.get("msg") if isinstance(one, dict) else one, field)
    elif isinstance(content, dict) and not field:
        for name, value in content.items():
            yield from _messages(value, "" if name in {"detail", "error", "non_field_errors"} else str(name))
