"""How outcomes and failures are put into words: the outcome's word first, then what happened."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from bot.capabilities import Backend, ChangesRooms, CreatesRooms
from bot.cards import named, standing
from bot.command import Confirm
from bot.errors import BotError
from bot.grammar import Parsed, render
from bot.lookup import Ambiguous
from bot.model import Outcome, Participant, Person, Room
from bot.policy import ASK
from bot.reply import Button, Card, Line, Reply, Strong, Text, User, text


def spoken(outcome: Outcome | None, body: Text, *, by: Person | None = None) -> Text:
    """`*done* · …`, with who asked for it where it is said in public."""
    word: Text = (Strong(str(outcome)), " · ") if outcome else ()
    actor: Text = (" · by ", User(by.user_id)) if by else ()
    return text(*word, *body, *actor)


def answer(reply: Reply, *, by: Person | None = None) -> Text | Card:
    """What is said for a reply: its card, or its words."""
    return reply.card if reply.card is not None else spoken(reply.outcome, reply.body, by=by)


def failure(error: BotError) -> tuple[Text | Card, tuple[Button, ...]]:
    """What is said for an error: the sentence with its outcome's word, and what to do next."""
    if isinstance(error, Ambiguous):
        return _choices(error), ()
    body = error.detail or (str(error),)
    if isinstance(error, Confirm):
        return body, error.buttons
    return text(Strong(error.outcome), " · ", *body), error.buttons


def refusal_for_others(error: BotError) -> Text:
    """The sentence as it is reported: without those whom the person was told to ask, or they would all be called."""
    body = error.detail or (str(error),)
    return (*body[: body.index(ASK)], ".") if ASK in body else body


def _choices(error: Ambiguous) -> Card:
    lines = [Line(text(Strong(error.outcome), " · ", str(error)))]
    commands = error.lines or ("",) * len(error.choices)
    for choice, command in zip(error.choices, commands, strict=True):
        buttons = (Button("Choose", "run", value=command),) if command else ()
        lines.append(Line(_choice(choice), buttons=buttons))
    return Card(title="Which one?", lines=tuple(lines))


def _choice(choice: Room | Participant) -> Text:
    if isinstance(choice, Room):
        return text(Strong(choice.title))
    name = f" ({choice.name})" if choice.person else ""
    return text(*named(choice), f"{name} · {standing(choice)} · id:{choice.id}")


def secret_options(backends: Sequence[Backend]) -> frozenset[str]:
    """The key=value words of these back ends that nobody else may read: PINs."""
    offered = [one for backend in backends if isinstance(backend, CreatesRooms) for one in backend.create_options]
    offered += [one for backend in backends if isinstance(backend, ChangesRooms) for one in backend.set_options]
    return frozenset(one.key for one in offered if one.secret)


def line_in_full(parsed: Parsed, secrets: Collection[str]) -> str:
    """The command with its whole numbers, for those who decide about it. Secrets stay out of it too."""
    args = parsed.args
    if hasattr(args, "options"):
        args = replace(args, options=tuple((key, "…" if key in secrets else value) for key, value in args.options))
    return render(parsed.verb, args, parsed.why)
