"""What Pexip cannot do, and why."""

from __future__ import annotations

from collections.abc import Mapping

from bot.capabilities import Backend, BansUsers, DialsIn, KeepsRecordings, KeepsRoles, RevokesLinks

LACKS: Mapping[type[Backend], str] = {
    RevokesLinks: "a room has one address for everybody; no personal link is there to revoke",
    BansUsers: "Pexip has no ban; block keeps somebody out of a room",
    DialsIn: "its configuration tells no telephone numbers of a room",
    KeepsRecordings: "Pexip keeps no recordings itself",
    KeepsRoles: "its roles are a resource of its own kind: config pexip role",
}
