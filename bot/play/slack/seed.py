"""A small company to play and test in: people of every kind, user groups, channels of every kind."""

from __future__ import annotations

from bot.clock import Clock
from bot.play.slack.records import Channel, User, UserGroup
from bot.play.slack.workspace import Team, Workspace

SARA = "U0SARA"
OMAR = "U0OMAR"
MIA = "U0MIA"
MAX = "U0MAX"
MAYA = "U0MAYA"
VERA = "U0VERA"
GUS = "U0GUS"
STAN = "U0STAN"
DAN = "U0DAN"
ADA = "U0ADA"
AMIR = "U0AMIR"


def demo_workspace(clock: Clock) -> Workspace:
    """One of each kind of person and channel that the bot must tell apart.

    Sara (administrator, `@admins` S0ADMINS), Omar (operator, `@ops` S0OPS), Mia, Max and Maya (members; Maya shows the
    same name as Mia), Vera (viewer), Gus (guest), Stan (stranger, Slack Connect), Dan (deactivated). The bot is in
    #ops, #team, the private #incident and the archived #attic, and not in #random (public) and the private #board.
    """
    workspace = Workspace(clock, Team())
    for user in _people():
        workspace.add_user(user)
    workspace.add_group(UserGroup("S0OPS", "ops", "Operators", [OMAR]))
    workspace.add_group(UserGroup("S0ADMINS", "admins", "Administrators", [SARA]))
    bot, everybody = workspace.team.bot_user, {SARA, OMAR, MIA, MAX, MAYA, VERA}
    for channel in (
        Channel("C0OPS", "ops", {bot, *everybody}),
        Channel("C0TEAM", "team", {bot, *everybody, GUS, STAN}),
        Channel("C0RANDOM", "random", {*everybody, GUS}),
        Channel("C0INCIDENT", "incident", {bot, SARA, OMAR, MIA}, is_private=True),
        Channel("C0BOARD", "board", {SARA, VERA}, is_private=True),
        Channel("C0ATTIC", "attic", {bot, *everybody}, is_archived=True),
    ):
        workspace.add_channel(channel)
    return workspace


def add_administrators(workspace: Workspace) -> None:
    """Ada and Amir beside Sara: with three, also what needs two approvals can be asked for and approved."""
    for user in (
        _person(ADA, "ada", "Ada Abara", tz="Africa/Lagos", is_admin=True),
        _person(AMIR, "amir", "Amir Aziz", tz="Asia/Dubai", is_admin=True),
    ):
        workspace.add_user(user)
        workspace.groups["S0ADMINS"].members.append(user.id)
        for channel in workspace.channels.values():
            if SARA in channel.members and not channel.is_im:
                channel.members.add(user.id)


def _people() -> tuple[User, ...]:
    return (
        _person(SARA, "sara", "Sara Adler", tz="Europe/Berlin", is_admin=True),
        _person(OMAR, "omar", "Omar Osei", tz="Europe/London"),
        _person(MIA, "mia", "Mia Moreau", tz="Europe/Paris"),
        _person(MAX, "max", "Max Mills", tz="America/New_York"),
        _person(MAYA, "maya", "Mia Maier", tz="Asia/Tokyo"),
        _person(VERA, "vera", "Vera Vogel", tz="Europe/Bucharest"),
        _person(GUS, "gus", "Gus Gray", tz="America/Los_Angeles", is_restricted=True),
        _person(STAN, "stan", "Stan Stone", team_id="T0ELSEWHERE", is_stranger=True),
        _person(DAN, "dan", "Dan Dale", deleted=True),
    )


def _person(user_id: str, name: str, real_name: str, **fields: object) -> User:
    user = User(user_id, name, real_name=real_name, display_name=real_name.split()[0], email=f"{name}@meetops.example")
    for field, value in fields.items():
        setattr(user, field, value)
    return user
