"""Text for Slack: the one place where untrusted words are escaped (slack docs, formatting message text)."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC

from bot.reply import At, Code, Group, Part, Place, Strong, Text, User, Verbatim

# Control characters and lone surrogates; what turns the direction of writing, or takes no room on the screen. Joiners
# (U+200C, U+200D) and variation selectors stay: Persian, Hindi and emoji are written with them.
_UNSEEN = re.compile(
    r"[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f"
    r"\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e0fff]"
)
_ID = re.compile(r"[A-Z0-9]{2,}")
# What mrkdwn would take for bold, struck, code, italics (only at the edge of a word) and emoji.
_MARK = re.compile(
    r"[*~`]|(?<![^\W_])_|_(?![^\W_])|:(?=(?:[\d+'\-]*+[^\W\d][\w+'\-]*+|[+\-]1|100|1234):)",
)
_LOOKALIKE = {"*": "∗", "~": "∼", "`": "ˋ", "_": "ˍ", ":": "∶"}


def escape(words: str, limit: int | None = None) -> str:
    """Untrusted words as Slack shows them literally; cut after escaping, never within an entity."""
    plain = words
    if not (words.isascii() and words.isprintable()):
        plain = re.sub(r"[\n\t]", " ", _UNSEEN.sub("", unicodedata.normalize("NFC", words)))
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
    """A Text with its marks, mentions and dates. Plain strings stay literal: no formatting, no emoji, no quotation."""
    words = "".join(_mrkdwn(part) for part in body)
    return f"›{words[4:]}" if words.startswith("&gt;") else words


def to_plain(body: Text) -> str:
    """A Text without marks: for notifications, confirmations and screen readers. Escaped all the same."""
    return "".join(_plain(part) for part in body)


def _mrkdwn(part: Part) -> str:
    match part:
        case str():
            return _literal(part)
        case Strong(text=words):
            inner = _literal(words).strip()
            return f"*{inner}*" if inner else ""
        case Code(text=words):
            inner = escape(words).replace("`", _LOOKALIKE["`"])
            return f"`{inner}`" if inner else ""
        case Verbatim(text=words):
            lines = (escape(line).replace("`", _LOOKALIKE["`"]) for line in words.splitlines())
            return "```" + "\n".join(lines) + "```"
        case User(user_id=one):
            return f"<@{one}>" if _ID.fullmatch(one) else _literal(one)
        case Group(group_id=one):
            return f"<!subteam^{one}>" if _ID.fullmatch(one) else _literal(one)
        case Place(channel_id=one):
            return f"<#{one}>" if _ID.fullmatch(one) else _literal(one)
        case At():
            return _date(part)


def _literal(words: str) -> str:
    return _MARK.sub(lambda mark: _LOOKALIKE[mark[0]], escape(words))


def _plain(part: Part) -> str:
    match part:
        case str():
            return escape(part)
        case Strong(text=words) | Code(text=words) | Verbatim(text=words):
            return escape(words)
        case At(moment=moment):
            return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        case _:
            return _mrkdwn(part)


def _date(at: At) -> str:
    form = "{time}" if at.style == "time" else "{date_short_pretty} {time}"
    fallback = f"{at.moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return f"<!date^{int(at.moment.timestamp())}^{form}|{fallback}>"
