"""What La Suite Meet cannot do, and why; without LiveKit's credentials, and without a SIP trunk."""

from __future__ import annotations

from collections.abc import Mapping

from bot.capabilities import (
    AdmitsParticipants,
    Backend,
    BansUsers,
    ChangesRooms,
    ConfiguresResources,
    DeletesRooms,
    DialsOut,
    EndsMeetings,
    HandlesManyRooms,
    HangsUp,
    KeepsRecordings,
    KeepsRoles,
    KicksEverybody,
    KicksParticipants,
    KnowsParticipants,
    LocksRooms,
    MovesAliases,
    MutesParticipants,
    PromotesParticipants,
    RevokesLinks,
)

NO_LIVEKIT = "no LiveKit credentials (livekit_url, livekit_api_key, livekit_api_secret)"
NO_TRUNK = "no SIP trunk (livekit_sip_trunk_id)"
NOT_YET = "the external API of La Suite Meet does not offer it yet"
BY_LIVEKIT: tuple[type[Backend], ...] = (
    *(EndsMeetings, KicksParticipants, KicksEverybody, KnowsParticipants, MutesParticipants, DialsOut, HangsUp),
)
LACKS: Mapping[type[Backend], str] = {
    ChangesRooms: NOT_YET,
    DeletesRooms: NOT_YET,
    AdmitsParticipants: "the lobby of La Suite Meet opens only from inside the meeting",
    PromotesParticipants: "roles in a room are given in La Suite Meet itself",
    LocksRooms: "La Suite Meet has no lock; a restricted room keeps all others in the lobby",
    BansUsers: "La Suite Meet has no ban; block keeps back the bot's own links",
    RevokesLinks: "a room has one address for everybody; no personal link is there to revoke",
    KeepsRecordings: "the external API of La Suite Meet tells of no recordings",
    HandlesManyRooms: "the external API of La Suite Meet takes one room at a time",
    MovesAliases: "its rooms have no aliases",
    ConfiguresResources: "La Suite Meet is set up in its own administration alone",
    KeepsRoles: "its external API tells no roles",
    **dict.fromkeys(BY_LIVEKIT, NO_LIVEKIT),
}
WITHOUT_TRUNK: Mapping[type[Backend], str] = {DialsOut: NO_TRUNK, HangsUp: NO_TRUNK}
