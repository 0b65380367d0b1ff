"""Images of new nodes: in pieces, under their name only when they are whole, and nothing else ever saved as one."""

from __future__ import annotations

import asyncio
import re
import stat
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from bot.backends.pexip.configuring import SUBJECTS, Configuring
from bot.backends.pexip.images import Image, free, remove_parts
from bot.capabilities import Done, Hands, Plan, Wish
from bot.clock import MovableClock
from bot.errors import BackendError, BadInput, BotError, Refused, Unavailable, UnknownOutcome
from bot.play.vendors.pexip import Account, Fault, SimulatedPexip
from tests.fakes.pexip import NOON, PASSWORD, rest_at, transport_at

NODE = {
    "name": "new_node",
    "hostname": "newnode",
    "domain": "example.test",
    "address": "127.0.0.1",
    "netmask": "255.255.255.0",
    "gateway": "10.0.0.1",
    "password": "n0de-secret",
    "type": "PROXYING",
    "location": "London",
}
MIB = 1024**2


@pytest.fixture
async def node() -> AsyncIterator[SimulatedPexip]:
    one = SimulatedPexip(clock=MovableClock(NOON), accounts=(Account("slackbot", PASSWORD),))
    await one.start()
    yield one
    await one.stop()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "appliances").mkdir()
    return tmp_path / "appliances"


@pytest.fixture
def configuring(node: SimulatedPexip, session: aiohttp.ClientSession, folder: Path) -> Configuring:
    transport = transport_at(session, node.url)
    return Configuring.at(transport, rest_at(session, node.url), MovableClock(NOON), folder)


async def planned(configuring: Configuring, **values: str) -> Plan:
    subject = SUBJECTS["nodes"]
    operation = subject.operation("add")
    assert operation is not None
    return await configuring.plan(Wish(subject, operation, (), NODE | values))


async def requested(configuring: Configuring, reports: list[str] | None = None, **values: str) -> Done:
    async def report(words: str) -> None:
        if reports is not None:
            reports.append(words)

    return await (await planned(configuring, **values)).act(Hands(report))


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize(
    ("deployment", "file"),
    [
        ("MANUAL-ESXI6_7", "new_node.ova"),
        ("MANUAL-ESXI6", "new_node.ova"),
        ("MANUAL-KVM", "new_node.ova"),
        ("MANUAL-HYPERV2012", "new_node.zip"),
        ("MANUAL-PROVISION-ONLY", "new_node.xml"),
    ],
)
async def test_each_deployment_type_is_requested_and_saved_under_its_own_ending(
    configuring: Configuring, node: SimulatedPexip, folder: Path, deployment: str, file: str
) -> None:
    done = await requested(configuring, deployment=deployment, cpu="8", memory="16384")
    assert left_in(folder) == [file]
    assert done.words.startswith(f"Requested the node 1 new_node; {file} (")
    made = node.objects.shown("worker_vm", 1)
    assert (made["deployment_type"], made["node_type"], made["vm_cpu_count"]) == (deployment, "PROXYING", 8)
    assert made["system_location"].endswith("/system_location/1/")


async def test_the_file_is_the_image_and_for_the_bots_eyes_alone(
    configuring: Configuring, node: SimulatedPexip, folder: Path
) -> None:
    await requested(configuring, deployment="MANUAL-KVM")
    path = folder / "new_node.ova"
    assert path.stat().st_size == node.appliances.images.size
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_the_plan_names_everything_but_the_password(configuring: Configuring) -> None:
    plan = await planned(configuring, deployment="MANUAL-KVM")
    words = "".join(str(part) for part in plan.says)
    assert "deployment MANUAL-KVM" in words
    assert NODE["password"] not in words
    assert plan.secrets == {"password"}


async def test_progress_is_told_in_parts_of_the_whole(configuring: Configuring) -> None:
    reports: list[str] = []
    await requested(configuring, reports, deployment="MANUAL-KVM")
    told = [re.fullmatch(r"new_node.ova (█+)(░*) ([0-9]+) % of 3 MiB", one) for one in reports]
    assert [len(one[1] + one[2]) for one in told if one] == [20] * len(reports)
    percents = [int(one[3]) for one in told if one]
    assert percents == sorted(percents)
    assert len(percents) >= 2


async def test_progress_without_a_length_tells_how_much_there_is(
    configuring: Configuring, node: SimulatedPexip
) -> None:
    node.appliances.images.tells_length = False
    reports: list[str] = []
    await requested(configuring, reports, deployment="MANUAL-KVM")
    assert reports[0] == "new_node.ova 1 MiB so far"


@pytest.mark.parametrize("after", [0, 64 * 1024, 2 * MIB])
async def test_a_connection_that_breaks_leaves_nothing(
    configuring: Configuring, node: SimulatedPexip, folder: Path, after: int
) -> None:
    node.appliances.images.breaks_after = after
    with pytest.raises(UnknownOutcome, match=r"came in part only.*nothing was kept"):
        await requested(configuring, deployment="MANUAL-KVM")
    assert left_in(folder) == []


async def test_a_connection_that_breaks_without_a_length_leaves_nothing(
    configuring: Configuring, node: SimulatedPexip, folder: Path
) -> None:
    node.appliances.images.tells_length = False
    node.appliances.images.breaks_after = MIB
    with pytest.raises(UnknownOutcome):
        await requested(configuring, deployment="MANUAL-KVM")
    assert left_in(folder) == []


@pytest.mark.parametrize("tells_length", [True, False])
async def test_an_image_beyond_the_cap_is_not_kept(
    configuring: Configuring,
    node: SimulatedPexip,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    tells_length: bool,
) -> None:
    monkeypatch.setattr("bot.backends.pexip.tasks.nodes.MOST", 2 * MIB)
    node.appliances.images.tells_length = tells_length
    with pytest.raises(UnknownOutcome, match="larger than 2 MiB"):
        await requested(configuring, deployment="MANUAL-KVM")
    assert left_in(folder) == []


async def test_an_answer_in_json_is_never_saved_as_an_image(
    configuring: Configuring, node: SimulatedPexip, folder: Path
) -> None:
    node.appliances.images.instead = {"error": "No licence for another node"}
    with pytest.raises(UnknownOutcome):
        await requested(configuring, deployment="MANUAL-KVM")
    assert left_in(folder) == []


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(status=400, body='{"worker_vm": {"address": ["In use."]}}', acts=False), BadInput),
        (Fault(status=401, acts=False), BackendError),
        (Fault(status=429, retry_after=5, acts=False), Unavailable),
        (Fault(status=200, body="<html>Sign in</html>", acts=False), UnknownOutcome),
        (Fault(status=500, body="<html>oops</html>", acts=False), UnknownOutcome),
        (Fault(reset_after=0, acts=False), UnknownOutcome),
    ],
)
async def test_no_refusal_is_ever_saved_as_an_image(
    configuring: Configuring, node: SimulatedPexip, folder: Path, fault: Fault, error: type[BotError]
) -> None:
    plan = await planned(configuring, deployment="MANUAL-KVM")
    node.write_faults.add(fault)

    async def silent(words: str) -> None:
        """Nobody listens."""

    with pytest.raises(error):
        await plan.act(Hands(silent))
    assert left_in(folder) == []
    assert len([one for one in node.requests if one.method == "POST"]) == 1


async def test_what_is_in_the_folder_is_never_replaced(configuring: Configuring, folder: Path) -> None:
    (folder / "new_node.ova").write_text("kept")
    await requested(configuring, deployment="MANUAL-KVM")
    assert (folder / "new_node.ova").read_text() == "kept"
    assert left_in(folder) == ["new_node-2.ova", "new_node.ova"]


@pytest.mark.parametrize("name", ["../evil", "a/b", ".hidden", "", "a b", "x\n", "é"])
async def test_a_node_whose_name_cannot_name_a_file_is_refused_before_anything_is_sent(
    configuring: Configuring, node: SimulatedPexip, name: str
) -> None:
    with pytest.raises(BadInput):
        await planned(configuring, name=name, deployment="MANUAL-KVM")
    assert [one for one in node.requests if one.method != "GET"] == []


async def test_a_missing_folder_is_made_for_the_bots_eyes_alone(
    node: SimulatedPexip, session: aiohttp.ClientSession, tmp_path: Path
) -> None:
    folder = tmp_path / "appliances"
    configuring = Configuring.at(
        transport_at(session, node.url), rest_at(session, node.url), MovableClock(NOON), folder
    )
    await requested(configuring, deployment="MANUAL-KVM")
    assert left_in(folder) == ["new_node.ova"]
    assert folder.stat().st_mode & 0o777 == 0o700


async def test_a_folder_that_cannot_be_made_is_refused_before_anything_is_sent(
    node: SimulatedPexip, session: aiohttp.ClientSession, tmp_path: Path
) -> None:
    transport = transport_at(session, node.url)
    for folder, error in ((tmp_path / "missing" / "too", Refused), (None, BadInput)):
        configuring = Configuring.at(transport, rest_at(session, node.url), MovableClock(NOON), folder)
        with pytest.raises(error, match="download_folder"):
            await planned(configuring, deployment="MANUAL-KVM")
    assert [one for one in node.requests if one.method != "GET"] == []


def test_what_a_crash_left_unfinished_is_removed_at_the_next_start(folder: Path) -> None:
    (folder / ".new_node.ova.1a2b3c4d.part").write_text("half")
    (folder / "new_node.ova").write_text("whole")
    assert remove_parts(folder) == 1
    assert left_in(folder) == ["new_node.ova"]


async def test_an_image_that_is_given_up_leaves_nothing(folder: Path) -> None:
    async def silent(size: int, total: int | None) -> None:
        """Nobody listens."""

    async with Image(folder, "a.ova", progress=silent) as image:
        write = await image.begin({})
        await write(bytes(MIB))
        assert len(left_in(folder)) == 1
    assert left_in(folder) == []


def test_a_free_name_counts_up(folder: Path) -> None:
    for name in ("a.ova", "a-2.ova"):
        (folder / name).touch()
    assert free(folder, "a.ova").name == "a-3.ova"


async def test_300_mib_stream_through_with_less_than_40_mib_more_memory(node: SimulatedPexip, folder: Path) -> None:
    node.appliances.images.size = 300 * MIB
    root = Path(__file__).parents[3]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.fakes.downloader", node.url, str(folder)),
        cwd=root,
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await process.communicate()
    grown, reports = map(int, output.split())
    assert (folder / "edge1.ova").stat().st_size == 300 * MIB
    assert grown < 40 * 1024
    assert reports > 100
