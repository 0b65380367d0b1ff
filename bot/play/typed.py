"""What a person types in the page's message box, as a Slack client would send it."""

from __future__ import annotations

import html
import re

from bot.play.slack.workspace import Workspace


def as_sent(workspace: Workspace, words: str) -> str:
    """Escape `& < >` and turn `@name` and `#channel` of this workspace into `<@U…>` and `<#C…|channel>`."""
    names = _tokens(workspace)
    escaped = html.escape(words, quote=False)
    if not names:
        return escaped
    known = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.sub(
        rf"(?<![\w@#])(?:{known})(?!\w)", lambda found: names[found.group(0).lower()], escaped, flags=re.IGNORECASE
    )


def _tokens(workspace: Workspace) -> dict[str, str]:
    people = {
        f"@{html.escape(name, quote=False).lower()}": f"<@{user.id}>"
        for user in workspace.users.values()
        if not user.deleted
        for name in (user.name, user.real_name, user.display_name)
        if name
    }
    groups = {
        f"@{group.handle.lower()}": f"<!subteam^{group.id}|@{group.handle}>"
        for group in workspace.groups.values()
        if not group.disabled
    }
    channels = {
        f"#{channel.name.lower()}": f"<#{channel.id}|{'' if channel.is_private else channel.name}>"
        for channel in workspace.channels.values()
        if channel.name and not channel.is_archived
    }
    return {**groups, **people, **channels}
