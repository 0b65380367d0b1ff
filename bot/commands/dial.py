"""`/meet dial room +number|book-name [name=]`: ring a phone into the meeting. It costs money: sent at most once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.capabilities import DialsOut, DialsWithOptions, HangsUp
from bot.cards import who_is_in
from bot.command import Act, Command, enforce
from bot.errors import BadInput, Refused
from bot.grammar import PhoneWord, key, optional, options, positional
from bot.model import Outcome, PhoneNumber, Presence, Risk, RoomWord
from bot.phone import call_to, without_numbers
from bot.policy import BOOK, CallCounts
from bot.reply import Button, Reply, Strong, Text, Watch, text
from bot.rules import Need

SHORT = "emergency and short numbers are always refused"
WHOLE = "A whole number starts with + and the country code, for example +40747777777."


@dataclass(frozen=True, slots=True)
class Args:
    """Which room, and which phone."""

    room: RoomWord | None = optional("the room")
    number: PhoneWord = positional("+country and number, or a name of the book")
    name: str | None = key("the name shown to the people in the room")
    options: tuple[tuple[str, str], ...] = options("how the call is placed, where the back end offers it: protocol=, …")


async def prepare(act: Act[DialsOut], args: Args) -> Args:
    """The dialling guard: prefixes, refused kinds of number, budgets. Before anything is asked or sent."""
    _check_options(act, args)
    enforce(act.desk.policy().judge_number(number_of(act, args.number)))
    if act.request_id is None:  # else they are looked at as the call is recorded
        await _check_budgets(act)
    return args


async def _check_budgets(act: Act[DialsOut]) -> None:
    now, calls = act.desk.clock.now(), act.desk.store.requests
    counts = CallCounts(
        user_hour=await calls.dialled(since=now - timedelta(hours=1), person=act.caller.person),
        room_day=await calls.dialled(since=now - timedelta(days=1), room_id=act.room.id),
        day=await calls.dialled(since=now - timedelta(days=1)),
    )
    enforce(act.desk.policy().judge_counts(counts))


def _check_options(act: Act[DialsOut], args: Args) -> None:
    offered = act.backend.dial_options if isinstance(act.backend, DialsWithOptions) else ()
    unknown = [word for word, _ in args.options if word not in {option.key for option in offered}]
    if unknown:
        takes = ", ".join(f"{option.key}=" for option in offered) or "name= alone"
        raise BadInput(f"dial on {act.backend.name} has no {unknown[0]}=; it takes {takes}.")
    for option in offered:
        value = dict(args.options).get(option.key)
        if value is not None and option.choices and value.lower() not in option.choices:
            raise BadInput(f"{option.key}= is one of {', '.join(option.choices)}.")


def number_of(act: Act[DialsOut], word: PhoneWord) -> PhoneNumber:
    """The E.164 number behind a word: itself, or the book's. Raises Refused for an emergency or short number."""
    if word.short:
        raise Refused(f"That number can't be dialled: {SHORT}. {WHOLE}")
    number = word.number or act.desk.policy().book(word.name)
    if number is None:
        known = ", ".join(sorted(act.desk.policy().rules.dialing.book)) or "empty"
        raise BadInput(f"“{word.name}” is neither a number with + and country code nor in the book ({known}).")
    return number


def facts(act: Act[DialsOut], args: Args) -> frozenset[str]:
    """`book` for a number of the book, which needs no approval."""
    book = act.desk.policy().rules.dialing.book.values()
    return frozenset({BOOK}) if number_of(act, args.number) in book else frozenset()


def says(act: Act[DialsOut], args: Args, presence: Presence | None) -> Text:
    """The number, masked, and who will be in when it rings."""
    who = f" ({args.number.name or without_numbers(args.name or '')})" if args.number.name or args.name else ""
    return text(
        "Ring ",
        Strong(number_of(act, args.number).masked),
        f"{who} into ",
        Strong(act.room.title),
        "".join(f" · {word}={value}" for word, value in args.options),
        " · ",
        *who_is_in(presence),
    )


async def _ring(act: Act[DialsOut], number: PhoneNumber, name: str | None, args: Args) -> Outcome:
    if isinstance(act.backend, DialsWithOptions):
        return await act.backend.dial_with(act.room, number, name, dict(args.options))
    return await act.backend.dial_out(act.room, number, name)


async def run(act: Act[DialsOut], args: Args) -> Reply:
    """Ring. Into a room known to be empty it is *queued*: the vendor rings when somebody joins."""
    room, number = act.room, number_of(act, args.number)
    presence = act.desk.roster.presence(room.backend, room.vendor_id)
    name = args.name or args.number.name
    outcome = await _placed(act, number, name, args)
    shown = Strong(number.masked)
    unnamed = f" {room.backend} can't show a name for a phone." if args.name and not act.backend.names_phones else ""
    facts = {"number": number.masked}
    cancel = (
        (Button("Cancel call", "cancel_call", value=act.request_id or ""),) if isinstance(act.backend, HangsUp) else ()
    )
    hang_up = (Button("Hang up", "hang_up", value=act.request_id or ""),) if isinstance(act.backend, HangsUp) else ()
    if outcome is Outcome.CONFIRMED:  # the vendor waited until somebody answered
        body = text(shown, " answered and is in ", Strong(room.title), f".{unnamed}")
        return Reply(body, outcome, public=True, buttons=hang_up, facts=facts)
    at_once = act.backend.rings_empty_rooms
    if presence.empty and not at_once:
        body = text(shown, " will be rung when somebody joins ", Strong(room.title), f": nobody is in now.{unnamed}")
        return Reply(body, Outcome.QUEUED, public=True, buttons=cancel, facts=facts, watch=_answered(act, number))
    unseen = (
        ""
        if at_once or presence.participants is not None
        else " I can't see who is in; if nobody is, it rings when somebody joins."
    )
    body = text("Ringing ", shown, " into ", Strong(room.title), f".{unseen}{unnamed}")
    return Reply(
        body, outcome, public=True, buttons=hang_up if not unseen else cancel, facts=facts, watch=_answered(act, number)
    )


async def _placed(act: Act[DialsOut], number: PhoneNumber, name: str | None, args: Args) -> Outcome:
    """Ring, at most once for this request, and within the budgets also when several ring at the same moment."""
    if act.request_id is None:
        raise RuntimeError("only a recorded request may ring")
    return await act.desk.calls.once(
        act.request_id,
        call_to(number),
        lambda: _ring(act, number, name, args),
        Outcome,
        within=lambda: _check_budgets(act),
    )


def _answered(act: Act[DialsOut], number: PhoneNumber) -> Watch:
    says = text(Strong(number.masked), " is in ", Strong(act.room.title), ".")
    return Watch(lambda: act.desk.phone_is_in(act.room, number), says=says)


async def check(act: Act[DialsOut], args: Args) -> Reply:
    """Whether the phone is in. Where it is not seen, nobody can say whether it still rings."""
    shown, room = Strong(number_of(act, args.number).masked), Strong(act.room.title)
    people = (await act.desk.presence(act.room)).participants or ()
    if any(one.phone == number_of(act, args.number).e164 for one in people):
        return Reply(text(shown, " is in ", room, "."), Outcome.CONFIRMED)
    again = (Button("Dial again", "dial_again", value=act.request_id or ""),)
    cancel = (Button("Cancel call", "cancel_call", value=act.request_id or ""),)
    buttons = cancel + again if isinstance(act.backend, HangsUp) else again
    return Reply(text("I don't see ", shown, " in ", room, "; it may still ring."), Outcome.UNKNOWN, buttons=buttons)


COMMAND = Command(
    name="dial",
    summary="Ring a phone into a running meeting",
    doing="dial",
    args=Args,
    needs=DialsOut,
    permission=Need("monitoringMode", "READ_WRITE_ACCESS"),
    risk=Risk.ONCE,
    owner_counts=False,
    public=True,
    binds_meeting=True,
    prepare=prepare,
    facts=facts,
    says=says,
    run=run,
    check=check,
    examples=("dial standup +40 747 777 777", "dial standup oncall"),
)
