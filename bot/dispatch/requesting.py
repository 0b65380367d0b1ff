"""How a request that waits for approval looks: its card, its summary, what may be done once it has ended."""

from __future__ import annotations

from collections.abc import Sequence

from bot.approvals import Request, State
from bot.cards import request_line
from bot.dispatch.saying import spoken
from bot.model import Outcome, Person
from bot.reply import At, Button, Card, Code, Group, Line, Part, Place, Strong, Text, User, text
from bot.seal import without_seals

RUNNING = frozenset({Outcome.ACCEPTED, Outcome.CONFIRMED, Outcome.DONE})


def card_of(request: Request, approvers: Sequence[Person]) -> tuple[Card, tuple[Button, ...]]:
    """The card as things stand: buttons only while it waits, the outcome's word once it has ended."""
    lines = [
        Line(request.says),
        Line(_asked(request), quiet=True),
        *([Line(text("Why: ", request.reason))] if request.reason else []),
        Line(_standing(request, approvers)),
    ]
    if request.pending and request.notify:
        lines.append(Line(_mentions(request.notify)))
    return Card(title=f"Approval: {request.verb}", lines=tuple(lines)), buttons_of(request)


def answer_of(request: Request) -> tuple[Text | Card, tuple[Button, ...]]:
    """The answer to what was carried out at once, as things stand."""
    return spoken(request.outcome, request.answer, by=request.requester), buttons_of(request)


def buttons_of(request: Request) -> tuple[Button, ...]:
    """What may be pressed on the card now."""
    one = request.id
    if request.pending:
        return (
            Button("Approve", "approve", value=one, style="primary"),
            Button("Deny", "deny", value=one, style="danger"),
            Button("Details", "details", value=one),
        )
    if request.outcome is Outcome.UNKNOWN:
        return (Button("Check", "check", value=one),)
    return call_buttons(request)


def call_buttons(request: Request) -> tuple[Button, ...]:
    """What may be done about a call that was placed."""
    if request.verb != "dial":
        return ()
    if request.outcome is Outcome.QUEUED:
        return (Button("Cancel call", "cancel_call", value=request.id),)
    return (Button("Hang up", "hang_up", value=request.id),) if request.outcome in RUNNING else ()


def details_of(request: Request, command: str) -> Card:
    """Everything, with the full number: for the requester and for those who may approve."""
    lines = [Line(request_line(request)), Line(text("The exact command: ", Code(without_seals(command))))]
    if request.reason:
        lines.append(Line(text("Why: ", request.reason)))
    lines.append(Line(text(f"Request {request.id}, digest {request.kept_digest[:12]}"), quiet=True))
    return Card(title=f"Details: {request.verb}", lines=tuple(lines))


def _asked(request: Request) -> Text:
    private = request.channel_id is not None and request.channel_id.startswith("D")
    origin: Part = "a direct message" if private else Place(request.channel_id or "")
    where: Text = (" · from ", origin) if request.channel_id else ()
    backend = f" · on {request.backend}" if request.backend else ""
    return text("asked by ", User(request.requester.user_id), " at ", At(request.asked_at), *where, backend)


def _standing(request: Request, approvers: Sequence[Person]) -> Text:
    agreed: Text = ()
    if approvers:
        names: list[Part] = [part for person in approvers for part in (" ", User(person.user_id))]
        agreed = (" · approved by", *names)
    if request.pending:
        missing = request.approvals_needed - len(approvers)
        needs = " and ".join(str(need) for need in request.approver_needs)
        until: Text = (" · until ", At(request.expires_at)) if request.expires_at else ()
        people = "1 other person" if missing == 1 else f"{missing} other people"
        return text(f"Needs {people} with {needs}", *until, *agreed)
    if request.state is not State.ENDED:
        return text("Approved, being carried out", *agreed)
    return text(Strong(request.word), " · ", *request.answer, *agreed)


def _mentions(notify: Sequence[str]) -> Text:
    parts: list[Part] = []
    for one in notify:
        parts += [Group(one) if one.startswith("S") else User(one), " "]
    return tuple(parts)
