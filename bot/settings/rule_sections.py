"""The tables of the configuration file that say who may do what: roles, grants, approvals, dialling."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from bot.model import PhoneNumber
from bot.rules import ADMINISTRATORS, AREAS, ApprovalRule, Dialing, Grant, Level, Need, Permissions, Role
from bot.settings.sections import GroupId, Section, Span, UserId, UserOrGroupId, Word, formed, understood


def _known_needs(value: dict[str, str]) -> dict[str, str]:
    if not value:
        raise ValueError("is empty: then anybody could approve")
    for area, level in value.items():
        if area not in AREAS:
            raise ValueError(f"there is no permission area {area}; known are {', '.join(AREAS)}")
        if level not in (Level.ACCESS, Level.READ_ACCESS, Level.READ_WRITE_ACCESS):
            raise ValueError(f"{area} must be ACCESS, READ_ACCESS or READ_WRITE_ACCESS")
        if Permissions.of({area: level}).level(area) != level:
            raise ValueError(f"{area} has no level {level}, so nobody could ever approve")
    return value


Prefix = Annotated[str, formed(r"\+[1-9][0-9]{0,14}", "the beginning of numbers in E.164, such as +33")]
Number = Annotated[str, AfterValidator(lambda value: understood(PhoneNumber.parse, value).e164)]
BookName = Annotated[str, formed(r"[^\W\d_][\w.\-]*", "a name that begins with a letter, without spaces")]
Budget = Annotated[int, Field(ge=0)]


class RoleSettings(Section):
    """The Role JSON of the anynode document (seeds/003). Words it does not know mean NO_ACCESS."""

    displayName: str = ""  # noqa: N815  # the vendor's spelling
    id: str | None = None
    permissions: dict[str, str]

    def role(self, role_id: str) -> Role:
        """The role under its name in the configuration file."""
        return Role(role_id, self.displayName or role_id, Permissions.of(self.permissions))


class GrantSettings(Section):
    """One `[[grants]]` table."""

    role: Word
    everyone: bool = False
    users: tuple[UserId, ...] = ()
    usergroups: tuple[GroupId, ...] = ()
    from_: Word | None = Field(default=None, alias="from")
    at_most: Word | None = None

    def grant(self) -> Grant:
        """The grant as the policy reads it."""
        return Grant(self.role, self.everyone, frozenset(self.users), frozenset(self.usergroups))


class ApprovalSettings(Section):
    """One `[[approvals]]` table; the first that matches a command decides."""

    commands: tuple[Word, ...] = Field(min_length=1)
    backends: tuple[Word, ...] = Field(default=("*",), min_length=1)
    approvals: int = Field(default=1, ge=0, le=10)  # 0: no approval
    approver_permissions: Annotated[dict[str, str], AfterValidator(_known_needs)] | None = None
    notify: tuple[UserOrGroupId, ...] = ()
    expires: Span = timedelta(minutes=30)
    reason: Literal["optional", "required"] = "optional"

    def rule(self, position: int) -> ApprovalRule:
        """The rule as the policy reads it; `position` counts from 1."""
        needs = (self.approver_permissions or {}).items()
        return ApprovalRule(
            name=f"[[approvals]] {position}",
            commands=frozenset(command.lower() for command in self.commands),
            backends=frozenset(self.backends),
            approvals=self.approvals,
            approver_needs=tuple(Need(area, level) for area, level in needs) or ADMINISTRATORS,
            notify=self.notify,
            expires=self.expires,
            reason_required=self.reason == "required",
        )


class DialingSettings(Section):
    """`[dialing]`: nothing may be rung while `allow` is empty."""

    allow: tuple[Prefix, ...] = ()
    deny: tuple[Prefix, ...] = ()
    per_user_per_hour: Budget = 10
    per_room_per_day: Budget = 50
    per_day: Budget = 200
    book: dict[BookName, Number] = Field(default_factory=dict)

    def dialing(self) -> Dialing:
        """The rules as the policy reads them."""
        return Dialing(
            self.allow,
            self.deny,
            per_user_per_hour=self.per_user_per_hour,
            per_room_per_day=self.per_room_per_day,
            per_day=self.per_day,
            book={name.casefold(): PhoneNumber(number) for name, number in self.book.items()},
        )
