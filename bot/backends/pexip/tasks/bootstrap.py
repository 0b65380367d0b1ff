"""The first start of a node: its provisioning document is sent to the node itself, which then joins (seeds/002).

A new node shows a certificate that nobody has signed. It is never trusted unseen: the refusal tells its fingerprint,
somebody compares it with the node's console, and names it.
"""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
import re
from pathlib import Path

from bot.backends.pexip.objects import id_of
from bot.backends.pexip.schema import Json
from bot.backends.pexip.tasks.base import Node, only
from bot.capabilities import Done, Hands, Plan, Wish
from bot.errors import BackendError, BadInput, Refused
from bot.model import Outcome, Risk
from bot.reply import Strong, text
from bot.rest import Rest

PATIENCE = 60.0  # seconds
LARGEST = 4 * 1024**2  # bytes of a provisioning document
FINGERPRINT = re.compile(r"[0-9A-F]{64}")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}\.xml")


class Bootstrap:
    """One document to one node."""

    def __init__(self, node: Node) -> None:
        self._node = node

    async def plan(self, wish: Wish, one: Json) -> Plan:
        """Where it goes, what is sent, whether the certificate is the one that was named. Sends nothing."""
        values = only(wish.values, wish.operation)
        path = self._document(values.get("document") or f"{one.get('name')}.xml")
        address = _address(one)
        pinned = _fingerprint(values["fingerprint"]) if values.get("fingerprint") else None
        rest = self._node.rest.elsewhere(f"https://{address}:{self._node.bootstrap_port}", fingerprint=pinned)
        await self._compare(rest, pinned)
        name = str(one.get("name"))

        async def act(hands: Hands) -> Done:
            await self._send(rest, await asyncio.to_thread(path.read_bytes))
            path.unlink(missing_ok=True)  # it holds the node's password and keys, and serves only once
            words = f"{name} took its provisioning document and joins now; `nodes list` shows when it is in sync."
            return Done(words, Outcome.ACCEPTED, {"object": f"worker_vm {id_of(one)}"})

        says = text("Send ", Strong(path.name), f", with the password and keys of {name}, to {address}")
        exact = {**values, "document": path.name}
        return Plan(says, act, (id_of(one),), exact, binds=f"{name} {address} {path.name}")

    def _document(self, name: str) -> Path:
        folder = self._node.download_folder
        if folder is None:
            raise BadInput(f"{self._node.backend} has no download_folder, so there are no documents.")
        if not NAME.fullmatch(name):
            raise BadInput("document= is the name of a provisioning document (.xml) in the download folder.")
        path = folder / name
        if path.is_symlink() or not path.is_file() or path.stat().st_size > LARGEST:
            raise BadInput(f"There is no provisioning document {name} in the download folder.")
        return path

    async def _compare(self, rest: Rest, pinned: bytes | None) -> None:
        """Without a named certificate the ordinary check decides; say what is shown where it would fail."""
        shown = await rest.shown_certificate()
        if shown is None:
            raise BackendError("The node does not answer on its provisioning port; is it started, and made for this?")
        if pinned is not None and not hmac.compare_digest(shown, pinned):
            raise Refused(f"The node shows another certificate, SHA-256 {words_of(shown)}; nothing was sent.")
        if pinned is None and not await rest.is_trusted():
            raise Refused(
                f"Nobody vouches for the node's certificate. Compare it with the node's console, then add "
                f"fingerprint={shown.hex()}"
            )

    async def _send(self, rest: Rest, document: bytes) -> None:
        answer = await rest.request(
            *("POST", "configuration", "bootstrap"),
            operation="bootstrap",
            risk=Risk.ONCE,
            raw=document,
            headers={"Content-Type": "text/xml"},
            timeout=PATIENCE,
        )
        if answer.status != 200:
            raise BackendError(f"The node did not take the document (status {answer.status}).")


def _address(one: Json) -> str:
    """The node's own address, as the management node has it. Raises BadInput."""
    try:
        found = ipaddress.ip_address(str(one.get("address") or ""))
    except ValueError:
        raise BadInput("The management node knows no address of that node.") from None
    return f"[{found}]" if found.version == 6 else str(found)


def _fingerprint(words: str) -> bytes:
    packed = re.sub(r"[\s:]", "", words).upper().removeprefix("SHA256").removeprefix("SHA-256")
    if not FINGERPRINT.fullmatch(packed):
        raise BadInput("fingerprint= is the SHA-256 of the certificate: 64 hexadecimal digits.")
    return bytes.fromhex(packed)


def words_of(digest: bytes) -> str:
    """`AB:CD:…`, as openssl prints it."""
    return digest.hex(":").upper()
