"""Every way in which a management node says no, as one sentence with the messages of the fields.

Seen on a running Tastypie: `{"<resource>": {"<field>": ["…"], "__all__": ["…"]}}`, `{"<field>": ["…"]}`,
`{"error": "…"}` (HTML-escaped, or a list printed as text), `{"error_message": "Sorry, …"}`, `{"status": "failure",
"error": "…"}` of commands, an empty body, a page. What was sent as a secret is never repeated.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from bot.errors import BackendError, BadInput, NotFound, SignInFailed
from bot.model import Risk
from bot.rest import Answer, raise_for

LONGEST = 300  # letters of the vendor's own words
SECRET = re.compile(r"(^|_)(pin|password|passphrase|secret|token|key)($|_)")
NOTHING_SAID = "Sorry, this request could not be processed"
DIGITS = re.compile(r"[0-9]{4,}")  # what a message about a PIN may repeat of it
WHOLE = frozenset({"__all__", "non_field_errors", ""})

Json = dict[str, Any]


class NotAccepted(BadInput):
    """The node checked what was sent and refused it; nothing was changed. `fields`: field → its messages."""

    def __init__(self, sentence: str, fields: Mapping[str, tuple[str, ...]]) -> None:
        super().__init__(sentence)
        self.fields = fields


def raise_for_failure(answer: Answer, *, risk: Risk, what: str = "that", sent: object | None = None) -> None:
    """Raise what the answer means; a 2xx returns. `what`: the thing a 404 speaks of. `sent`: the body, for its secrets.

    Raises NotAccepted, SignInFailed, NotFound, BackendError, Unavailable, or UnknownOutcome for a 5xx after a write.
    """
    if answer.ok:
        return
    name, status = answer.backend, answer.status
    if status in {401, 403}:
        raise SignInFailed(
            f"{name} did not let the bot's account do this: it is signed out, or its role there does not permit it; "
            "ask an administrator."
        )
    if status == 404 and is_page(answer):
        raise NotFound(f"{name} has no such resource; its version may be too old for it.")
    if status == 405:
        raise BackendError(f"{name} does not offer that for this resource.")
    if status in {400, 409, 422}:
        fields = messages(answer, sent)
        words = "; ".join(": ".join(filter(None, (_label(field), " ".join(said)))) for field, said in fields.items())
        if words:
            raise NotAccepted(f"{name} did not accept it: {_cut(words)}", fields)
    raise_for(answer, risk=risk, what=what)


def messages(answer: Answer, sent: object | None = None) -> dict[str, tuple[str, ...]]:
    """Field → messages; under the empty name what is about the whole. Empty where the node gave no reason."""
    content: object = None
    with suppress(ValueError, RecursionError):
        content = json.loads(answer.body)
    secrets = tuple(_secrets(sent))
    found: dict[str, tuple[str, ...]] = {}
    for field, words in _said(content):
        said = _plain(words, secrets)
        said = DIGITS.sub("…", said) if is_secret(field) else said
        if said and not said.startswith(NOTHING_SAID):
            found[field] = (*found.get(field, ()), said)
    return found


def _said(content: object, field: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    if isinstance(content, str | int | float):
        yield field, str(content)
    elif isinstance(content, list) and depth < 5:
        for one in content:
            yield from _said(one, field, depth + 1)
    elif isinstance(content, dict) and depth < 5:
        if depth == 0 and (whole := _about_the_whole(content)):
            yield "", whole
            return
        for name, value in content.items():
            # {"conference": {"pin": […]}}: the outer name is the resource's, the inner one the field's.
            if name != "traceback":
                yield from _said(value, "" if name in WHOLE else str(name), depth + 1)


def _about_the_whole(content: Json) -> str:
    for key in ("error_description", "error", "message", "error_message"):
        if isinstance(content.get(key), str):
            return str(content[key])
    return ""


def _plain(words: str, secrets: tuple[str, ...]) -> str:
    """Without Django's list around it, escapes, line ends, and whatever was sent in confidence."""
    words = html.unescape(words).strip()
    if found := re.fullmatch(r"""\[(['"])(.*)\1\]""", words, re.DOTALL):
        words = found[2]
    for secret in secrets:
        words = words.replace(secret, "…")
    words = "".join(one if one.isprintable() else " " for one in words)
    return _cut(" ".join(words.split()))


def _secrets(sent: object, name: str = "") -> Iterator[str]:
    if isinstance(sent, Mapping):
        for key, value in sent.items():
            yield from _secrets(value, str(key))
    elif isinstance(sent, list | tuple):
        for one in sent:
            yield from _secrets(one, name)
    elif isinstance(sent, str) and sent and (is_secret(name) or name == "destination"):  # a phone number
        yield sent


def is_secret(field: str) -> bool:
    """Whether a field's name speaks of a PIN, password, key or token."""
    return bool(SECRET.search(field))


def _label(field: str) -> str:
    return field.replace("_", " ")


def _cut(words: str) -> str:
    return words if len(words) <= LONGEST else words[: LONGEST - 1] + "…"


def is_page(answer: Answer) -> bool:
    """Whether this is a web page: something else than the API answered (its own empty answers claim to be HTML)."""
    start = answer.body.lstrip()[:200].lower()
    return start.startswith((b"<!doctype html", b"<html")) or b"<html" in start
