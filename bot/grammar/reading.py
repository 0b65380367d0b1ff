"""From words to arguments. All or nothing: a word that fits nowhere stops the command, with the usage line."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.errors import BadInput
from bot.grammar.fields import FieldSpec, Kind, Place, fields_of
from bot.grammar.tokens import Token, cleaned, tokenize
from bot.grammar.values import fits, read_value
from bot.grammar.writing import WHY, render, usage, usage_word
from bot.reply import Code, Part, Strong, Text

ALIASES: Mapping[str, str] = {"now": "start", "call": "start", "list": "rooms", "remove": "kick"}
_TAKES_THE_REST = (Kind.TEXT, Kind.ROOM, Kind.PARTICIPANT)
_UNMISTAKABLE = (Kind.USER, Kind.CHANNEL, Kind.EMAIL)
_STRICT = (Kind.NUMBER, Kind.DURATION, Kind.CHOICE)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A command as understood. `line` is its canonical form."""

    verb: str
    args: Any
    why: str
    line: str


def hint(word: str, choices: Iterable[str]) -> str | None:
    """The choice that was probably meant, or None."""
    known = {choice.casefold(): choice for choice in choices}
    folded = word.casefold()
    near = difflib.get_close_matches(folded, known, n=1, cutoff=0.6)
    begun = [choice for choice in known if len(folded) > 1 and choice.startswith(folded)]
    found = near or (begun if len(begun) == 1 else [])
    return known[found[0]] if found else None


def verb_of(word: str, verbs: Collection[str]) -> str | None:
    """The verb behind a word in any case: itself or what an alias means."""
    folded = word.lstrip("-–—").lower()
    if folded in verbs:
        return folded
    alias = ALIASES.get(folded)
    return alias if alias in verbs else None


def parse(text: str, verbs: Mapping[str, type[Any]]) -> Parsed:
    """Understand a whole line. Raises BadInput, with the usage line, for anything that is not wholly understood."""
    tokens = tokenize(text)
    if not tokens:
        raise BadInput("Type a verb; help lists them.")
    first = tokens[0]
    verb = verb_of(first.text, verbs) if first.key is None else None
    if verb is None:
        raise _unknown_verb(first, verbs)
    args, why = _understood(verb, verbs[verb], tokens[1:], text)
    return _unambiguous(verb, args, why, text)


def _understood(verb: str, args_type: type[Any], words: Sequence[Token], text: str) -> tuple[Any, str]:
    try:
        values, why = _Reading(fields_of(args_type), words, cleaned(text)).read()
    except _Wrong as wrong:
        raise wrong.as_bad_input(verb, args_type) from None
    return args_type(**values), why


def _unambiguous(verb: str, args: Any, why: str, text: str = "") -> Parsed:  # noqa: ANN401
    """With its canonical line, which an approval reads again: refused if that would mean anything else."""
    line = render(verb, args, why)
    if line != text and _understood(verb, type(args), tokenize(line)[1:], line) != (args, why):
        raise BadInput(f"That can be understood in two ways; name the room too. Usage: {usage(verb, type(args))}")
    return Parsed(verb, args, why, line)


def fill(verb: str, args_type: type[Any], values: Mapping[str, str | Sequence[str]], *, why: str = "") -> Parsed:
    """Understand a form: field name → what was entered or picked (users and channels as bare ids, several as a list).

    Raises BadInput naming the field.
    """
    try:
        read = {spec.name: value for spec in fields_of(args_type) if (value := _entered(spec, values)) is not None}
    except _Wrong as wrong:
        raise wrong.as_bad_input(verb, args_type) from None
    return _unambiguous(verb, args_type(**read), " ".join(cleaned(why).split()))


def _entered(spec: FieldSpec, values: Mapping[str, str | Sequence[str]]) -> Any:  # noqa: ANN401
    given = values.get(spec.name, ())
    entries = [cleaned(one).strip() for one in (given.split("\n") if isinstance(given, str) else given)]
    if not spec.many and spec.kind is not Kind.PAIRS:
        entries = [" ".join(filter(None, entries))]
    entries = [entry for entry in entries if entry]
    if not entries:
        if spec.required:
            raise _Wrong(f"{spec.label} is missing.", spec=spec)
        return None
    if spec.kind is Kind.PAIRS:
        return _Reading((spec,), [token for entry in entries for token in tokenize(entry)], "").read()[0][spec.name]
    if spec.place is Place.LINE:
        return entries[0]
    read = tuple(_value(spec, _picked(spec, entry)) for entry in entries)
    return read if spec.many else read[0]


def _picked(spec: FieldSpec, entry: str) -> Token:
    mention = tokenize(entry)[0] if entry.startswith("<") else None
    user = mention.user if mention else entry if entry[:1] in "UW" and entry.isalnum() else None
    channel = mention.channel if mention else entry if entry[:1] in "CGD" and entry.isalnum() else None
    return Token(
        entry,
        0,
        len(entry),
        user=user if spec.kind in (Kind.USER, Kind.PARTICIPANT) and (mention or spec.kind is Kind.USER) else None,
        channel=channel if spec.kind is Kind.CHANNEL else None,
    )


class _Wrong(Exception):
    """What is wrong with a line, before the verb's usage is added."""

    def __init__(self, sentence: str, *, spec: FieldSpec | None = None, word: str = "") -> None:
        super().__init__(sentence)
        self.sentence, self.spec, self.word = sentence, spec, word

    def as_bad_input(self, verb: str, args_type: type[Any]) -> BadInput:
        """The error for the person: usage with the word marked."""
        marked: list[Part] = [f"{self.sentence} Usage: ", Code(verb)]
        for spec in (one for one in fields_of(args_type) if one.typed):
            word = usage_word(spec)
            marked += [" ", Strong(word) if spec is self.spec else Code(word)]
        if self.word:
            marked += [" ", Strong(f"→ {self.word} ←")]
        detail: Text = tuple(marked)
        return BadInput(f"{self.sentence} Usage: {usage(verb, args_type)}", detail=detail)


def _unknown_verb(token: Token, verbs: Mapping[str, type[Any]]) -> BadInput:
    word = token.text if token.key is None else f"{token.key}={token.text}"
    near = hint(word, (*verbs, *(alias for alias in ALIASES if ALIASES[alias] in verbs)))
    near = ALIASES.get(near, near) if near and near not in verbs else near
    if near is None:
        return BadInput(f"I don't know “{word}”. help lists what you can do.")
    line = usage(near, verbs[near])
    detail: Text = ("I don't know ", Strong(word), ". Did you mean ", Strong(near), "? Usage: ", Code(line))
    return BadInput(f"I don't know “{word}”. Did you mean {near}? Usage: {line}", detail=detail)


def _value(spec: FieldSpec, token: Token) -> Any:  # noqa: ANN401
    try:
        return read_value(spec, token)
    except BadInput as error:
        near = hint(token.text, spec.choices) if spec.choices else None
        raise _Wrong(f"{error}{f' Did you mean {near}?' if near else ''}", spec=spec) from None


def _joined(tokens: Sequence[Token]) -> Token:
    return Token(" ".join(token.text for token in tokens), tokens[0].start, tokens[-1].end)


class _Reading:
    """One line being fitted to the fields of its verb."""

    def __init__(self, specs: Sequence[FieldSpec], tokens: Sequence[Token], line: str) -> None:
        self.specs = specs
        self.words = [spec for spec in specs if spec.place in (Place.WORD, Place.REST)]
        self.values: dict[str, Any] = {}
        self.why = ""
        tokens = self._without_line(tokens, line)
        self.keyed = [token for token in tokens if token.key is not None]
        self.left = [token for token in tokens if token.key is None]

    def read(self) -> tuple[dict[str, Any], str]:
        """The values by field name, and the reason. Raises _Wrong."""
        for token in self.keyed:
            self._take_key(token)
        self._take_unmistakable()
        for index, spec in enumerate(self.words):
            if spec.name not in self.values:
                self._take(index, spec)
        if self.left:
            raise self._extra(self.left[0])
        return self.values, self.why

    def _without_line(self, tokens: Sequence[Token], line: str) -> Sequence[Token]:
        """Cut off what a LINE field takes verbatim."""
        spec = next((spec for spec in self.specs if spec.place is Place.LINE), None)
        if spec is None:
            return tokens
        positions = [index for index, token in enumerate(tokens) if token.key is None]
        if len(positions) <= len(self.words):
            raise _Wrong(f"{spec.label} is missing.", spec=spec)
        start = positions[len(self.words)]
        self.values[spec.name] = line[tokens[start].start :].strip()
        return tokens[:start]

    def _take_key(self, token: Token) -> None:
        name = token.key or ""
        if name == WHY:
            self._once(bool(self.why), name)
            self.why = token.text.strip()
            return
        spec = next((spec for spec in self.specs if spec.place is Place.KEY and spec.label.lower() == name), None)
        if spec is not None:
            self._once(spec.name in self.values, name)
            self.values[spec.name] = _value(spec, token)
            return
        free = next((spec for spec in self.specs if spec.place is Place.OPTIONS), None)
        if free is None:
            raise self._unknown_key(name)
        pairs = self.values.get(free.name, ())
        self._once(any(name == known for known, _ in pairs), name)
        self.values[free.name] = (*pairs, (name, token.text))

    @staticmethod
    def _once(seen: bool, name: str) -> None:
        if seen:
            raise _Wrong(f"{name}= is given twice.", word=f"{name}=")

    def _unknown_key(self, name: str) -> _Wrong:
        known = [spec.label for spec in self.specs if spec.place is Place.KEY and spec.typed] + [WHY]
        near = hint(name, known)
        asked = f" Did you mean {near}=?" if near else f" It takes {', '.join(f'{one}=' for one in known)}."
        return _Wrong(f"There is no {name}= here.{asked}", word=f"{name}=")

    def _take_unmistakable(self) -> None:
        """A mention or an e-mail address is taken wherever it stands by the optional field of its kind."""
        for spec in self.words:
            if spec.kind not in _UNMISTAKABLE or (spec.required and not spec.many):
                continue
            found = [token for token in self.left if fits(spec, token)][: None if spec.many else 1]
            if found:
                self.left = [token for token in self.left if token not in self._with_little_words(spec, found)]
                read = tuple(dict.fromkeys(_value(spec, token) for token in found))
                self.values[spec.name] = read if spec.many else read[0]

    def _with_little_words(self, spec: FieldSpec, found: Sequence[Token]) -> list[Token]:
        """These words, each with the `in` that may stand before it."""
        before = [self.left[self.left.index(one) - 1] for one in found if self.left.index(one)]
        return [*found, *(one for one in before if not one.quoted and one.text.casefold() in spec.after)]

    def _take(self, index: int, spec: FieldSpec) -> None:
        later = [one for one in self.words[index + 1 :] if one.name not in self.values]
        spare = len(self.left) - sum(one.required for one in later)
        if spec.many:
            self._take_many(spec, spare)
        elif spec.place is not Place.REST and not spec.required and not self._is_next(spec, spare, later):
            return
        elif spec.place is Place.REST or (not later and spec.kind in _TAKES_THE_REST):
            self._take_rest(spec, spare)
        else:
            if not self.left:
                raise _Wrong(f"{spec.label} is missing.", spec=spec)
            self.values[spec.name] = _value(spec, self.left.pop(0))

    def _is_next(self, spec: FieldSpec, spare: int, later: Sequence[FieldSpec]) -> bool:
        """Whether an optional field is meant by the next word."""
        if spare < 1 or not fits(spec, self.left[0]) or self._is_all_a_time(later):
            return False
        return spec.kind is not Kind.TEXT or not any(one.kind in _STRICT and fits(one, self.left[0]) for one in later)

    def _is_all_a_time(self, later: Sequence[FieldSpec]) -> bool:
        """Whether all words left are one time, so that `remind tomorrow 9:00` names no room."""
        times = [spec for spec in later if spec.kind is Kind.WHEN]
        return bool(times) and fits(times[0], _joined(self.left))

    def _take_many(self, spec: FieldSpec, spare: int) -> None:
        taken: list[Any] = []
        while len(taken) < spare and (spec.required or fits(spec, self.left[0])):
            taken.append(_value(spec, self.left.pop(0)))
        if spec.required and not taken:
            raise _Wrong(f"{spec.label} is missing.", spec=spec)
        self.values[spec.name] = tuple(taken)

    def _take_rest(self, spec: FieldSpec, spare: int) -> None:
        taken, self.left = self.left[: max(spare, 0)], self.left[max(spare, 0) :]
        if not taken:
            if spec.required:
                raise _Wrong(f"{spec.label} is missing.", spec=spec)
            return
        if len(taken) == 1:
            self.values[spec.name] = _value(spec, taken[0])
            return
        stray = next((token for token in taken if token.user or token.channel), None)
        if stray is not None and spec.kind is not Kind.TEXT:
            raise self._extra(stray)
        self.values[spec.name] = _value(spec, _joined(taken))

    def _extra(self, token: Token) -> _Wrong:
        choices = [word for spec in self.words if spec.kind is Kind.CHOICE for word in spec.choices]
        near = hint(token.text, choices)
        named = any(spec.kind in _TAKES_THE_REST for spec in self.words)
        asked = f" Did you mean {near}?" if near else " A name with spaces needs quotes." if named else ""
        return _Wrong(f"“{token.text}” is one word too many.{asked}", word=token.text)
