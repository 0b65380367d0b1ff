"""Roles that a back end keeps for itself, in the JSON of seeds/003: read, added, replaced, removed."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from bot.capabilities.abilities import Backend
from bot.model import Outcome
from bot.rules import Permissions


@dataclass(frozen=True, slots=True)
class RoleDocument:
    """One role as the back end has it. Areas, levels and keys that nobody here knows are kept as they came."""

    id: str
    display_name: str
    levels: Mapping[str, object]  # area → the level's word, in the back end's order
    more: Mapping[str, object] = field(default_factory=dict)  # further keys of the object

    @property
    def permissions(self) -> Permissions:
        """What it means to this bot: unknown words are NO_ACCESS."""
        return Permissions.of(self.levels)


class KeepsRoles(Backend):
    """Has roles of its own, which the bot may read (also for its own grants) and change."""

    verb: ClassVar[str] = "keep roles"
    role_reading: ClassVar[str] = ""  # what its document calls the permissions that these requests require
    role_writing: ClassVar[str] = ""

    @abstractmethod
    async def roles(self) -> Sequence[RoleDocument]:
        """All roles, as they are now."""

    @abstractmethod
    async def role_holders(self, role: RoleDocument) -> tuple[str, ...] | None:
        """The names of the back end's own users who have that role; None where it does not say. Never raises."""

    @abstractmethod
    async def save_role(self, role: RoleDocument) -> tuple[Outcome, RoleDocument | None]:
        """Add the role, or put it in place of the one with its id; then how it is there now, None where not known.

        Sent at most once. CONFIRMED: it was seen there exactly so.
        """

    @abstractmethod
    async def remove_role(self, role: RoleDocument) -> Outcome:
        """Remove it by its id: CONFIRMED once it is seen to be gone, ALREADY_SO when it was. Sent at most once."""
