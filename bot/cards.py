"""What several commands show: a room in a channel, a participant in a list, a request in one line."""

from __future__ import annotations

from bot.approvals import Request
from bot.model import Medium, Participant, Presence, Room
from bot.reply import At, Button, Card, Group, Line, Part, Place, Strong, Text, User, text

MOST_NAMED = 12


def room_card(room: Room, presence: Presence | None = None, *, kind: str = "") -> Card:
    """A room for a channel: never a secret on it; `Join` mints a link for whoever clicks."""
    made_by: Text = (" · made by ", User(room.owner.user_id)) if room.owner else ()
    lines = [Line(text("on ", Strong(room.backend), f" {kind or room.kind}".rstrip(), *made_by), quiet=True)]
    lines.insert(0, Line(who_is_in(presence)))
    if room.locked:
        lines.append(Line(text("Locked: no links are given out.")))
    return Card(title=room.handle, lines=tuple(lines), buttons=(join_button(room),))


def join_button(room: Room) -> Button:
    """`Join` for this room."""
    return Button("Join", "join", value=room.id, style="primary")


def who_is_in(presence: Presence | None) -> Text:
    """One line: who is in, or honestly that it is not known."""
    if presence is None or presence.participants is None:
        return text("Who is in: not known yet.")
    people = presence.participants
    if not people:
        return text("Nobody is in.")
    names: list[Part] = []
    for index, one in enumerate(people[:MOST_NAMED]):
        names += [", " if index else "", *named(one)]
    more = f" and {len(people) - MOST_NAMED} more" if len(people) > MOST_NAMED else ""
    since: Text = ()
    if presence.meeting and presence.meeting.started_at:
        since = (" · since ", At(presence.meeting.started_at))
    return text(f"In now ({len(people)}): ", *names, more, *since)


def named(one: Participant) -> Text:
    """A participant's name as an operator may rely on it: a Slack mention only when the bot minted their link."""
    if one.person is not None:
        return text(User(one.person.user_id))
    if one.medium is Medium.PHONE:
        return text("phone …", (one.phone or one.name)[-3:])
    return text(one.name or "somebody without a name")


def called(one: Participant) -> Text:
    """The same with the name they show beside the mention: for what was done to them."""
    if one.person is not None:
        return text(*named(one), f" ({one.name})")
    return named(one) if one.medium is Medium.PHONE else text(Strong(one.name or one.id))


def standing(one: Participant) -> str:
    """How sure the bot is who this is."""
    if one.person is not None:
        return "joined from Slack"
    if one.medium is Medium.PHONE:
        return f"phone …{(one.phone or one.name)[-3:]}"
    return "name not verified" if one.medium is Medium.WEB else "SIP, name not verified"


def request_line(request: Request) -> Text:
    """One line: who asks for what, how it stands, where, until when."""
    where: Text = (" · in ", Place(request.card_channel_id)) if request.card_channel_id else ()
    until: Text = (" · until ", At(request.expires_at)) if request.pending and request.expires_at else ()
    return text(User(request.requester.user_id), ": ", *request.says, f" · {request.word}", *where, *until)


def role_source(via: str) -> Part:
    """Where a role comes from: everyone, a user group, or a grant by id."""
    if via == "everyone":
        return "everyone of this workspace has it"
    return Group(via) if via.startswith("S") else "granted by id"
