"""SSH keys that open the nodes' consoles. A private key is refused wherever it turns up."""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import ClassVar

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_ssh_public_key

from bot.backends.pexip.objects import id_of
from bot.backends.pexip.paths import configuration
from bot.backends.pexip.schema import Json
from bot.backends.pexip.tasks.base import MOST_LISTED, Task, only
from bot.capabilities import Done, Hands, Operation, Plan, Sheet, Subject, Wish
from bot.errors import BadInput
from bot.forms import Field, FieldKind
from bot.model import Outcome
from bot.reply import Code, Line, Strong, Text, text

NOT_A_KEY = "That is not an SSH public key: the whole line of a .pub file, such as ssh-ed25519 AAAA… me@example.org"


class SshKeys(Task):
    """Authorised keys (seeds/002)."""

    resource = "ssh_authorized_key"
    subject: ClassVar = Subject(
        "sshkeys",
        "SSH keys",
        (
            Operation("list", "List the keys by fingerprint", changes=False, names="[text]"),
            Operation(
                "add",
                "Let the owner of a key in",
                names="[key]",
                fields=(Field("key", FieldKind.LINES, "the whole line of the .pub file", required=True),),
                example='key="ssh-ed25519 AAAA… me@example.org"',
            ),
            Operation("delete", "Remove keys", names="id …", example="3"),
        ),
        (resource,),
        task=True,
    )

    async def look(self, wish: Wish) -> Sheet:
        """Type, fingerprint, comment."""
        found = await self.listed(wish)
        return Sheet(f"SSH keys: {len(found)}", tuple(Line(_line(one)) for one in found[:MOST_LISTED]))

    async def plan(self, wish: Wish) -> Plan:
        """add, delete."""
        if wish.operation.name == "delete":
            plan = await self.node.resources.planned(self.resource, wish)
            found = [await self.objects.find(self.resource, word) for word in plan.words]
            names = "; ".join(_words(one) for one in found)
            return Plan(text("Remove the SSH key ", Strong(names)), plan.act, plan.words, bulk=plan.bulk, binds=names)
        return await self._add(wish)

    async def _add(self, wish: Wish) -> Plan:
        line = " ".join(wish.words) or only(wish.values, wish.operation)["key"]
        kind, _, rest = checked(line).partition(" ")
        mark, comment = fingerprint(rest.partition(" ")[0]), rest.partition(" ")[2]
        says = text("Let the owner of the SSH key ", Strong(f"{kind} {mark} {comment}".strip()), " into the nodes")

        async def act(hands: Hands) -> Done:
            for one in await self.listed(Wish(wish.subject, wish.operation)):
                if fingermarkof(one) == mark:
                    return Done(f"The key {mark} is there already.", Outcome.ALREADY_SO)
            made = await self.transport.create(configuration(self.resource), {"key": line})
            return Done(f"Added the SSH key {made.one.id}, {mark}.")

        return Plan(says, act, wish.words, wish.values)


def checked(line: str) -> str:
    """The line of a public key. Raises BadInput, which repeats nothing of it."""
    line = " ".join(line.split())
    if "PRIVATE KEY" in line.upper():
        raise BadInput("That is a private key. Nothing was sent; treat it as lost and make a new one.")
    try:
        load_ssh_public_key(line.encode())
    except (ValueError, UnsupportedAlgorithm):
        raise BadInput(NOT_A_KEY) from None
    return line


def fingerprint(body: str) -> str:
    """As `ssh-keygen -l` shows it: SHA256:… Raises BadInput."""
    try:
        digest = hashlib.sha256(base64.b64decode(body, validate=True)).digest()
    except binascii.Error:
        raise BadInput(NOT_A_KEY) from None
    return f"SHA256:{base64.b64encode(digest).decode().rstrip('=')}"


def fingermarkof(one: Json) -> str:
    """The fingerprint of a stored key: the node keeps the whole line, or its parts; empty where it shows neither."""
    parts = str(one.get("key") or "").split()
    body = next((part for part in parts if part.startswith("AAAA")), "")
    try:
        return fingerprint(body) if body else ""
    except BadInput:
        return ""


def _words(one: Json) -> str:
    parts = str(one.get("key") or "").split()
    kind = str(one.get("keytype") or (parts[0] if len(parts) > 1 else "")).strip()
    comment = str(one.get("comment") or " ".join(parts[2:])).strip()
    return " ".join(filter(None, (kind, fingermarkof(one), comment))) or f"key {id_of(one)}"


def _line(one: Json) -> Text:
    return text(Code(id_of(one)), " ", Strong(_words(one)))
