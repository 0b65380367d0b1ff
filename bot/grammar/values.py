"""One word, read as one kind of value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.errors import BadInput
from bot.grammar.fields import FieldSpec, Kind
from bot.grammar.tokens import Token
from bot.grammar.words import ChannelWord, Duration, Email, ParticipantWord, PhoneWord, UserWord
from bot.model import PhoneNumber, RoomWord
from bot.schedule import When

_YES, _NO = {"yes", "true", "on", "1"}, {"no", "false", "off", "0"}


def fits(spec: FieldSpec, token: Token) -> bool:
    """Whether the word can be of this kind at all: decides if an optional field is left out."""
    if spec.kind is Kind.USER:
        return token.user is not None
    if spec.kind is Kind.CHANNEL:
        return token.channel is not None
    if token.channel is not None or (token.user is not None and spec.kind is not Kind.PARTICIPANT):
        return False
    if spec.kind is Kind.NUMBER:
        return token.number
    if spec.kind is Kind.ROOM:
        return not token.number and not token.text.lower().startswith("id:") and bool(token.text.strip())
    if spec.kind in (Kind.DURATION, Kind.EMAIL, Kind.CHOICE, Kind.WHEN):
        return _reads(spec, token)
    return True


def read_value(spec: FieldSpec, token: Token) -> Any:  # noqa: ANN401
    """The value of the word. Raises BadInput with the rule that failed."""
    return _READERS[spec.kind](spec, token)


def _reads(spec: FieldSpec, token: Token) -> bool:
    try:
        read_value(spec, token)
    except BadInput:
        return False
    return True


def _text(spec: FieldSpec, token: Token) -> str:
    if not token.text.strip() and not spec.empty:
        raise BadInput(f"{spec.label} is empty.")
    return token.text


def _room(spec: FieldSpec, token: Token) -> RoomWord:
    if token.user is not None or token.channel is not None:
        raise BadInput(f"A room goes there, not {token.text}.")
    return RoomWord.parse(token.text)


def _number(spec: FieldSpec, token: Token) -> PhoneNumber:
    if "(0)" in token.text:
        raise BadInput("Leave out the (0): it is not dialled after a country code.")
    return PhoneNumber.parse(token.text)


def _phone(spec: FieldSpec, token: Token) -> PhoneWord:
    name = token.text.strip()
    if PhoneNumber.is_short(name):
        return PhoneWord(None, name)  # no number of ours, yet one that rings: each verb says what it makes of it
    if not any(char.isalpha() for char in name):
        return PhoneWord(_number(spec, token))
    if token.user is not None or token.channel is not None or name.startswith("+"):
        raise BadInput("That is neither a number such as +40747777777 nor a name of the dialling book.")
    return PhoneWord(None, name)


def _user(spec: FieldSpec, token: Token) -> UserWord:
    if token.user is None:
        raise BadInput("Name the person with @ and pick them from the list, so that Slack knows who is meant.")
    return UserWord(token.user)


def _channel(spec: FieldSpec, token: Token) -> ChannelWord:
    if token.channel is None:
        raise BadInput("Name the channel with # and pick it from the list, so that Slack knows which is meant.")
    return ChannelWord(token.channel)


def _participant(spec: FieldSpec, token: Token) -> ParticipantWord:
    if token.user is not None:
        return ParticipantWord(user_id=token.user)
    text = token.text.strip()
    if token.channel is not None or not text:
        raise BadInput("Name somebody in the meeting: id:…, @person, or the exact name shown there.")
    if text.lower().startswith("id:"):
        if not text[3:].strip():
            raise BadInput("After id: comes the id that who shows.")
        return ParticipantWord(id=text[3:].strip())
    return ParticipantWord(name=text)


def _duration(spec: FieldSpec, token: Token) -> Duration:
    return Duration.parse(token.text, spec.choices)


def _choice(spec: FieldSpec, token: Token) -> str:
    found = next((choice for choice in spec.choices if choice.lower() == token.text.strip().lower()), None)
    if found is None:
        raise BadInput(f"{spec.label} is one of: {', '.join(spec.choices)}.")
    return found


def _when(spec: FieldSpec, token: Token) -> When:
    return When.parse(token.text)


def _flag(spec: FieldSpec, token: Token) -> bool:
    word = token.text.strip().lower()
    if word not in _YES | _NO:
        raise BadInput(f"{spec.label}= is yes or no.")
    return word in _YES


_READERS: dict[Kind, Callable[[FieldSpec, Token], Any]] = {
    Kind.TEXT: _text,
    Kind.ROOM: _room,
    Kind.NUMBER: _number,
    Kind.PHONE: _phone,
    Kind.USER: _user,
    Kind.CHANNEL: _channel,
    Kind.PARTICIPANT: _participant,
    Kind.DURATION: _duration,
    Kind.EMAIL: lambda spec, token: Email.parse(token.text),
    Kind.CHOICE: _choice,
    Kind.FLAG: _flag,
    Kind.WHEN: _when,
}
