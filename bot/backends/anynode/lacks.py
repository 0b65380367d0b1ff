"""What anynode cannot do, and why."""

from __future__ import annotations

from collections.abc import Mapping

from bot.capabilities import (
    AdmitsParticipants,
    Backend,
    BansUsers,
    ChangesRooms,
    ConfiguresResources,
    CreatesRooms,
    DeletesRooms,
    DialsIn,
    DialsOut,
    EndsMeetings,
    FindsRooms,
    HandlesManyRooms,
    HangsUp,
    KeepsRecordings,
    KicksEverybody,
    KicksParticipants,
    KnowsParticipants,
    LocksRooms,
    MovesAliases,
    MutesParticipants,
    PromotesParticipants,
    RevokesLinks,
    SharesJoinLinks,
)

NO_ROOMS = "anynode is a telephone exchange and has no rooms"
COUNTS = "its interface counts calls and lists none"
LACKS: Mapping[type[Backend], str] = {
    **dict.fromkeys((CreatesRooms, ChangesRooms, DeletesRooms, FindsRooms, LocksRooms, HandlesManyRooms), NO_ROOMS),
    **dict.fromkeys((SharesJoinLinks, RevokesLinks, EndsMeetings, MovesAliases, KeepsRecordings), NO_ROOMS),
    **dict.fromkeys((DialsIn, BansUsers, AdmitsParticipants, PromotesParticipants), NO_ROOMS),
    **dict.fromkeys((KnowsParticipants, KicksParticipants, KicksEverybody, MutesParticipants), COUNTS),
    **dict.fromkeys((DialsOut, HangsUp), "its interface places and ends no calls"),
    ConfiguresResources: "its interface takes raw configuration objects, which the bot leaves alone",
}
