"""Addresses are made from segments, never from text: a DELETE on a whole collection cannot be expressed."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlencode

from yarl import URL

from bot.errors import BadInput


def address(base: str, *segments: str, query: Mapping[str, str] | None = None, slash: bool = False) -> URL:
    """The URL of these path segments below `base`, each percent-encoded whole.

    Raises BadInput for a segment `""`, `.` or `..`, or with characters that cannot be seen; for half a character in
    the query. All others stand there percent-encoded.
    """
    for segment in segments:
        if segment in {"", ".", ".."} or not segment.isprintable():
            raise BadInput("That name cannot stand in an address: empty, only dots, or with control characters.")
    if any("\ud800" <= one <= "\udfff" for value in (query or {}).values() for one in value):
        raise BadInput("That name cannot stand in an address: it holds half a character.")
    path = "".join("/" + quote(segment, safe="") for segment in segments) + ("/" if slash else "")
    tail = "?" + urlencode(query, quote_via=quote, safe="") if query else ""
    # yarl would re-quote and collapse what is already as it must go over the wire.
    url = URL(base + path + tail, encoded=True)
    if url.raw_path != (URL(base, encoded=True).raw_path.rstrip("/") + path or "/"):
        raise BadInput("That name cannot stand in an address.")
    return url
