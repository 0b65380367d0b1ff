"""Who and what there is: auth.test, users.*, usergroups.*, conversations.*."""

from __future__ import annotations

from typing import TypeVar

from bot.play.slack.methods.content import flag, required
from bot.play.slack.records import Channel, Json
from bot.play.slack.refusals import SlackRefusal
from bot.play.slack.wire import channel_json, group_json, user_json
from bot.play.slack.workspace import Workspace

Listed = TypeVar("Listed")
MOST_LISTED = 1000
SCOPES = {"public_channel": "channels:read", "private_channel": "groups:read", "im": "im:read", "mpim": "mpim:read"}


class Directory:
    """The methods that look things up, and the two that open or join a conversation."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def auth_test(self, args: Json) -> Json:
        """auth.test: whose token this is."""
        team = self._workspace.team
        return {
            "url": f"https://{team.domain}.slack.com/",
            "team": team.name,
            "user": team.bot_name,
            "team_id": team.id,
            "user_id": team.bot_user,
            "bot_id": team.bot_id,
            "is_enterprise_install": False,
        } | ({"enterprise_id": team.enterprise_id} if team.enterprise_id else {})

    def user_info(self, args: Json) -> Json:
        """users.info."""
        required(args, "user")
        user = self._workspace.users.get(str(args["user"]))
        if user is None:
            raise SlackRefusal("user_not_found")
        return {"user": user_json(self._workspace, user)}

    def users(self, args: Json) -> Json:
        """users.list, deactivated people included, strangers not."""
        people = [user for user in self._workspace.users.values() if not user.is_stranger]
        page, rest = _page(people, args)
        return {"members": [user_json(self._workspace, user) for user in page], "cache_ts": 1700000000, **rest}

    def by_email(self, args: Json) -> Json:
        """users.lookupByEmail: active people of the workspace."""
        required(args, "email")
        email = str(args["email"]).casefold()
        for user in self._workspace.users.values():
            if user.email.casefold() == email and not user.deleted and not user.is_stranger:
                return {"user": user_json(self._workspace, user)}
        raise SlackRefusal("users_not_found")

    def groups(self, args: Json) -> Json:
        """usergroups.list."""
        shown = [
            group for group in self._workspace.groups.values() if not group.disabled or flag(args, "include_disabled")
        ]
        with_users = flag(args, "include_users")
        return {"usergroups": [group_json(self._workspace, group, with_users=with_users) for group in shown]}

    def group_users(self, args: Json) -> Json:
        """usergroups.users.list."""
        required(args, "usergroup")
        group = self._workspace.groups.get(str(args["usergroup"]))
        if group is None or (group.disabled and not flag(args, "include_disabled")):
            raise SlackRefusal("no_such_subteam")
        return {"users": list(group.members)}

    def conversation(self, args: Json) -> Json:
        """conversations.info."""
        channel = self._readable(args)
        body = channel_json(self._workspace, channel)
        if flag(args, "include_num_members"):
            body["num_members"] = len(channel.members)
        return {"channel": body}

    def members(self, args: Json) -> Json:
        """conversations.members."""
        page, rest = _page(sorted(self._readable(args).members), args)
        return {"members": page, **rest}

    def conversations(self, args: Json) -> Json:
        """conversations.list: public channels, and the private ones and direct conversations the bot is in."""
        types = str(args.get("types") or "public_channel").replace(" ", "").split(",")
        if set(types) - {"public_channel", "private_channel", "mpim", "im"}:
            raise SlackRefusal("invalid_types")
        for kind in types:
            self._may_read(kind)
        shown = [
            channel
            for channel in self._workspace.channels.values()
            if _type(channel) in types
            and self._may_see(channel)
            and not (channel.is_archived and flag(args, "exclude_archived"))
        ]
        page, rest = _page(shown, args)
        return {"channels": [channel_json(self._workspace, channel) for channel in page], **rest}

    def open(self, args: Json) -> Json:
        """conversations.open: the direct conversation with one person."""
        if args.get("channel"):
            return {"channel": {"id": self._visible(args).id}}
        users = str(args.get("users") or "")
        if not users:
            raise SlackRefusal("users_list_not_supplied")
        user = self._workspace.users.get(users)
        if user is None:
            raise SlackRefusal("user_not_found")
        if user.deleted:
            raise SlackRefusal("user_disabled")
        channel = self._workspace.open_im(user.id)
        whole = channel_json(self._workspace, channel)
        return {"channel": whole if flag(args, "return_im") else {"id": channel.id}}

    def join(self, args: Json) -> Json:
        """conversations.join: public channels only."""
        channel = self._visible(args)
        if channel.is_private or channel.is_im:
            raise SlackRefusal("method_not_supported_for_channel_type")
        if channel.is_archived:
            raise SlackRefusal("is_archived")
        channel.members.add(self._workspace.team.bot_user)
        return {"channel": channel_json(self._workspace, channel)}

    def _visible(self, args: Json) -> Channel:
        required(args, "channel")
        channel = self._workspace.channels.get(str(args["channel"]))
        if channel is None or not self._may_see(channel):
            raise SlackRefusal("channel_not_found")
        return channel

    def _readable(self, args: Json) -> Channel:
        channel = self._visible(args)
        self._may_read(_type(channel))
        return channel

    def _may_read(self, kind: str) -> None:
        granted = self._workspace.team.scopes
        if SCOPES[kind] not in granted:
            raise SlackRefusal("missing_scope", needed=SCOPES[kind], provided=",".join(sorted(granted)))

    def _may_see(self, channel: Channel) -> bool:
        hidden = channel.is_private or channel.is_im
        return not hidden or self._workspace.team.bot_user in channel.members


def _type(channel: Channel) -> str:
    return "im" if channel.is_im else "private_channel" if channel.is_private else "public_channel"


def _page(items: list[Listed], args: Json) -> tuple[list[Listed], Json]:
    try:
        start, size = int(args.get("cursor") or 0), int(args.get("limit") or 100)
    except ValueError:
        raise SlackRefusal("invalid_cursor") from None
    if not 0 < size <= MOST_LISTED:
        raise SlackRefusal("invalid_limit")
    following = str(start + size) if start + size < len(items) else ""
    return items[start : start + size], {"response_metadata": {"next_cursor": following}}
