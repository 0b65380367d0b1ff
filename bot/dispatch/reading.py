"""From a typed line to one command on one back end that this person may give: read → choose → judge. No effects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.capabilities import Backend, why_not
from bot.command import Act, Command
from bot.desk import Desk
from bot.dispatch.asking import in_the_name_of
from bot.errors import BadInput, BotError, NotSupported
from bot.grammar import Parsed, ParticipantWord, hint, parse, render
from bot.lookup import Ambiguous
from bot.model import Meeting, Participant, Room, RoomWord
from bot.people import Caller
from bot.policy import USES_THE_BOT, Allow, ApprovalRule, judge
from bot.reply import Reply
from bot.rules import Need
from bot.voice import Address

MOST_HELPERS = 2


@dataclass(frozen=True, slots=True)
class Order:
    """One command, read and judged: what would be done now."""

    command: Command[Any, Any]
    act: Act[Any]
    args: Any
    rule: ApprovalRule | None  # who has to agree first; None: it may act at once
    reason_missing: bool

    @property
    def backend(self) -> str | None:
        """The back end's name, where the command needs one."""
        return self.act.backends[0].name if self.act.backends else None


async def read(
    desk: Desk, line: str, caller: Caller, address: Address, *, request_id: str | None = None, prepare: bool = True
) -> Order:
    """Understand the line wholly, find its rooms, and judge it by the caller's permissions. Raises BotError.

    Without `prepare` the command's own checks (who is in, budgets) are left out: for questions about a command.
    """
    with in_the_name_of(caller):
        order = await _read(desk, line, caller, address, request_id)
    return await prepared(order) if prepare else order


async def _read(desk: Desk, line: str, caller: Caller, address: Address, request_id: str | None) -> Order:
    parsed = parse(line, {name: command.args for name, command in desk.commands.items()})
    command = desk.commands[parsed.verb]
    if command.permission_of is not None:
        command = replace(command, permission=command.need(parsed.args))
    rooms = await _judged_rooms(desk, command, parsed, caller, address)
    backends = _backends(desk, command, parsed.args, rooms)
    for need in dict.fromkeys(filter(None, map(command.backend_needs, backends))):
        await _judge(desk, replace(command, permission=need), caller, owner=False)
    act: Act[Any] = Act(
        desk, caller, address, backends, rooms, parsed.why, parsed.line, request_id, _meeting(desk, rooms)
    )
    return _ordered(command, act, _exact(parsed.args, rooms))


async def prepared(order: Order) -> Order:
    """The same once the command's own checks have passed: who exactly, budgets, a question back. Raises BotError."""
    command, act = order.command, order.act
    if command.prepare is None:
        return order
    try:
        with in_the_name_of(act.caller):
            args = await command.prepare(act, order.args)
    except Ambiguous as error:
        raise complete(error, command, order.args, act.why) from None
    return _ordered(command, act, args)


async def carried(order: Order, act: Act[Any]) -> Reply:
    """What the command does, in the name of whoever gave it."""
    with in_the_name_of(act.caller):
        reply: Reply = await order.command.run(act, order.args)
    return reply


async def approvals_needed(desk: Desk, line: str, caller: Caller, channel_id: str | None) -> int:
    """How many other people would have to agree. Raises BotError where the caller may not give the command at all."""
    order = await read(desk, line, caller, Address(caller.person, channel_id=channel_id), prepare=False)
    return order.rule.approvals if order.rule else 0


def verb_in(line: str) -> str:
    """The verb a line begins with, as far as it is one; for metrics and the audit."""
    return line.strip().partition(" ")[0].casefold()


def words_for_room(desk: Desk, line: str) -> str:
    """The rooms that a line names, as typed: for the audit of what was not carried out. Empty when not understood."""
    try:
        parsed = parse(line, {name: command.args for name, command in desk.commands.items()})
    except BotError:
        return ""
    return ", ".join(word.public for word in desk.commands[parsed.verb].rooms(parsed.args) if word is not None)


def need_in(desk: Desk, line: str) -> Need | None:
    """The permission that a line asks for; of a line that is not understood, what its verb asks for at least."""
    try:
        parsed = parse(line, {name: command.args for name, command in desk.commands.items()})
    except BotError:
        command = desk.commands.get(verb_in(line))
        return command.permission if command else None
    return desk.commands[parsed.verb].need(parsed.args)


def _ordered(command: Command[Any, Any], act: Act[Any], args: Any) -> Order:  # noqa: ANN401
    act = replace(act, line=render(command.name, args, act.why))
    backend = act.backends[0].name if act.backends else None
    facts, policy = command.facts(act, args), act.desk.policy()
    reason_missing = not act.why and policy.reason_required(command.name, backend, facts)
    return Order(command, act, args, policy.approval_for(command.name, backend, facts), reason_missing)


async def _judged_rooms(
    desk: Desk, command: Command[Any, Any], parsed: Parsed, caller: Caller, address: Address
) -> tuple[Room, ...]:
    """The rooms it names. Only the permission that an owner may have by owning is judged after they are found."""
    if not _could_own(command):
        await _judge(desk, command, caller, owner=False)
        return await _rooms(desk, command, parsed.args, caller, address, why=parsed.why)
    await _require(desk, (USES_THE_BOT,), command, caller)
    rooms = await _rooms(desk, command, parsed.args, caller, address, why=parsed.why)
    await _judge(desk, command, caller, owner=bool(rooms) and all(room.owner == caller.person for room in rooms))
    return rooms


def _could_own(command: Command[Any, Any]) -> bool:
    return command.owner_counts and command.permission is not None and command.permission.area == "monitoringMode"


async def _judge(desk: Desk, command: Command[Any, Any], caller: Caller, *, owner: bool) -> None:
    needs = desk.policy().needs(command.permission)
    await _require(desk, needs, command, caller, owner=owner)


async def _require(
    desk: Desk, needs: Sequence[Need], command: Command[Any, Any], caller: Caller, *, owner: bool = False
) -> None:
    """Raise what the caller is told when they lack one of these, with people to ask who could do it themselves."""
    if isinstance(judge(needs, caller.permissions, owner=owner), Allow):
        return
    helpers = await desk.people.could_approve(desk.policy().needs(command.permission), besides=caller.person)
    caller.require(needs, owner=owner, doing=command.doing, ask=sorted(helpers.people)[:MOST_HELPERS])


async def _rooms(
    desk: Desk,
    command: Command[Any, Any],
    args: Any,  # noqa: ANN401
    caller: Caller,
    address: Address,
    *,
    why: str,
) -> tuple[Room, ...]:
    rooms = []
    for word in command.rooms(args):
        try:
            rooms.append(await desk.lookup.room(word, caller, address.channel_id, thread_ts=address.thread_ts))
        except Ambiguous as error:
            raise complete(error, command, args, why) from None
    return tuple({room.id: room for room in rooms}.values())


def complete(error: Ambiguous, command: Command[Any, Any], args: Any, why: str) -> Ambiguous:  # noqa: ANN401
    """The same choices, each with the whole command line it would make."""
    exact = [_choosing(args, choice) for choice in error.choices]
    if all(one is not None for one in exact):
        error.lines = tuple(render(command.name, one, why) for one in exact)
    return error


def _choosing(args: Any, choice: Room | Participant) -> Any:  # noqa: ANN401
    if isinstance(choice, Room):
        word = RoomWord(choice.backend, choice.handle)
        if hasattr(args, "rooms") and len(args.rooms) <= 1:
            return replace(args, rooms=(word,))
        return replace(args, room=word) if hasattr(args, "room") else None
    return replace(args, participant=ParticipantWord(id=choice.id)) if hasattr(args, "participant") else None


def _exact(args: Any, rooms: tuple[Room, ...]) -> Any:  # noqa: ANN401
    """The arguments with the rooms that were found, so that the line means the same tomorrow."""
    if len(rooms) == 1 and hasattr(args, "room"):
        return replace(args, room=RoomWord(rooms[0].backend, rooms[0].handle))
    if rooms and hasattr(args, "rooms"):
        return replace(args, rooms=tuple(RoomWord(room.backend, room.handle) for room in rooms))
    return args


def _backends(
    desk: Desk,
    command: Command[Any, Any],
    args: Any,  # noqa: ANN401
    rooms: tuple[Room, ...],
) -> tuple[Backend, ...]:
    if rooms:
        names = [room.backend for room in rooms]
    elif command.needs is None:
        return ()
    else:
        names = [_named(desk, command, args)]
    if command.needs is not None:
        for name in names:
            _check_ability(desk.backends, name, command)
    return tuple(desk.backends[name] for name in names)


def _named(desk: Desk, command: Command[Any, Any], args: Any) -> str:  # noqa: ANN401
    name = command.backend(args) or desk.default_backend
    if name in desk.backends:
        return name
    if not name and desk.backends:
        raise NotSupported("None of the configured back ends has rooms; ask an administrator to add one that has.")
    if not desk.backends:
        raise NotSupported("No back end is configured yet; ask an administrator to add one.")
    near = hint(name, desk.backends)
    asked = f" Did you mean {near}?" if near else ""
    raise BadInput(f"There is no back end {name}; known are {', '.join(desk.backends)}.{asked}")


def _check_ability(backends: Mapping[str, Backend], name: str, command: Command[Any, Any]) -> None:
    ability = command.needs
    if ability is None or isinstance(backends[name], ability):
        return
    able = [other for other, backend in backends.items() if isinstance(backend, ability)]
    reason = why_not(type(backends[name]), ability)
    because = f": {reason}" if reason else ""
    names = ", ".join(able) or "none of the configured back ends"
    raise NotSupported(f"{name} can't {ability.verb}{because}. Able: {names}.")


def _meeting(desk: Desk, rooms: tuple[Room, ...]) -> Meeting | None:
    return desk.roster.meeting_now(rooms[0].backend, rooms[0].vendor_id) if len(rooms) == 1 else None
