"""`/meet help [verb]`: only what the caller may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.capabilities import Backend, why_not
from bot.command import Act, Command
from bot.errors import BadInput
from bot.grammar import hint, optional, usage, verb_of
from bot.policy import USES_THE_BOT
from bot.reply import Button, Card, Code, Line, Reply, Strong, text


@dataclass(frozen=True, slots=True)
class Args:
    """Which verb."""

    verb: str | None = optional("a verb")


async def run(act: Act[Any], args: Args) -> Reply:
    """One verb in full, or all in one line each."""
    allowed = await act.desk.allowed_verbs(act.caller)
    return _one(act, args.verb, allowed) if args.verb else _all(act, allowed)


def _all(act: Act[Any], allowed: list[Command[Any, Any]]) -> Reply:
    lines = [Line(text(Strong(command.name), " · ", command.summary)) for command in allowed]
    more = Line(
        text(
            *("help and a verb shows how to type it; ", Code(act.desk.slash), " alone opens a menu. In a thread type "),
            *(Code("@meetops who"), " instead, in my direct messages just ", Code("who"), "."),
        ),
        quiet=True,
    )
    return Reply(text("What you can do"), card=Card(title="What you can do", lines=(*lines, more)))


def _one(act: Act[Any], verb: str, allowed: list[Command[Any, Any]]) -> Reply:
    known = {one.name: one for one in allowed}
    command = known.get(verb_of(verb, known) or "")
    name = verb_of(verb, act.desk.commands)
    if command is None and name is not None:
        other = act.desk.commands[name]
        act.caller.require(act.desk.policy().needs(other.permission), doing=other.doing)
    if command is None:
        near = hint(verb, known)
        raise BadInput(f"There is no verb {verb} that you may use." + (f" Did you mean {near}?" if near else ""))
    lines = [
        Line(text(command.summary, ".")),
        Line(text(Code(f"{act.desk.slash} {usage(command.name, command.args)}"))),
    ]
    lines += [Line(text("e.g. ", Code(f"{act.desk.slash} {example}")), quiet=True) for example in command.examples]
    if command.permission is not None:
        lines.append(Line(text(f"Required permissions: {required(command)}"), quiet=True))
    if command.needs is not None:
        lines += _back_ends(act.desk.backends, command.needs)
        able = [(name, one) for name, one in act.desk.backends.items() if isinstance(one, command.needs)]
        more = [(name, need) for name, one in able if (need := command.backend_needs(one))]
        lines += [Line(text(f"On {name} also: {need.in_full}"), quiet=True) for name, need in more]
    form = Button("Fill in a form", "form", value=command.name)
    return Reply(text(command.name), card=Card(title=command.name, lines=tuple(lines), buttons=(form,)))


def required(command: Command[Any, Any]) -> str:
    """In the words of the anynode document (seeds/003): `API, User Management Read Access`."""
    looking = USES_THE_BOT, command.permission
    words = ", ".join(dict.fromkeys(need.in_full for need in looking if need is not None))
    changing = f"; to change something: API, {command.writing.in_full}" if command.writing else ""
    return f"{words}{changing}"


def _back_ends(backends: Mapping[str, Backend], ability: type[Backend]) -> list[Line]:
    """Which can, and why the others cannot."""
    able = [name for name, backend in backends.items() if isinstance(backend, ability)]
    unable = [(name, why_not(type(backend), ability)) for name, backend in backends.items() if name not in able]
    lines = [Line(text("Back ends: ", ", ".join(able) or "none configured"), quiet=True)]
    return lines + [Line(text(f"Not {name}", f": {reason}" if reason else ""), quiet=True) for name, reason in unable]


COMMAND = Command(name="help", summary="Show what you can do", args=Args, run=run, examples=("help", "help kick"))
