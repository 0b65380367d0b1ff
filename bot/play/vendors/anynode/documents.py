"""What a fresh simulated exchange holds: the two roles of seeds/003, and the dashboard of a small site."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

SWITCHES = ("tracing", "administration", "userInterface", "api")
AREAS = (
    *("userManagement", "configurationMode", "tracing", "administration", "monitoringMode"),
    *("webServer", "userInterface", "api", "backends", "mediaRecording"),
)


def role(role_id: str, *, name: str = "", **levels: str) -> Json:
    """A role in the document's form; areas that are not named are NO_ACCESS."""
    permissions = {area: levels.get(area, "NO_ACCESS") for area in AREAS}
    return {"displayName": name or role_id, "permissions": permissions, "id": role_id}


def first_roles() -> list[Json]:
    """seeds/003, 4.1: even the administrator has no access to media recording."""
    everything = {area: "ACCESS" if area in SWITCHES else "READ_WRITE_ACCESS" for area in AREAS}
    return [
        role("ADMINISTRATOR", **(everything | {"mediaRecording": "NO_ACCESS"})),
        role("CALL_HISTORY_EXPORTER", monitoringMode="READ_ACCESS", api="ACCESS"),
    ]


def another_role() -> Json:
    """What the example of 4.3 shows after the removal of a role of another name."""
    return role("role_2", api="ACCESS")


def dashboard() -> Json:
    """Two nodes with calls, one that is down, one that is switched off, and a certificate that ends soon."""
    return {
        "sipNodes": [
            _node("Telephone network", incoming=3, outgoing=1),
            _node("Microsoft Teams", incoming=1, outgoing=1),
            _node("Branch office", operational=False),
            _node("Old PBX", operational=False, enabled=False),
        ],
        "ldapConnections": [{"displayName": "Directory", "state": "connected"}],
        "sfbUcmaNodes": [],
        "certificates": [
            {"displayName": "sbc.example.org", "expiresInDays": 12},
            {"displayName": "root", "expiresInDays": 2000},
        ],
    }


def _node(name: str, *, incoming: int = 0, outgoing: int = 0, operational: bool = True, enabled: bool = True) -> Json:
    return {
        "displayName": name,
        "operational": operational,
        "enabled": enabled,
        "networkState": "up" if operational else "down",
        "ipAddress": "192.0.2.10",
        "remoteSipDomain": "example.org",
        "registrationState": "registered" if operational else "notRegistered",
        "sessions": {"incomingCalls": incoming, "outgoingCalls": outgoing},
        "optionsPackets": {},
        "registeredClientList": [],
        "transportConnections": [{"transportUp": operational}],
    }
