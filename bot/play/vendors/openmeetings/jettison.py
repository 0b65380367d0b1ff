"""JSON as Jettison writes it: named roots, texts that look like numbers become numbers, lists of one become bare."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

LONG = re.compile(r"0|-?[1-9][0-9]{0,17}")
DOUBLE = re.compile(r"-?(0|[1-9][0-9]{0,6})\.[0-9]{1,9}")


def render(root: str, value: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> str:
    """One DTO, or a list of them under the same name."""
    content = _fields(value) if isinstance(value, Mapping) else [_fields(one) for one in value]
    return json.dumps({root: content}, ensure_ascii=False, separators=(",", ":"))


def coerced(text: str) -> str | int | float | bool:
    """The number or truth value that prints the same as the text, else the text."""
    if LONG.fullmatch(text):
        return int(text)
    if text in ("true", "false"):
        return text == "true"
    number = float(text) if DOUBLE.fullmatch(text) else 0.0
    if repr(number) == text and (number == 0 or abs(number) >= 0.001):
        return int(number) if number.is_integer() else number  # trailing zeros are shaved off
    return text


def _fields(dto: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _value(value) for key, value in dto.items() if value is not None and value != []}


def _value(value: Any) -> Any:  # noqa: ANN401 (any JSON value)
    if isinstance(value, str):
        return coerced(value)
    if isinstance(value, Mapping):
        return _fields(value)
    if isinstance(value, list):
        return _value(value[0]) if len(value) == 1 else [_value(one) for one in value]
    return value
