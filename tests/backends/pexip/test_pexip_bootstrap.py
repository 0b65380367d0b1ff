"""The first start of a node: its document goes to its own address, over a certificate that somebody has compared."""

from __future__ import annotations

import hashlib
import re
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from bot.backends.pexip.configuring import SUBJECTS, Configuring
from bot.backends.pexip.objects import Objects
from bot.backends.pexip.resources import Resources
from bot.backends.pexip.tasks import Node
from bot.capabilities import Hands, Plan, Wish
from bot.clock import MovableClock
from bot.errors import BackendError, BadInput, Refused
from bot.play.vendors.pexip import Account, SimulatedPexip
from tests.fakes.certificates import signed
from tests.fakes.pexip import NOON, PASSWORD, rest_at, transport_at

DOCUMENT = b"<configuration>n0de-secret</configuration>"


@dataclass
class NewNode:
    """A node that was never provisioned, on TLS with a certificate of its own making."""

    port: int = 0
    status: int = 200
    got: list[tuple[str, str, bytes]] = field(default_factory=list)

    @property
    def fingerprint(self) -> str:
        certificate = x509.load_pem_x509_certificate(signed("edge1.example.test")[1].encode())
        return hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest()

    async def receive(self, request: web.Request) -> web.Response:
        self.got.append((request.path, request.content_type, await request.read()))
        return web.Response(status=self.status)


@pytest.fixture
async def edge(tmp_path: Path) -> AsyncIterator[NewNode]:
    one = NewNode()
    key, certificate = signed("edge1.example.test")
    (tmp_path / "node.pem").write_text(key + certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "node.pem")
    application = web.Application()
    application.router.add_post("/configuration/bootstrap", one.receive)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    one.port = runner.addresses[0][1]
    yield one
    await runner.cleanup()


@pytest.fixture
async def manager() -> AsyncIterator[SimulatedPexip]:
    one = SimulatedPexip(clock=MovableClock(NOON), accounts=(Account("slackbot", PASSWORD),))
    await one.start()
    fields = {"hostname": "edge1", "domain": "example.test", "netmask": "255.0.0.0", "gateway": "127.0.0.1"}
    one.objects.create("worker_vm", {"name": "edge1", "address": "127.0.0.1", "password": "x", **fields})
    yield one
    await one.stop()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "appliances").mkdir()
    (tmp_path / "appliances" / "edge1.xml").write_bytes(DOCUMENT)
    return tmp_path / "appliances"


@pytest.fixture
def configuring(manager: SimulatedPexip, edge: NewNode, session: aiohttp.ClientSession, folder: Path) -> Configuring:
    objects = Objects(transport_at(session, manager.url), MovableClock(NOON))
    node = Node("pexip", objects, Resources(objects), rest_at(session, manager.url), folder, bootstrap_port=edge.port)
    return Configuring(node)


async def planned(configuring: Configuring, **values: str) -> Plan:
    subject = SUBJECTS["nodes"]
    operation = subject.operation("bootstrap")
    assert operation is not None
    return await configuring.plan(Wish(subject, operation, ("edge1",), values))


async def silent(words: str) -> None:
    """Nobody listens."""


async def test_the_document_goes_to_the_nodes_own_address_once_its_certificate_was_compared(
    configuring: Configuring, edge: NewNode, folder: Path
) -> None:
    plan = await planned(configuring, fingerprint=edge.fingerprint)
    assert edge.got == []
    done = await plan.act(Hands(silent))
    assert edge.got == [("/configuration/bootstrap", "text/xml", DOCUMENT)]
    assert done.outcome == "accepted"
    assert not (folder / "edge1.xml").exists()


async def test_a_certificate_that_nobody_vouches_for_is_told_and_not_trusted(
    configuring: Configuring, edge: NewNode
) -> None:
    with pytest.raises(Refused) as refusal:
        await planned(configuring)
    told = re.search(r"fingerprint=([0-9a-f]{64})", str(refusal.value))
    assert told is not None
    assert told[1] == edge.fingerprint
    assert edge.got == []


async def test_another_certificate_than_the_named_one_gets_nothing(configuring: Configuring, edge: NewNode) -> None:
    with pytest.raises(Refused, match="another certificate"):
        await planned(configuring, fingerprint="ab" * 32)
    plan = await planned(configuring, fingerprint=":".join(re.findall("..", edge.fingerprint)).upper())
    edge.status = 403
    with pytest.raises(BackendError, match="status 403"):
        await plan.act(Hands(silent))


async def test_a_document_that_was_refused_is_kept(configuring: Configuring, edge: NewNode, folder: Path) -> None:
    edge.status = 500
    plan = await planned(configuring, fingerprint=edge.fingerprint)
    with pytest.raises(BackendError):
        await plan.act(Hands(silent))
    assert (folder / "edge1.xml").read_bytes() == DOCUMENT


@pytest.mark.parametrize("name", ["../meetops.toml", "/etc/passwd", "edge1.ova", "missing.xml", "..xml", ".xml"])
async def test_only_provisioning_documents_of_the_folder_are_sent(configuring: Configuring, name: str) -> None:
    with pytest.raises(BadInput):
        await planned(configuring, document=name, fingerprint="ab" * 32)


async def test_a_link_out_of_the_folder_is_not_followed(configuring: Configuring, folder: Path) -> None:
    (folder.parent / "secret.xml").write_text("secret")
    (folder / "link.xml").symlink_to(folder.parent / "secret.xml")
    with pytest.raises(BadInput):
        await planned(configuring, document="link.xml", fingerprint="ab" * 32)


async def test_a_node_that_is_not_started_is_said_to_be_silent(
    configuring: Configuring, edge: NewNode, manager: SimulatedPexip
) -> None:
    manager.objects.rows["worker_vm"][1]["address"] = "127.0.0.2"
    with pytest.raises(BackendError, match="does not answer"):
        await planned(configuring, fingerprint=edge.fingerprint)
