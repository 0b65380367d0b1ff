"""Slack's word on who somebody is: profiles and user groups, for `bot/people.py`, which remembers them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import Unavailable
from bot.model import Person
from bot.people import Directory, Profile, Workspace
from bot.slack.client import UNREACHABLE, Authorisation, error_word

UNKNOWN_USER = frozenset({"user_not_found", "user_not_visible"})
NO_GROUP = frozenset({"no_such_subteam", "subteam_not_found", "plan_upgrade_required"})


class SlackDirectory(Directory):
    """users.info and usergroups.users.list."""

    def __init__(self, client: AsyncWebClient, authorisation: Authorisation) -> None:
        self._client = client
        self._authorisation = authorisation

    def workspace(self) -> Workspace:
        """See `Directory`."""
        result = self._authorisation.result
        return Workspace(result.team_id or "", result.enterprise_id or "") if result else Workspace("")

    async def profile(self, person: Person) -> Profile | None:
        """See `Directory`."""
        try:
            answer = await self._client.users_info(user=person.user_id, include_locale=True)
        except SlackApiError as error:
            if error_word(error) in UNKNOWN_USER:
                return None
            raise Unavailable(f"Slack did not say who you are ({error_word(error)}); try again.") from None
        except UNREACHABLE:
            raise Unavailable("Slack did not say who you are; try again.") from None
        return _profile(person, answer.get("user") or {}, self.workspace())

    async def group_members(self, group_id: str) -> frozenset[str]:
        """See `Directory`."""
        try:
            answer = await self._client.usergroups_users_list(usergroup=group_id)
        except SlackApiError as error:
            if error_word(error) in NO_GROUP:
                return frozenset()
            raise Unavailable(f"Slack did not say who is in a user group ({error_word(error)}); try again.") from None
        except UNREACHABLE:
            raise Unavailable("Slack did not say who is in a user group; try again.") from None
        return frozenset(str(user) for user in answer.get("users") or ())


def _profile(person: Person, user: Mapping[str, Any], home: Workspace) -> Profile:
    profile = user.get("profile") or {}
    names = (profile.get("display_name"), user.get("real_name"), profile.get("real_name"), user.get("name"))
    return Profile(
        person=person,
        name=next((str(name) for name in names if name), person.user_id),
        tz=str(user.get("tz") or ""),
        email=profile.get("email") or None,
        language=str(user.get("locale") or ""),
        deactivated=bool(user.get("deleted")),
        bot=bool(user.get("is_bot")),  # `is_app_user` is somebody who authorised this app: the administrator, say
        guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
        stranger=bool(user.get("is_stranger")) or not _is_of(home, user),
    )


def _is_of(home: Workspace, user: Mapping[str, Any]) -> bool:
    """Whether Slack says that this user is of the bot's workspace or enterprise.

    `is_stranger` does not: it is false for people of other workspaces who share a channel with the bot. Nor do the
    ids in a payload: its enterprise is that of the place, whoever acts there. Slack always names
    the team; where a stand-in for it names none, a bot of one workspace goes by the payload's team (`bot/people.py`).
    """
    if home.team_id and not home.enterprise_id and not user.get("team_id") and not user.get("enterprise_user"):
        return True
    enterprise_id = (user.get("enterprise_user") or {}).get("enterprise_id")
    if home.enterprise_id and enterprise_id == home.enterprise_id:
        return True
    return bool(home.team_id) and user.get("team_id") == home.team_id
