"""Text ↔ frozen argument dataclasses. Usage lines and modals come from the same declarations."""

from bot.grammar.fields import (
    FieldSpec,
    Kind,
    Place,
    fields_of,
    key,
    line,
    many,
    optional,
    options,
    positional,
    rest,
)
from bot.grammar.words import ChannelWord, Choice, Duration, Email, ParticipantWord, PhoneWord, UserWord

__all__ = [
    "ChannelWord",
    "Choice",
    "Duration",
    "Email",
    "FieldSpec",
    "Kind",
    "ParticipantWord",
    "PhoneWord",
    "Place",
    "UserWord",
    "fields_of",
    "key",
    "line",
    "many",
    "optional",
    "options",
    "positional",
    "rest",
]
