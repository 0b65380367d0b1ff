"""What OpenMeetings cannot do, and why."""

from __future__ import annotations

from collections.abc import Mapping

from bot.capabilities import (
    AdmitsParticipants,
    Backend,
    BansUsers,
    ConfiguresResources,
    DialsIn,
    DialsOut,
    HandlesManyRooms,
    HangsUp,
    MovesAliases,
    MutesParticipants,
    PromotesParticipants,
    RevokesLinks,
)

LACKS: Mapping[type[Backend], str] = {
    RevokesLinks: "OpenMeetings has no call that takes a hash back",
    DialsOut: "its web services place no calls",
    HangsUp: "its web services place no calls",
    BansUsers: "OpenMeetings has no ban; block keeps somebody out of a room",
    DialsIn: "its web services tell no dial-in numbers",
    HandlesManyRooms: "its web services take one room at a time",
    MovesAliases: "its rooms have no aliases",
    MutesParticipants: "its web services have no such call",
    AdmitsParticipants: "its web services have no such call; a moderator inside lets people in",
    PromotesParticipants: "its web services have no such call; invite with as=host gives moderator rights",
    ConfiguresResources: "its web services know rooms, people and recordings alone",
}
