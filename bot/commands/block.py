"""`/meet block room @person|participant`: no link for this room, and removed if inside. Reversible."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.capabilities import KicksParticipants, SharesJoinLinks
from bot.cards import unseen
from bot.command import Act, Command
from bot.errors import BackendError, BadInput, NotFound
from bot.grammar import ParticipantWord, optional, quote, rest
from bot.model import Outcome, Participant, Person, Risk, RoomWord
from bot.reply import Button, Part, Post, Reply, Strong, User, text
from bot.rules import Need


@dataclass(frozen=True, slots=True)
class Args:
    """Whom to block."""

    room: RoomWord | None = optional("the room")
    participant: ParticipantWord = rest("@person, id:…, or the exact display name")


async def run(act: Act[SharesJoinLinks], args: Args) -> Reply:
    """Hold back links, remove if inside, tell the person by whom and whom to ask."""
    user_id, person, inside, unseen = await _target(act, args.participant)
    known = await act.desk.store.rooms.block_on(act.room.id, user_id)
    if known is not None and known.until is None and known.meeting_id is None and inside is None:
        return Reply(text("They are blocked already."), Outcome.ALREADY_SO)
    async with act.desk.store.db.begin() as tx:
        await act.desk.store.rooms.block(
            tx, act.room.id, user_id, until=None, meeting_id=None, by=act.caller.person, why=act.why
        )
    removed = await _remove(act, inside) if inside is not None else unseen
    shown: Part = User(person.user_id) if person else Strong(inside.name if inside else str(args.participant))
    why = f" ({act.why})" if act.why else ""
    told = (
        Post(
            person.user_id,
            text(
                "You are blocked from ",
                Strong(act.room.title),
                " by ",
                User(act.caller.person.user_id),
                f"{why}. Ask them.",
            ),
        )
        if person
        else None
    )
    undo = (Button("Unblock", "run", value=f"unblock {quote(act.room.title)} <@{person.user_id}>"),) if person else ()
    body = text(shown, " is blocked from ", Strong(act.room.title), f".{removed}")
    return Reply(body, Outcome.DONE, public=True, buttons=undo, posts=(told,) if told else ())


async def _remove(act: Act[Any], inside: Participant) -> str:
    """What is said of it. The block holds, whatever becomes of this."""
    if not isinstance(act.backend, KicksParticipants):
        return ""
    try:
        outcome = await act.backend.kick(act.room, inside)
    except BackendError as error:
        return f" They may still be inside: {error}"
    act.desk.cards.changed(act.room.id)
    return " They had already left." if outcome is Outcome.ALREADY_SO else " Removed from the meeting."


async def _target(act: Act[Any], word: ParticipantWord) -> tuple[str, Person | None, Participant | None, str]:
    """Vendor user id, who that is, their presence where they are inside, and why it can't be seen."""
    if word.user_id is not None:
        person = act.caller.person.beside(word.user_id)
        user_id = await act.desk.store.people.user_id_of(person)
        try:
            presence = await act.desk.presence(act.room)
        except (BackendError, NotFound) as error:
            return user_id, person, None, unseen(error)
        if presence.participants is None:
            return user_id, person, None, unseen(presence)
        inside = next((one for one in presence.participants if one.user_id == user_id), None)
        return user_id, person, inside, ""
    one = await act.participant(word)
    if one.user_id is None:
        raise BadInput(
            f"{one.name} did not come through a link of mine, so there is no link to hold back; kick or ban them."
        )
    if one.person is None and await act.desk.store.people.name_of(one.user_id) is None:
        raise NotFound(f"{one.name} came with a user id I did not give out; ban covers that.")
    return one.user_id, one.person, one, ""


COMMAND = Command(
    name="block",
    summary="Give somebody no link for a room, and remove them if inside",
    doing="block people",
    args=Args,
    needs=SharesJoinLinks,
    permission=Need("monitoringMode", "READ_WRITE_ACCESS"),
    risk=Risk.REPEATABLE,
    public=True,
    run=run,
    examples=("block standup @ann",),
)
