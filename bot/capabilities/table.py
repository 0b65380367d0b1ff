"""What each back end can do, verb by verb, and why not: one table for README, help, `status` and refusals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.capabilities.abilities import Backend, abilities_of


@dataclass(frozen=True, slots=True)
class Row:
    """One ability: the verbs that need it (`join, share`), or the part of a verb that does (`show, recordings`)."""

    words: str
    ability: type[Backend]


def rows(needs: Iterable[tuple[str, type[Backend] | None]], kinds: Iterable[type[Backend]]) -> tuple[Row, ...]:
    """Every ability that a verb needs (verb, ability) or that one of these back ends has, in the verbs' order."""
    verbs: dict[type[Backend], list[str]] = {}
    for verb, ability in needs:
        if ability is not None:
            verbs.setdefault(ability, []).append(verb)
    for kind in kinds:
        for ability in abilities_of(kind):
            verbs.setdefault(ability, [])
    return tuple(
        Row(", ".join(names) or ability.part, ability) for ability, names in verbs.items() if names or ability.part
    )


def why_not(kind: type[Backend], ability: type[Backend]) -> str:
    """Why this back end lacks the ability, as its class says: "it has no telephone". Empty: it says nothing of it."""
    said = (one.__dict__.get("lacks", {}) for one in kind.__mro__)
    return next((reasons[ability] for reasons in said if ability in reasons), "")


def lacking(kind: type[Backend], table: Sequence[Row]) -> tuple[tuple[Row, str], ...]:
    """The rows that this back end has not, each with its reason."""
    return tuple((row, why_not(kind, row.ability)) for row in table if not issubclass(kind, row.ability))
