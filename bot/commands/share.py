"""`/meet share room [#channel]`: the room's card, with Join, in a channel one is in."""

from __future__ import annotations

from dataclasses import dataclass

from bot.capabilities import SharesJoinLinks
from bot.command import Act, Command
from bot.errors import BadInput, Refused
from bot.grammar import ChannelWord, optional
from bot.model import Outcome, Risk, RoomWord
from bot.reply import Place, Post, Reply, Strong, text
from bot.rules import Need


@dataclass(frozen=True, slots=True)
class Args:
    """Which room, and where to."""

    room: RoomWord | None = optional("the room")
    channel: ChannelWord | None = optional("the channel; this one when left out")


async def prepare(act: Act[SharesJoinLinks], args: Args) -> Args:
    """Only into a channel the caller is in and the bot can post in."""
    target = _target(act, args)
    if target != act.place and not await act.desk.voice.is_member(target, act.caller.person):
        raise Refused("You can only share into a channel you are in yourself.")
    await act.desk.voice.check_may_post(target)
    return args


async def run(act: Act[SharesJoinLinks], args: Args) -> Reply:
    """Post the card; from now on the room belongs to that channel too."""
    room, target = act.room, _target(act, args)
    async with act.desk.store.db.begin() as tx:
        await act.desk.store.rooms.admit_channel(tx, room.id, target)
    card = Post(target, await act.desk.cards.card(room), room_id=room.id)
    return Reply(
        text("Shared ", Strong(room.title), " in ", Place(target), "."),
        Outcome.DONE,
        posts=(card,),
        facts={"channel": target},
    )


def _target(act: Act[SharesJoinLinks], args: Args) -> str:
    target = args.channel.channel_id if args.channel else act.place
    if target is None:
        raise BadInput("Name the channel to share into, for example share standup #team.")
    return target


COMMAND = Command(
    name="share",
    summary="Post a room's card, with Join, in a channel",
    doing="share rooms",
    args=Args,
    needs=SharesJoinLinks,
    permission=Need("userInterface", "ACCESS"),
    risk=Risk.REPEATABLE,
    prepare=prepare,
    run=run,
    examples=("share standup", "share standup #team"),
)
