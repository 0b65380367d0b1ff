"""Slack's JSON for the things of the workspace, field by field as its API answers (slack docs, methods 2026-08)."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from bot.play.slack.records import Channel, Json, Message, User, UserGroup, View
from bot.play.slack.workspace import Workspace


def user_json(workspace: Workspace, user: User) -> Json:
    """A user as users.info gives it. Bots, strangers and deactivated people have no time zone."""
    body: Json = {
        "id": user.id,
        "team_id": user.team_id,
        "name": user.name,
        "deleted": user.deleted,
        "profile": _profile(workspace, user),
        "is_bot": user.is_bot,
        "is_app_user": False,
        "updated": 1700000000,
    }
    if user.is_stranger:
        body["is_stranger"] = True
    if user.deleted:
        return body
    body |= {
        "color": "9f69e7",
        "real_name": user.real_name,
        "is_admin": user.is_admin,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": user.is_restricted or user.is_ultra_restricted,
        "is_ultra_restricted": user.is_ultra_restricted,
        "is_email_confirmed": not user.is_bot,
        "who_can_share_contact_card": "EVERYONE",
    }
    if not user.is_stranger and not user.is_bot:
        now = workspace.clock.now().astimezone(ZoneInfo(user.tz))
        offset = now.utcoffset()
        body |= {"tz": user.tz, "tz_label": now.tzname(), "tz_offset": int(offset.total_seconds()) if offset else 0}
    return body


def _profile(workspace: Workspace, user: User) -> Json:
    profile = {
        "real_name": user.real_name,
        "real_name_normalized": user.real_name,
        "display_name": user.display_name,
        "display_name_normalized": user.display_name,
        "title": "",
        "phone": "",
        "status_text": "",
        "status_emoji": "",
        "team": user.team_id,
    }
    if user.email and "users:read.email" in workspace.team.scopes and not user.is_stranger:
        profile["email"] = user.email
    if user.is_bot:
        profile |= {"api_app_id": workspace.team.app_id, "bot_id": workspace.team.bot_id}
    return profile


def channel_json(workspace: Workspace, channel: Channel) -> Json:
    """A conversation as conversations.info gives it."""
    common: Json = {
        "id": channel.id,
        "created": 1700000000,
        "is_archived": channel.is_archived,
        "is_im": channel.is_im,
        "is_org_shared": False,
        "context_team_id": workspace.team.id,
        "updated": 1700000000000,
    }
    if channel.is_im:
        return common | {"user": channel.peer, "is_open": True, "is_user_deleted": False}
    return common | {
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": not channel.is_private,
        "is_group": channel.is_private,
        "is_mpim": False,
        "is_private": channel.is_private,
        "is_member": workspace.team.bot_user in channel.members,
        "is_general": False,
        "is_shared": False,
        "is_ext_shared": False,
        "is_pending_ext_shared": False,
        "pending_shared": [],
        "unlinked": 0,
        "creator": min(channel.members, default=""),
        "topic": {"value": "", "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "previous_names": [],
    }


def group_json(workspace: Workspace, group: UserGroup, *, with_users: bool) -> Json:
    """A user group as usergroups.list gives it."""
    body: Json = {
        "id": group.id,
        "team_id": workspace.team.id,
        "is_usergroup": True,
        "is_subteam": True,
        "name": group.name,
        "description": "",
        "handle": group.handle,
        "is_external": False,
        "date_create": 1700000000,
        "date_update": 1700000000,
        "date_delete": 1700000001 if group.disabled else 0,
        "auto_type": None,
        "created_by": "USLACKBOT",
        "updated_by": "USLACKBOT",
        "deleted_by": None,
        "prefs": {"channels": [], "groups": []},
        "user_count": len(group.members),
    }
    return body | {"users": list(group.members)} if with_users else body


def message_json(workspace: Workspace, message: Message) -> Json:
    """A message as chat.postMessage answers and as interaction payloads carry it."""
    team = workspace.team
    body: Json = {"type": "message", "user": message.user, "ts": message.ts, "text": message.text, "team": team.id}
    if message.bot_id:
        body |= {"bot_id": message.bot_id, "app_id": team.app_id}
        body["bot_profile"] = {
            "id": team.bot_id,
            "app_id": team.app_id,
            "user_id": team.bot_user,
            "name": team.bot_name,
            "deleted": False,
            "updated": 1700000000,
            "team_id": team.id,
        }
    optional = {
        "blocks": message.blocks,
        "attachments": message.attachments,
        "files": message.files,
        "metadata": message.metadata,
        "thread_ts": message.thread_ts,
        "edited": {"user": message.user, "ts": message.ts} if message.edited else None,
    }
    return body | {name: value for name, value in optional.items() if value}


def view_json(workspace: Workspace, view: View) -> Json:
    """A view as views.open answers and as interaction payloads carry it, without the state of its inputs."""
    sent, team = view.payload, workspace.team
    return {
        "id": view.id,
        "team_id": team.id,
        "type": sent["type"],
        "blocks": view.blocks,
        "private_metadata": sent.get("private_metadata") or "",
        "callback_id": sent.get("callback_id") or "",
        "state": {"values": {}},
        "hash": view.hash,
        "title": sent.get("title"),
        "clear_on_close": bool(sent.get("clear_on_close")),
        "notify_on_close": bool(sent.get("notify_on_close")),
        "close": sent.get("close"),
        "submit": sent.get("submit"),
        "previous_view_id": view.previous_id or None,
        "root_view_id": view.root_id,
        "app_id": team.app_id,
        "external_id": sent.get("external_id") or "",
        "app_installed_team_id": team.id,
        "bot_id": team.bot_id,
    }
