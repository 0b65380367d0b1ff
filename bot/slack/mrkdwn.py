"""Text for Slack: the one place where untrusted words are escaped (slack docs, formatting message text)."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC

from bot.reply import At, Code, Group, Part, Place, Strong, Text, User, Verbatim

_UNSEEN = re.compile(  # control characters, and what turns the direction of writing or hides
    r"[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]"
)
_ID = re.compile(r"[A-Z0-9]{2,}")


def escape(words: str, limit: int | None = None) -> str:
    """Untrusted words as Slack shows them literally; cut after escaping, never within an entity."""
    plain = words
    if not (words.isascii() and words.isprintable()):
        plain = " ".join(_UNSEEN.sub("", unicodedata.normalize("NFC", words)).split("\n"))
    escaped = plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped if limit is None else cut(escaped, limit)


def cut(escaped: str, limit: int) -> str:
    """At most `limit` characters, with … where something is missing, no entity or link split."""
    if len(escaped) <= limit:
        return escaped
    kept = escaped[: limit - 1]
    entity = kept.rfind("&")
    if entity != -1 and ";" not in kept[entity:]:
        kept = kept[:entity]
    link = kept.rfind("<")
    if link != -1 and ">" not in kept[link:]:
        kept = kept[:link]
    return f"{kept}…"


def to_mrkdwn(body: Text) -> str:
    """A Text with its marks, mentions and dates."""
    return "".join(_mrkdwn(part) for part in body)


def to_plain(body: Text) -> str:
    """A Text without marks: for notifications, confirmations and screen readers. Escaped all the same."""
    return "".join(_plain(part) for part in body)


def _mrkdwn(part: Part) -> str:
    match part:
        case str():
            return escape(part)
        case Strong(text=words):
            inner = escape(words).strip().replace("*", "∗")
            return f"*{inner}*" if inner else ""
        case Code(text=words):
            return f"`{escape(words).replace('`', 'ˋ')}`"
        case Verbatim(text=words):
            lines = (escape(line).replace("`", "ˋ") for line in words.splitlines())
            return "```" + "\n".join(lines) + "```"
        case User(user_id=one):
            return f"<@{one}>" if _ID.fullmatch(one) else escape(one)
        case Group(group_id=one):
            return f"<!subteam^{one}>" if _ID.fullmatch(one) else escape(one)
        case Place(channel_id=one):
            return f"<#{one}>" if _ID.fullmatch(one) else escape(one)
        case At():
            return _date(part)


def _plain(part: Part) -> str:
    match part:
        case Strong(text=words) | Code(text=words) | Verbatim(text=words):
            return escape(words)
        case At(moment=moment):
            return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        case _:
            return _mrkdwn(part) if not isinstance(part, str) else escape(part)


def _date(at: At) -> str:
    form = "{time}" if at.style == "time" else "{date_short_pretty} {time}"
    fallback = f"{at.moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return f"<!date^{int(at.moment.timestamp())}^{form}|{fallback}>"
