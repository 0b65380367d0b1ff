"""Text as every vendor can take it."""

from __future__ import annotations

LONGEST_NAME = 200
JOINERS = "\u200c\u200d"  # parts of Persian words and of emoji


def plain(text: str, longest: int) -> str:
    """At most `longest` characters, without half surrogates and without control and direction characters."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return "".join(one for one in whole if one.isprintable() or one in JOINERS).strip()[:longest].rstrip()


def display_name(words: object) -> str:
    """What somebody calls themselves, as it can be stored, shown and typed; empty where it is no text."""
    return plain(words, LONGEST_NAME) if isinstance(words, str) else ""
