"""A node requested from Slack: two questions at most, a message that tells how far it is, nothing of it shown."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.play.slack import buttons_of, text_of
from bot.play.slack.seed import OMAR, SARA
from bot.play.vendors.pexip import Fault
from tests.fakes.configuring import OPS, answered, approved, asked, changes, configurable, rows
from tests.fakes.world import World
from tests.fakes.world_pexip import DOWNLOADS

PASSWORD = "n0de-pass-never-shown"
ADD = (
    f"nodes add name=edge1 hostname=edge1 domain=example.org address=10.0.0.5 netmask=255.255.255.0 gateway=10.0.0.1 "
    f"password={PASSWORD} type=PROXYING location=London cpu=8 memory=16384 deployment="
)


@pytest.fixture
async def w(tmp_path: Path) -> AsyncIterator[World]:
    async with configurable(tmp_path) as one:
        one.secrets["the node's password"] = PASSWORD
        yield one


async def test_an_appliance_is_requested_and_its_progress_told_in_one_message(w: World) -> None:
    w.pexip.appliances.images.pause = 0.005
    card = await asked(w, f"{ADD}MANUAL-ESXI6_7")
    text = text_of(card)
    assert "Request the conferencing node *edge1*" in text
    assert "password …" in text
    await w.click(SARA, card, "Approve")
    await w.until(lambda: w.says(card, "done ·"))
    assert "Requested the node 1 edge1; edge1.ova (3.0 MiB) is in the download folder." in text_of(w.now(card))
    assert (w.folder / DOWNLOADS / "edge1.ova").stat().st_size == 3 * 1024**2
    [told] = [one for one in w.slack.workspace.messages(OPS) if "edge1.ova" in text_of(one) and one.ts != card.ts]
    await w.until(lambda: w.says(told, "is in the download folder"))
    assert "SYNCED" in await answered(w, "nodes list", "Conferencing nodes: 1")


async def test_a_provisioning_document_is_kept_and_not_posted(w: World) -> None:
    await approved(w, f"{ADD}MANUAL-PROVISION-ONLY")
    document = w.folder / DOWNLOADS / "edge1.xml"
    assert "<configuration>" in await asyncio.to_thread(document.read_text)
    said = "\n".join(text_of(one) for one in w.slack.workspace.messages(OPS))
    assert "<configuration>" not in said
    assert w.slack.workspace.calls_of("files.getUploadURLExternal") == []


async def test_a_node_that_is_there_already_or_lacks_something_is_refused_at_once(w: World) -> None:
    await approved(w, f"{ADD}MANUAL-KVM")
    await answered(w, f"{ADD}MANUAL-KVM", "There is a node called edge1 already")
    await answered(w, "nodes add name=edge2", "worker_vm needs")
    await answered(w, f"{ADD}MANUAL-XEN".replace("edge1", "edge2"), "deployment_type= is one of")
    await answered(w, "worker_vm add name=x", "config … nodes add")
    assert len(changes(w)) == 1


async def test_an_image_that_breaks_off_ends_as_unknown_and_is_not_asked_for_again(w: World) -> None:
    w.pexip.appliances.images.breaks_after = 1024**2
    card = await approved(w, f"{ADD}MANUAL-KVM", word="unknown ·")
    assert "came in part only" in text_of(card)
    assert list((w.folder / DOWNLOADS).glob("*")) == []
    await w.click(OMAR, card, "Check")
    await w.told(OMAR, "Looked for edge1 among Conferencing nodes: 1 found")
    assert len(changes(w)) == 1


async def test_an_answer_that_never_came_is_unknown_and_sent_once(w: World) -> None:
    w.pexip.write_faults.add(Fault(reset_after=0))
    card = await approved(w, "stun_server add name=S1 address=10.0.0.1", word="unknown ·")
    assert list(buttons_of(card)) == ["Check"]
    await w.click(OMAR, card, "Check")
    await w.told(OMAR, "Looked for S1 among STUN server: 1 found")
    assert len(rows(w, "stun_server")) == 1
    assert len(changes(w)) == 1
