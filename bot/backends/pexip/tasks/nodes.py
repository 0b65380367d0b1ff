"""Conferencing nodes: an image or a provisioning document from the management node, and the first start of a node."""

from __future__ import annotations

import re
from pathlib import Path
from typing import ClassVar

from bot.backends.pexip.images import Image, Progress
from bot.backends.pexip.objects import id_of
from bot.backends.pexip.paths import configuration, status
from bot.backends.pexip.schema import Json
from bot.backends.pexip.tasks.base import MOST_LISTED, Task
from bot.backends.pexip.tasks.bootstrap import Bootstrap
from bot.capabilities import Done, Hands, Operation, Plan, Sheet, Subject, Wish
from bot.errors import BadInput, BotError, UnknownOutcome
from bot.forms import Field
from bot.model import Outcome
from bot.reply import Code, Line, Strong, Text, text
from bot.rest import BrokenOff

MOST = 8 * 1024**3  # bytes
MIB = 1024**2
DOCUMENT = "MANUAL-PROVISION-ONLY"
ENDINGS = {"MANUAL-HYPERV2012": "zip", DOCUMENT: "xml"}  # all others are OVA files
BAR = 20  # characters
ID_IN_LOCATION = re.compile(r"/worker_vm/([0-9]{1,10})/?$")


class Nodes(Task):
    """worker_vm (seeds/002)."""

    resource = "worker_vm"
    renamed: ClassVar = {
        "type": "node_type",
        "location": "system_location",
        "deployment": "deployment_type",
        "cpu": "vm_cpu_count",
        "memory": "vm_system_memory",
    }
    subject = Subject(
        "nodes",
        "Conferencing nodes",
        (
            Operation("list", "List the nodes and whether they are in sync", changes=False, names="[text]"),
            Operation(
                "add",
                "Request a node: its image goes to the download folder",
                fields=(
                    Field("name", required=True),
                    Field("hostname", required=True),
                    Field("domain", required=True),
                    Field("address", required=True),
                    Field("netmask", required=True),
                    Field("gateway", required=True),
                    Field("password", help="of the node's admin account", required=True),
                    Field("type", help="CONFERENCING, or PROXYING for an edge node", required=True),
                    Field("location", required=True),
                    Field("deployment", help="for which hypervisor; PROVISION-ONLY: a document", required=True),
                    Field("cpu", help="virtual processors"),
                    Field("memory", help="in MiB"),
                ),
                example=(
                    "name=edge1 hostname=edge1 domain=example.org address=10.0.0.5 netmask=255.255.255.0 "
                    "gateway=10.0.0.1 password=… type=PROXYING location=London deployment=MANUAL-ESXI6_7 cpu=8 "
                    "memory=16384"
                ),
            ),
            Operation(
                "bootstrap",
                "Give a new node its provisioning document",
                names="id|name",
                fields=(
                    Field("document", help="its file in the download folder"),
                    Field("fingerprint", help="SHA-256 of the certificate that the node's console shows"),
                ),
                example="edge1 fingerprint=…",
            ),
        ),
        (resource,),
        task=True,
    )

    async def look(self, wish: Wish) -> Sheet:
        """The nodes, with what the status API says of them."""
        found = await self.listed(wish)
        states = await self._states()
        lines = [Line(_line(one, states.get(str(one.get("name")), ""))) for one in found[:MOST_LISTED]]
        return Sheet(f"Conferencing nodes: {len(found)}", tuple(lines))

    async def _states(self) -> dict[str, str]:
        """Name → SYNCED and the like; a node that will not tell costs only the word."""
        try:
            page = await self.transport.page(status("worker_vm"))
        except BotError:
            return {}
        return {str(one.get("name")): str(one.get("sync_status") or "") for one in page.objects}

    async def plan(self, wish: Wish) -> Plan:
        """add, bootstrap."""
        if wish.operation.name == "bootstrap":
            return await Bootstrap(self.node).plan(wish, await self.one(wish))
        return await self._add(wish)

    async def _add(self, wish: Wish) -> Plan:
        folder = self._folder()
        body = await self.objects.payload(self.resource, self.fields(wish.values), creating=True)
        name, deployment = str(body["name"]), str(body.get("deployment_type") or DOCUMENT)
        if await self.transport.exact(configuration(self.resource), "name", name):
            raise BadInput(f"There is a node called {name} already.")
        file = f"{name}.{ENDINGS.get(deployment, 'ova')}"
        schema = await self.objects.schema(self.resource)
        hidden = frozenset(one for one in wish.values if schema.field(self.renamed.get(one, one)).secret)
        shown = ", ".join(
            f"{one} {'…' if one in hidden else word}" for one, word in wish.values.items() if one != "name"
        )
        says = text("Request the conferencing node ", Strong(name), f": {shown}. Its file goes to the download folder")
        Image(folder, file, progress=_quiet)  # whether it could be kept at all

        async def act(hands: Hands) -> Done:
            return await self._download(Image(folder, file, progress=_bar(hands, file)), body, name)

        return Plan(says, act, values=wish.values, secrets=hidden, slow=True)

    async def _download(self, image: Image, body: Json, name: str) -> Done:
        async with image:
            try:
                whole = await self.transport.download(configuration(self.resource), body, begin=image.begin, most=MOST)
            except BrokenOff as broken:
                raise UnknownOutcome(
                    f"{self.node.backend} made the node {name}, but its file came in part only "
                    f"({broken.size // MIB} MiB: {broken.why}), so nothing was kept. Delete the node there before you "
                    "request it again."
                ) from None
            path = await image.keep(whole)
        found = ID_IN_LOCATION.search(whole.headers.get("Location", ""))
        number = f" {found[1]}" if found else ""
        words = f"Requested the node{number} {name}; {path.name} ({_size(whole.size)}) is in the download folder."
        return Done(words, Outcome.DONE, {"object": f"worker_vm{number}", "file": path.name, "bytes": str(whole.size)})

    def _folder(self) -> Path:
        if self.node.download_folder is None:
            raise BadInput(f"{self.node.backend} has no download_folder, so there is no place for images.")
        return self.node.download_folder


def _size(size: int) -> str:
    return f"{size / MIB:.1f} MiB" if size >= MIB else f"{size / 1024:.1f} KiB"


async def _quiet(size: int, total: int | None) -> None:
    """Nobody is told."""


def _bar(hands: Hands, file: str) -> Progress:
    async def progress(size: int, total: int | None) -> None:
        if total:
            done = min(BAR, size * BAR // total)
            await hands.report(f"{file} {'█' * done}{'░' * (BAR - done)} {size * 100 // total} % of {total // MIB} MiB")
        else:
            await hands.report(f"{file} {size // MIB} MiB so far")

    return progress


def _line(one: Json, state: str) -> Text:
    kind = str(one.get("node_type") or "").lower()
    words = " · ".join(filter(None, (kind, str(one.get("address") or ""), state)))
    return text(Code(id_of(one)), " ", Strong(str(one.get("name"))), f" · {words}" if words else "")
