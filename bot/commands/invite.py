"""`/meet invite room @person … [as=host]` or `invite room "John Doe" [john@x.org]`."""

from __future__ import annotations

from dataclasses import dataclass

from bot.capabilities import SharesJoinLinks
from bot.command import Act, Command
from bot.door import HOSTS
from bot.errors import BadInput, Refused
from bot.grammar import Email, UserWord, key, many, optional, rest
from bot.model import JoinAs, Outcome, Risk, RoomWord
from bot.reply import Button, Post, Reply, Strong, User, text
from bot.rules import Need


@dataclass(frozen=True, slots=True)
class Args:
    """Whom to invite: people of the workspace, or one outsider by name."""

    room: RoomWord | None = optional("the room")
    people: tuple[UserWord, ...] = many("people of the workspace")
    email: Email | None = optional("an outsider's address")
    outsider: str | None = rest('or one outsider by name, such as "John Doe"', required=False)
    role: str | None = key("host: they enter with moderator rights", label="as", choices=("host",))


async def prepare(act: Act[SharesJoinLinks], args: Args) -> Args:
    """Refuse what could not be done whole."""
    if args.people and (args.outsider or args.email):
        raise BadInput("Invite people of the workspace and an outsider in two commands.")
    if not args.people and not args.outsider:
        raise BadInput('Say whom to invite: @people, or an outsider\'s name in quotes, such as "John Doe".')
    if args.role and args.outsider:
        raise BadInput("An outsider can't be invited as host.")
    if args.outsider and args.outsider.startswith(("@", "#")):
        raise BadInput("Pick people from the list behind @, one by one; user groups and channels can't be invited.")
    if args.role and not (act.room.owner == act.caller.person or act.caller.permissions.allows(HOSTS)):
        raise Refused("Only the room's owner and people with Monitoring Mode Read/Write can invite as host.")
    await act.desk.check_invited([act.caller.person.beside(word.user_id) for word in args.people])
    return args


async def run(act: Act[SharesJoinLinks], args: Args) -> Reply:
    """Cards into their direct messages; for an outsider a guest link, to the caller alone."""
    if args.outsider:
        return await _outsider(act, args.outsider, args.email.address if args.email else None)
    return await _people(act, args.people, host=bool(args.role))


async def _people(act: Act[SharesJoinLinks], words: tuple[UserWord, ...], *, host: bool) -> Reply:
    room = act.room
    invited = [act.caller.person.beside(word.user_id) for word in words]
    async with act.desk.store.db.begin() as tx:
        for person in invited:
            await act.desk.store.rooms.admit_person(tx, room.id, person, host=host)
    card = await act.desk.cards.card(room)
    posts = tuple(Post(person.user_id, card, room_id=room.id) for person in invited)
    names = [part for person in invited for part in (User(person.user_id), " ")]
    role = "as host " if host else ""
    return Reply(text("Invited ", *names, role, "to ", Strong(room.title), "."), Outcome.DONE, posts=posts)


async def _outsider(act: Act[SharesJoinLinks], name: str, email: str | None) -> Reply:
    user_id = await act.desk.store.people.outsider_id(name)
    link = await act.desk.door.mint(act.room, JoinAs(user_id=user_id, name=name, host=False, email=email))
    body = text(
        "A guest link in the name of ", Strong(name), ", for you to hand on. Whoever has it enters under that name."
    )
    return Reply(body, Outcome.DONE, buttons=(Button("Open", "open", link=link),), facts={"outsider": name})


COMMAND = Command(
    name="invite",
    summary="Invite people by direct message, or make a guest link for an outsider",
    doing="invite people",
    args=Args,
    needs=SharesJoinLinks,
    permission=Need("userInterface", "ACCESS"),
    risk=Risk.REPEATABLE,
    prepare=prepare,
    run=run,
    examples=("invite standup @ann @bob as=host", 'invite standup "John Doe" john@example.org'),
)
