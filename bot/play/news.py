"""One change that open pages are told of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class News:
    """`body` as the page reads it (`type` and its fields), and the user ids who may see it (None: everybody)."""

    body: Mapping[str, Any]
    readers: frozenset[str] | None = None
