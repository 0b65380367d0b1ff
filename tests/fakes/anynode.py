"""An anynode exchange for tests: the bot's account there, its back end, and the examples of seeds/003 to the letter."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
from pydantic import SecretStr

from bot.backends.anynode import Anynode
from bot.capabilities import RoleDocument
from bot.play.vendors.anynode import Account
from bot.rest import Rest
from tests.fakes.raw_http import Turn, answer

PASSWORD = "sbc-pass-never-shown"
ACCOUNTS = (
    Account("meetops", PASSWORD),
    Account("exporter", PASSWORD, ("CALL_HISTORY_EXPORTER",)),
    Account("nobody", PASSWORD, ()),
)

GET_EXAMPLE: list[Any] = [  # 4.1
    {
        "displayName": "ADMINISTRATOR",
        "permissions": {
            "userManagement": "READ_WRITE_ACCESS",
            "configurationMode": "READ_WRITE_ACCESS",
            "tracing": "ACCESS",
            "administration": "ACCESS",
            "monitoringMode": "READ_WRITE_ACCESS",
            "webServer": "READ_WRITE_ACCESS",
            "userInterface": "ACCESS",
            "api": "ACCESS",
            "backends": "READ_WRITE_ACCESS",
            "mediaRecording": "NO_ACCESS",
        },
        "id": "ADMINISTRATOR",
    },
    {
        "displayName": "CALL_HISTORY_EXPORTER",
        "permissions": {
            "userManagement": "NO_ACCESS",
            "configurationMode": "NO_ACCESS",
            "tracing": "NO_ACCESS",
            "administration": "NO_ACCESS",
            "monitoringMode": "READ_ACCESS",
            "webServer": "NO_ACCESS",
            "userInterface": "NO_ACCESS",
            "api": "ACCESS",
            "backends": "NO_ACCESS",
            "mediaRecording": "NO_ACCESS",
        },
        "id": "CALL_HISTORY_EXPORTER",
    },
]


def only_api(role_id: str) -> dict[str, Any]:
    """The role of 4.2 and 4.3: nothing but the API."""
    nothing = dict.fromkeys(GET_EXAMPLE[0]["permissions"], "NO_ACCESS")
    return {"displayName": role_id, "permissions": {**nothing, "api": "ACCESS"}, "id": role_id}


ADD_EXAMPLE = only_api("new_role")  # 4.2, request and response alike
REMOVE_EXAMPLE = [only_api("role_2")]  # 4.3: what is printed after new_role was removed


def said(content: object, status: str = "200 OK", **headers: str) -> Turn:
    """JSON as the exchange answers it, with the cookie of a session."""
    headers = {"Content_Type": "application/json", "Set_Cookie": "JSESSIONID=7F3A; Path=/; HttpOnly"} | headers
    return Turn(answer(status, json.dumps(content).encode(), **headers))


def page(words: str, status: str = "200 OK") -> Turn:
    """A web page in place of an answer."""
    return Turn(answer(status, f"<html><body>{words}</body></html>".encode(), Content_Type="text/html"))


def anynode(session: aiohttp.ClientSession, url: str, *, username: str = "meetops", **more: Any) -> Anynode:
    """The back end against a server at `url`, on a session as the bot makes it: it keeps no cookies."""
    rest = Rest(session, url, backend="sbc", first_wait=0.001, **({"timeout": 5.0} | more))
    return Anynode("sbc", rest, username=username, password=SecretStr(PASSWORD))


def role(found: dict[str, Any]) -> RoleDocument:
    """A role of the examples as the bot has it."""
    return RoleDocument(found["id"], found["displayName"], found["permissions"])
