"""What a message is about, in a few words: the name of the room that is made for it."""

from __future__ import annotations

import html
import re
import unicodedata

LONGEST_TOPIC = 60
_LABELLED = re.compile(r"<[^<>|]*\|([^<>]*)>")  # a link or channel with the words that are shown for it
_MARKUP = re.compile(r"<[^<>]*>")  # mentions, bare links, dates: nothing to name a room by
_MARKS = re.compile(r"[*_~`]+")
_NOT_FIRST = re.compile(r"^(?:id:|[^\w(\[])+", re.IGNORECASE)  # a room's name may not begin so, or reads badly


def topic(message: str) -> str:
    """The beginning of the message as plain words, whole ones; empty where it has none."""
    words = html.unescape(_MARKUP.sub(" ", _LABELLED.sub(r"\1", message)))
    words = "".join(" " if unicodedata.category(one)[0] in "CZ" else one for one in words)
    words = _NOT_FIRST.sub("", " ".join(_MARKS.sub("", words).split()))
    if len(words) > LONGEST_TOPIC:
        kept = words[: LONGEST_TOPIC + 1]
        words = kept.rpartition(" ")[0] or kept[:LONGEST_TOPIC]
    return words.rstrip(" /,.:;!?-")
