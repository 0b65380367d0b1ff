"""Roles and users as anynode writes them (seeds/003, backends/anynode.md): read leniently, sent back untouched."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.capabilities import RoleDocument
from bot.errors import BackendError
from bot.rest import Answer

Json = dict[str, Any]
KNOWN = frozenset({"displayName", "permissions", "id"})


def roles_in(answer: Answer) -> tuple[RoleDocument, ...]:
    """An array of roles; the text of the document speaks of one object, so that is taken too.

    Raises BackendError where anything in it is no role: half a list would hide who may do what.
    """
    found = answer.json()
    listed = found if isinstance(found, list) else [found]
    return tuple(_role(one, answer.backend) for one in listed)


def _role(found: object, backend: str) -> RoleDocument:
    if isinstance(found, dict):
        role_id, name, levels = found.get("id"), found.get("displayName"), found.get("permissions")
        if isinstance(role_id, str) and role_id and isinstance(name, str) and isinstance(levels, dict):
            more = {key: value for key, value in found.items() if key not in KNOWN}
            return RoleDocument(role_id, name, levels, more)
    raise BackendError(f"{backend} answered without roles; check its base_url and version.")


def document_of(role: RoleDocument) -> Json:
    """The role as it is sent, in the order of the document's example."""
    return {"displayName": role.display_name, "permissions": dict(role.levels), "id": role.id, **role.more}


def holders_in(answer: Answer, role: RoleDocument) -> tuple[str, ...]:
    """The users who have that role. A user without a list of roles has none that can be seen. Raises BackendError."""
    found = answer.json()
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise BackendError(f"{answer.backend} answered without users.")
    return tuple(_name(user) for user in found if _has(user, role))


def _has(user: Mapping[str, Any], role: RoleDocument) -> bool:
    roles = user.get("roles")
    for one in roles if isinstance(roles, list) else ():
        named = {one.get("id"), one.get("displayName")} if isinstance(one, dict) else {one}
        if named & {role.id, role.display_name}:
            return True
    return False


def _name(user: Mapping[str, Any]) -> str:
    for key in ("displayName", "localUserName", "id"):
        if isinstance(user.get(key), str):
            return str(user[key])
    return "somebody"
