"""`/meet rooms [backend] [text] [type=]`: the rooms one may see."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from bot.capabilities import CreatesRooms, FindsRooms, why_not
from bot.cards import join_button
from bot.command import Act, Command
from bot.errors import BackendError, BadInput, NotSupported
from bot.grammar import key, quote, render, rest
from bot.model import Room, VendorRoom
from bot.reply import Button, Card, Line, Reply, Strong, Text, User, text
from bot.rules import Need

PAGE = 20  # as many as one message holds with their buttons


@dataclass(frozen=True, slots=True)
class Args:
    """Which rooms: a back end's name first, then words of the room's name."""

    words: str | None = rest("a back end's name, words of the room's name", required=False)
    type: str | None = key("the vendor's type of room")
    page: str | None = key(f"which {PAGE} of them, counted from 1")


async def run(act: Act[Any], args: Args) -> Reply:
    """List what the bot keeps, then what the vendors list and the caller may see."""
    backend, words = _split(act, args.words or "")
    if backend is not None:
        _check_has_rooms(act, backend)
    kind = (args.type or "").casefold()
    kept = await act.desk.lookup.rooms(act.caller, act.place, backend=backend)
    rooms = [room for room in kept if _matches(room.handle, room.kind, words, kind)]
    lines = [_line(room) for room in rooms]
    known = {(room.backend, room.vendor_id) for room in await act.desk.store.rooms.all(backend)}  # others' too
    troubles: list[Line] = []
    for name in [backend] if backend else list(act.desk.backends):
        foreign = act.desk.backends[name]
        if isinstance(foreign, FindsRooms) and act.desk.lookup.may_see_foreign(name, act.caller):
            try:
                found = await foreign.list_rooms(words, kind)
            except BackendError as error:
                troubles.append(Line(text(Strong(name), ": ", str(error)), quiet=True))
                continue
            lines += [_foreign(name, room) for room in found if (name, room.vendor_id) not in known]
    if not lines and not troubles:
        lines.append(Line(text("No rooms match." if words or kind else "No rooms yet. Make one with create or start.")))
        return Reply(text("0 rooms"), card=Card(title="Rooms", lines=tuple(lines)))
    return _page(act, args, lines, troubles)


def _page(act: Act[Any], args: Args, lines: list[Line], troubles: list[Line]) -> Reply:
    count = len(lines)
    pages = max(1, -(-count // PAGE))
    number = _number(args.page, pages)
    shown = lines[(number - 1) * PAGE : number * PAGE]
    title = "Rooms" if pages == 1 else f"Rooms {(number - 1) * PAGE + 1}–{(number - 1) * PAGE + len(shown)} of {count}"
    turns = ((number - 1, "Earlier"), (number + 1, "More"))
    buttons = [
        Button(label, "run", value=render("rooms", replace(args, page=str(other)), act.why))
        for other, label in turns
        if 1 <= other <= pages
    ]
    return Reply(text(f"{count} rooms"), card=Card(title=title, lines=(*shown, *troubles), buttons=tuple(buttons)))


def _check_has_rooms(act: Act[Any], name: str) -> None:
    able = [other for other, one in act.desk.backends.items() if isinstance(one, CreatesRooms)]
    if name not in able:
        reason = why_not(type(act.desk.backends[name]), CreatesRooms)
        raise NotSupported(f"{name} can't list rooms: {reason}. Able: {', '.join(able) or 'no configured back end'}.")


def _number(words: str | None, pages: int) -> int:
    if words is None:
        return 1
    if not words.isascii() or not words.isdigit() or not 1 <= int(words) <= pages:
        raise BadInput(f"page= is a number from 1 to {pages}.")
    return int(words)


def _split(act: Act[Any], words: str) -> tuple[str | None, str]:
    head, _, tail = words.partition(" ")
    if head.casefold() in act.desk.backends:
        return head.casefold(), tail.strip()
    return None, words.strip()


def _matches(name: str, room_kind: str, words: str, kind: str) -> bool:
    return words.casefold() in name.casefold() and (not kind or kind == room_kind.casefold())


def _line(room: Room) -> Line:
    owner: Text = (" · ", User(room.owner.user_id)) if room.owner else ()
    locked = " · locked" if room.locked else ""
    kind = f" · {room.kind}" if room.kind else ""
    show = Button("Show", "run", value=f"show {quote(room.title)}")
    return Line(text(Strong(room.title), kind, *owner, locked), buttons=(join_button(room), show))


def _foreign(backend: str, room: VendorRoom) -> Line:
    kind = f" · {room.kind}" if room.kind else ""
    title = f"{backend}/{room.name}"
    return Line(
        text(Strong(title), kind, " · made elsewhere"),
        buttons=(Button("Show", "run", value=f"show {quote(f'{backend}/{room.vendor_id}')}"),),
    )


COMMAND = Command(
    name="rooms",
    summary="List the rooms you may see",
    doing="list rooms",
    args=Args,
    permission=Need("monitoringMode", "READ_ACCESS"),
    rooms=lambda args: (),
    run=run,
    examples=("rooms", "rooms meetings", "rooms pexip board type=vmr"),
)
