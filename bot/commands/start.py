"""`/meet start [words] [@person …]`: a room at once, its card here, the caller's link in hand."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.capabilities import CreatesRooms, SharesJoinLinks
from bot.cards import join_button
from bot.command import Act, Command
from bot.creation import card_of_new, check_handle, make_room, next_free
from bot.errors import BackendError, NotSupported
from bot.grammar import UserWord, many, rest
from bot.model import Outcome, Risk, Room
from bot.reply import Post, Reply, Strong, User, text
from bot.rules import Need

LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Args:
    """What the meeting is about and who should come."""

    people: tuple[UserWord, ...] = many("people to invite")
    words: str | None = rest("what it is about", required=False)


async def prepare(act: Act[CreatesRooms], args: Args) -> Args:
    """Where the card can't be posted, or somebody could not come in, nothing is made."""
    if args.words:
        check_handle(_name(args.words))
    await act.desk.check_invited([act.caller.person.beside(word.user_id) for word in args.people])
    if act.place:
        await act.desk.voice.check_may_post(act.place)
    return args


async def run(act: Act[CreatesRooms], args: Args) -> Reply:
    """Make, post, invite, and give the caller `Open`."""
    if not isinstance(act.backend, SharesJoinLinks):
        raise NotSupported(f"{act.backend.name} can't share join links; make the room with create.")
    room = await make_room(act, await _free_name(act, args.words or ""), {})
    card = card_of_new(act, room)
    posts = [Post(act.place, card, room_id=room.id)] if act.place else []
    invited = [act.caller.person.beside(word.user_id) for word in args.people]
    async with act.desk.store.db.begin() as tx:
        for person in invited:
            await act.desk.store.rooms.admit_person(tx, room.id, person, host=False)
    posts += [Post(person.user_id, card, room_id=room.id) for person in invited]
    link = await _own_link(act, room)
    names = [part for person in invited for part in (" ", User(person.user_id))]
    told = text(" · invited", *names) if invited else ()
    body = text("Started ", Strong(room.title), ". ", *link.body, *told)
    return Reply(body, Outcome.DONE, buttons=link.buttons, posts=tuple(posts), facts={"room": room.title})


async def _own_link(act: Act[CreatesRooms], room: Room) -> Reply:
    """The caller's way in. The meeting has started, so a link that can't be had is said, and Join tries again."""
    try:
        return await act.desk.door.let_in(room, act.caller)
    except BackendError as error:
        return Reply(text(f"I have no link for you yet: {error}"), buttons=(join_button(room),))


def _name(words: str) -> str:
    return " ".join(words.split())[:LONGEST_NAME].strip()


async def _free_name(act: Act[CreatesRooms], words: str) -> str:
    name = _name(words)
    if not name:
        channel = await act.desk.voice.channel_name(act.place) if act.place else act.caller.name
        hour = act.desk.clock.now().astimezone(ZoneInfo(act.caller.tz))
        name = f"{channel} {hour:%H:%M}"
    taken = await act.desk.store.rooms.by_handle(act.backend.name, name)
    return await next_free(act, name) if taken else name


COMMAND = Command(
    name="start",
    summary="Start a meeting now: a room, its card here, your link",
    doing="start meetings",
    args=Args,
    needs=CreatesRooms,
    permission=Need("userInterface", "ACCESS"),
    risk=Risk.ONCE,
    rooms=lambda args: (),
    prepare=prepare,
    run=run,
    examples=("start", "start incident 4711 @ann"),
)
