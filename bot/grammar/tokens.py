"""From raw text to words: quotes, Slack's escapes and entities, invisible characters, numbers in groups."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

from bot.errors import BadInput

LONGEST = 8000  # characters; a line has to fit a modal's private data and a database row
_DOUBLE = '"“”„‟«»＂'
_OPENS_SINGLE = "'‘‚‛"
_CLOSES_SINGLE = re.compile(r"['’‘‛](?= |$)")
_KEY = re.compile(r"(?:--|[–—])?([A-Za-z_][A-Za-z0-9_.\-]*)")
_ENTITY = re.compile(r"&(lt|gt|amp);")
_DECODED = {"lt": "<", "gt": ">", "amp": "&"}
_PLAIN = re.compile(r"[^ <&=" + _DOUBLE + "]+")
SLACK_ESCAPE = re.compile(
    r"<(?:@(?P<user>[UW][A-Z0-9]+)|#(?P<channel>[CGD][A-Z0-9]+)|!subteam\^(?P<group>S[A-Z0-9]+)"
    r"|!(?P<special>[a-z]+)(?:\^[^|<>]*)?|(?P<url>tel:[^|<>]*|[a-z][a-z0-9+.\-]*:[^|<> ]*))"
    r"(?:\|(?P<label>[^<>]*))?>"
)
_INVISIBLE = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_DIGITS = re.compile(r"[0-9.\-()‐-―]+")
_NUMBER = re.compile(r"\+[0-9.\-() ‐-―]*")


@dataclass(frozen=True, slots=True)
class Token:
    """One word. `text` is what it says; `start` and `end` are its place in the cleaned line."""

    text: str
    start: int
    end: int
    key: str | None = None  # lower case; then `text` is the value
    user: str | None = None  # the word is nothing but this mention
    channel: str | None = None
    number: bool = False  # starts with + and holds digits only
    quoted: bool = False


def cleaned(text: str) -> str:
    """The line with every kind of space as one plain space character and without invisible and control characters."""
    if text.isascii() and text.isprintable():
        return text
    spaced = "".join(" " if char.isspace() else char for char in text)
    return "".join(char for char in _INVISIBLE.sub("", spaced) if unicodedata.category(char) not in {"Cc", "Cs"})


def tokenize(text: str) -> tuple[Token, ...]:
    """The words of a line. Raises BadInput for a quotation mark that is not closed and for an overlong line."""
    if len(text) > LONGEST:
        raise BadInput("That is too long for a command.")
    line = cleaned(text)
    tokens: list[Token] = []
    at = 0
    while at < len(line):
        if line[at] == " ":
            at += 1
            continue
        tokens.append(_Word(line, at).read())
        at = tokens[-1].end
    return tuple(_with_whole_numbers(tokens))


class _Word:
    """Reads one word, from its first character to the space after it."""

    def __init__(self, line: str, start: int) -> None:
        self.line, self.start, self.at = line, start, start
        self.key: str | None = None
        self.parts: list[str] = []
        self.quoted = False
        self.escape: re.Match[str] | None = None

    def read(self) -> Token:
        """The word as a token."""
        while self.at < len(self.line) and self.line[self.at] != " ":
            self._step()
        text = "".join(self.parts)
        alone = self.escape if len(self.parts) == 1 and not self.quoted else None
        return Token(
            text,
            self.start,
            self.at,
            key=self.key,
            user=alone["user"] if alone else None,
            channel=alone["channel"] if alone else None,
            number=self.key is None and bool(_NUMBER.fullmatch(text)),
            quoted=self.quoted,
        )

    def _step(self) -> None:
        char = self.line[self.at]
        if char in _DOUBLE:
            self._double_quoted()
        elif char in _OPENS_SINGLE and not self.parts and (closing := _CLOSES_SINGLE.search(self.line, self.at + 1)):
            self._add(_decoded(self.line[self.at + 1 : closing.start()]), closing.end(), quoted=True)
        elif char == "<" and (escape := SLACK_ESCAPE.match(self.line, self.at)):
            self.escape = escape
            self._add(_spoken(escape), escape.end())
        elif char == "=" and self._ends_a_key():
            self.at += 1
        elif char == "&" and (entity := _ENTITY.match(self.line, self.at)):
            self._add(_DECODED[entity[1]], entity.end())
        else:
            plain = _PLAIN.match(self.line, self.at)
            end = plain.end() if plain else self.at + 1
            self._add(self.line[self.at : end], end)

    def _add(self, text: str, end: int, *, quoted: bool = False) -> None:
        self.parts.append(text)
        self.quoted = self.quoted or quoted
        self.at = end

    def _ends_a_key(self) -> bool:
        found = _KEY.fullmatch(self.line, self.start, self.at)
        if self.key is not None or found is None:
            return False
        self.key = found[1].lower()
        self.parts.clear()
        return True

    def _double_quoted(self) -> None:
        said: list[str] = []
        at = self.at + 1
        while at < len(self.line) and self.line[at] not in _DOUBLE:
            piece, at = _quoted_piece(self.line, at)
            said.append(piece)
        if at >= len(self.line):
            raise BadInput("A quotation mark is not closed.")
        self._add("".join(said), at + 1, quoted=True)


def _quoted_piece(line: str, at: int) -> tuple[str, int]:
    """What stands at this place inside quotes, and where the next piece begins."""
    char = line[at]
    if char == "\\" and line[at + 1 : at + 2] in set(_DOUBLE + "\\"):
        return line[at + 1], at + 2
    if char == "<" and (escape := SLACK_ESCAPE.match(line, at)):
        return _spoken(escape), escape.end()
    if char == "&" and (entity := _ENTITY.match(line, at)):
        return _DECODED[entity[1]], entity.end()
    return char, at + 1


def _spoken(escape: re.Match[str]) -> str:
    """What a Slack escape says where plain text is wanted."""
    label = _entities(escape["label"] or "")
    for kind, sign in (("user", "@"), ("channel", "#")):
        if escape[kind]:
            return f"{sign}{label or escape[kind]}"
    if escape["group"]:
        return label or f"@{escape['group']}"
    if escape["special"]:
        return label or f"@{escape['special']}"
    url = _entities(escape["url"])
    scheme, _, rest = url.partition(":")
    if scheme in {"tel", "mailto"}:
        return rest
    # Slack turns a bare `standup.io` into a link; what was typed is the label.
    return label if label and rest.rstrip("/") == f"//{label}" else url


def _decoded(text: str) -> str:
    parts, at = [], 0
    for escape in SLACK_ESCAPE.finditer(text):
        parts += [_entities(text[at : escape.start()]), _spoken(escape)]
        at = escape.end()
    return "".join((*parts, _entities(text[at:])))


def _entities(text: str) -> str:
    return _ENTITY.sub(lambda found: _DECODED[found[1]], text)


def _with_whole_numbers(tokens: list[Token]) -> list[Token]:
    """Let a number take the digit groups that follow it."""
    joined: list[Token] = []
    for token in tokens:
        last = joined[-1] if joined else None
        group = token.key is None and not token.quoted and bool(_DIGITS.fullmatch(token.text))
        if last is not None and last.number and not last.quoted and group:
            joined[-1] = replace(last, text=f"{last.text} {token.text}", end=token.end)
        else:
            joined.append(token)
    return joined
