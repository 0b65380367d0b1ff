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
from bot.grammar.reading import ALIASES, Parsed, fill, hint, parse, verb_of
from bot.grammar.tokens import Token, tokenize
from bot.grammar.words import ChannelWord, Choice, Duration, Email, ParticipantWord, PhoneWord, UserWord
from bot.grammar.writing import quote, redacted, render, usage, usage_word, values_of

__all__ = [
    "ALIASES",
    "ChannelWord",
    "Choice",
    "Duration",
    "Email",
    "FieldSpec",
    "Kind",
    "Parsed",
    "ParticipantWord",
    "PhoneWord",
    "Place",
    "Token",
    "UserWord",
    "fields_of",
    "fill",
    "hint",
    "key",
    "line",
    "many",
    "optional",
    "options",
    "parse",
    "positional",
    "quote",
    "redacted",
    "render",
    "rest",
    "tokenize",
    "usage",
    "usage_word",
    "values_of",
    "verb_of",
]
