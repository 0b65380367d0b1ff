"""What the panel shows of a credential: its first letters, enough to tell two of them apart and of no use."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

LETTERS = 6  # at most, and never more than a quarter of the secret
# Fields that hold a credential at one of the vendors, in a query, a form or JSON.
NAMES = (
    *("sid", "pass", "password", "secure", "jwt", "token", "passcode", "pin", "invitation", "hash"),
    *("guest_pin", "access_token", "client_assertion", "private_key", "private_key_jwt"),
    *("client_secret", "pin_code", "turn_password"),
)
_FIELD = re.compile(rf"(?<![^&?])({'|'.join(NAMES)})=([^&]*)", re.IGNORECASE)


def cut(secret: str) -> str:
    """`eyJhbG…` for a long secret, less of a short one, `…` alone for a very short one."""
    return f"{secret[: min(LETTERS, len(secret) // 4)]}…"


def cut_authorization(header: str) -> str:
    """`Bearer eyJhbG…`: the scheme and the first letters; a header without a scheme shows nothing of itself."""
    scheme, _, credential = header.partition(" ")
    return f"{scheme} {cut(credential)}" if credential else ("…" if scheme else "")


def mask_fields(text: str) -> str:
    """A query or a form as it went, its credentials cut."""
    return _FIELD.sub(lambda field: f"{field[1]}={cut(field[2])}" if field[2] else field[0], text)


def mask_body(text: str) -> str:
    """A JSON body or a form, its credentials cut; what holds none stays letter for letter."""
    try:
        content = json.loads(text)
    except ValueError:
        return mask_fields(text)
    masked = _masked(content)
    return text if masked == content else json.dumps(masked, ensure_ascii=False)


def _masked(content: Any) -> Any:  # noqa: ANN401 (any JSON value)
    if isinstance(content, Mapping):
        return {name: _cut_value(value) if name.lower() in NAMES else _masked(value) for name, value in content.items()}
    return [_masked(one) for one in content] if isinstance(content, list) else content


def _cut_value(value: Any) -> Any:  # noqa: ANN401 (any JSON value)
    return cut(str(value)) if isinstance(value, str | int) and not isinstance(value, bool) and value != "" else value
