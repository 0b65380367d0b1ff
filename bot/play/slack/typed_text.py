"""What Slack makes of a line somebody types after a slash command (`should_escape: true`)."""

from __future__ import annotations

import re

from bot.play.slack.records import User
from bot.play.slack.workspace import Workspace

_TOKEN = re.compile(
    r"(?P<url>https?://[^\s<>]+)"
    r"|(?P<mail>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    r"|(?<!\w)@(?P<person>[\w.-]+)"
    r"|(?<!\w)#(?P<channel>[\w-]+)"
    r"|(?<![\w+])(?P<phone>\+\d[\d ()/-]{5,}\d)"
    r"|(?P<special>[&<>])"
)
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


class TypedText:
    """Escapes typed text as Slack's clients and server do.

    `@handle` (or an unambiguous display name, or an id) becomes `<@U…|handle>`, `#channel` `<#C…|channel>`, URLs go
    into `<>`; with `link_contacts` numbers and addresses become `<tel:…|…>` and `<mailto:…|…>`, as some clients do.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def escaped(self, text: str, *, link_contacts: bool = False) -> str:
        """The text as it stands in the payload."""

        def markup(found: re.Match[str]) -> str:
            kind, shown = str(found.lastgroup), found[0]
            match kind:
                case "url":
                    return f"<{_entities(shown)}>"
                case "person":
                    return self._person(found["person"]) or shown
                case "channel":
                    return self._channel(found["channel"]) or shown
                case "mail" if link_contacts:
                    return f"<mailto:{shown}|{shown}>"
                case "phone" if link_contacts:
                    return f"<tel:{re.sub(r'[^+0-9]', '', shown)}|{shown}>"
            return _entities(shown)

        return _TOKEN.sub(markup, text)

    def _person(self, name: str) -> str:
        if name in ("here", "channel", "everyone"):
            return f"<!{name}>"
        # a client offers names as one types: a shared display name is picked by handle or id
        people = [user for user in self._workspace.users.values() if _goes_by(user, name)]
        if len(people) == 1:
            return f"<@{people[0].id}|{people[0].name}>"
        groups = [group for group in self._workspace.groups.values() if group.handle == name]
        return f"<!subteam^{groups[0].id}|@{groups[0].handle}>" if groups else ""

    def _channel(self, name: str) -> str:
        channel = self._workspace.find_channel(name)
        if channel is None:
            return ""
        return f"<#{channel.id}|{'' if channel.is_private else channel.name}>"


def _goes_by(user: User, name: str) -> bool:
    return name in (user.id, user.name) or (bool(user.display_name) and user.display_name == name)


def _entities(text: str) -> str:
    return "".join(_ENTITIES.get(char, char) for char in text)
