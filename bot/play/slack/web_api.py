"""The Web API at `/api/<method>`: arguments wherever a client puts them, tokens, scopes, and one answer per call."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from bot.play.slack.faults import Fault, Faults
from bot.play.slack.files import Files
from bot.play.slack.grants import Pace, Triggers
from bot.play.slack.methods.chat import Chat
from bot.play.slack.methods.directory import Directory
from bot.play.slack.methods.views import Views
from bot.play.slack.records import Call, Json
from bot.play.slack.refusals import SlackRefusal
from bot.play.slack.workspace import Workspace

_CONVERSATIONS = ("channels:read", "groups:read", "im:read", "mpim:read")


@dataclass(frozen=True, slots=True)
class Method:
    """One method: its handler, and the scopes of which the token needs one."""

    handle: Callable[[Json], Json]
    scopes: tuple[str, ...] = ()
    for_app_token: bool = False
    tier: int = 0  # 0: not limited, or in a way of its own


class WebApi:
    """Answers Web API calls and notes each in `workspace.calls`, without its token.

    `open_connection` gives the single-use WebSocket URL of apps.connections.open.
    """

    def __init__(
        self,
        workspace: Workspace,
        *,
        bot_token: str,
        app_token: str,
        triggers: Triggers,
        faults: Faults,
        files: Files,
        pace: Pace | None,
        open_connection: Callable[[], str],
    ) -> None:
        self._workspace = workspace
        self._bot_token = bot_token
        self._app_token = app_token
        self._faults = faults
        self._pace = pace
        self._methods = {
            **_chat(Chat(workspace, pace)),
            **_views(Views(workspace, triggers)),
            **_directory(Directory(workspace)),
            "files.info": Method(files.info, ("files:read",), tier=4),
            "apps.connections.open": Method(lambda _: {"url": open_connection()}, for_app_token=True, tier=3),
        }

    @property
    def names(self) -> frozenset[str]:
        """The methods there are."""
        return frozenset(self._methods)

    @property
    def tiers(self) -> dict[str, int]:
        """The rate limit tier of each method; 0 where Slack counts in another way."""
        return {name: method.tier for name, method in self._methods.items()}

    async def handle(self, request: web.Request) -> web.Response:
        """One call, with whatever fault is planned for its method."""
        name = request.match_info["method"]
        fault = self._faults.meet(name)
        await asyncio.sleep(fault.delay)
        try:
            args, token = await read_arguments(request)
        except ValueError:
            return web.json_response({"ok": False, "error": "invalid_json"})
        answer, status, headers = self._spoilt(fault) if fault.spoils else ({}, 200, {})
        if not fault.spoils or fault.carried_out:
            real = self._answer(name, args, token)
            answer, status, headers = (answer, status, headers) if fault.spoils else real
        self._workspace.note_call(Call(name, args, self._workspace.clock.now(), answer, status))
        if fault.reset and request.transport is not None:
            request.transport.abort()
        if fault.status:
            return web.Response(status=status, headers=headers, text="")
        return web.json_response(answer, status=status, headers=headers)

    def _answer(self, name: str, args: Json, token: str) -> tuple[Json, int, dict[str, str]]:
        scopes = {"x-oauth-scopes": ",".join(sorted(self._workspace.team.scopes))}
        try:
            method = self._allowed(name, token)
            if self._pace:
                self._pace.call(name, method.tier)
            return {"ok": True, **method.handle(args)}, 200, scopes
        except SlackRefusal as refusal:
            waiting = {"Retry-After": str(refusal.retry_after)} if refusal.retry_after else {}
            return refusal.answer(), refusal.status, scopes | waiting

    def _allowed(self, name: str, token: str) -> Method:
        method = self._methods.get(name)
        if method is None:
            raise SlackRefusal("unknown_method", req_method=name)
        if not token:
            raise SlackRefusal("not_authed")
        if token not in (self._bot_token, self._app_token):
            raise SlackRefusal("invalid_auth")
        if (token == self._app_token) is not method.for_app_token:
            raise SlackRefusal("not_allowed_token_type")
        granted = self._workspace.team.scopes
        if method.scopes and not granted.intersection(method.scopes):
            raise SlackRefusal("missing_scope", needed=",".join(method.scopes), provided=",".join(sorted(granted)))
        return method

    def _spoilt(self, fault: Fault) -> tuple[Json, int, dict[str, str]]:
        headers = {"Retry-After": str(fault.retry_after)} if fault.retry_after else {}
        return ({"ok": False, "error": fault.error} if fault.error else {}), fault.status or 200, headers


async def read_arguments(request: web.Request) -> tuple[Json, str]:
    """Arguments from query, form and JSON body alike, and the token from header or form.

    The SDK posts some methods with everything in the query, some as form, some as JSON.
    """
    args: Json = dict(request.query)
    args.pop("token", None)  # Slack takes no token from a query string
    token = ""
    if request.content_type == "application/json":
        body = await request.json()
        args |= body if isinstance(body, dict) else {}
        args.pop("token", None)
    else:
        form = await request.post()
        args |= {name: str(value) for name, value in form.items()}
        token = str(args.pop("token", ""))
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    return args, bearer if scheme.lower() == "bearer" else token


def _chat(chat: Chat) -> dict[str, Method]:
    return {
        "chat.postMessage": Method(chat.post_message, ("chat:write",)),
        "chat.postEphemeral": Method(chat.post_ephemeral, ("chat:write",), tier=4),
        "chat.update": Method(chat.update, ("chat:write",), tier=3),
        "chat.delete": Method(chat.delete, ("chat:write",), tier=3),
        "chat.getPermalink": Method(chat.permalink),
    }


def _views(views: Views) -> dict[str, Method]:
    return {
        "views.open": Method(views.open, tier=4),
        "views.push": Method(views.push, tier=4),
        "views.update": Method(views.update, tier=4),
        "views.publish": Method(views.publish, tier=4),
    }


def _directory(directory: Directory) -> dict[str, Method]:
    return {
        "auth.test": Method(directory.auth_test),
        "users.info": Method(directory.user_info, ("users:read",), tier=4),
        "users.list": Method(directory.users, ("users:read",), tier=2),
        "users.lookupByEmail": Method(directory.by_email, ("users:read.email",), tier=3),
        "usergroups.list": Method(directory.groups, ("usergroups:read",), tier=2),
        "usergroups.users.list": Method(directory.group_users, ("usergroups:read",), tier=2),
        "conversations.info": Method(directory.conversation, _CONVERSATIONS, tier=3),
        "conversations.members": Method(directory.members, _CONVERSATIONS, tier=4),
        "conversations.list": Method(directory.conversations, _CONVERSATIONS, tier=2),
        "conversations.open": Method(directory.open, ("im:write",), tier=3),
        "conversations.join": Method(directory.join, ("channels:join",), tier=3),
    }
