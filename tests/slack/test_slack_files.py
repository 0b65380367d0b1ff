"""Files of Slack: whose they are, fetched whole from Slack alone, never with the token to another host."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.clock import MovableClock
from bot.errors import BadInput, NotFound, Unavailable
from bot.files import SharedFile, file_id
from bot.metrics import Metrics
from bot.model import Person
from bot.play.slack import Fault, SlackServer, demo_workspace
from bot.play.slack.files import File
from bot.play.slack.seed import MIA, OMAR
from bot.slack.client import WebClient
from bot.slack.files import SlackFiles
from bot.voice import Address

TOKEN = "xoxb-files-test"


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    clock = MovableClock()
    async with SlackServer(
        demo_workspace(clock), clock=clock, signing_secret="s", bot_token=TOKEN, app_token="xapp-x"
    ) as server:
        yield server


@pytest.fixture
async def files(slack: SlackServer) -> AsyncIterator[SlackFiles]:
    async with aiohttp.ClientSession() as session:
        client = WebClient(session, token=TOKEN, api_url=slack.api_url, metrics=Metrics())
        yield SlackFiles(client, session, api_url=slack.api_url)


def omar(channel: str | None = "C0OPS") -> Address:
    return Address(Person("T0MEETOPS", OMAR), channel_id=channel)


async def test_ones_own_file_is_described_and_read(slack: SlackServer, files: SlackFiles) -> None:
    shared = slack.files.upload(OMAR, "theme.zip", b"PK" * 1000)
    file = await files.describe(shared.id, omar())
    assert (file.name, file.size, file.has_ending(".ZIP".lower())) == ("theme.zip", 2000, True)
    assert await files.read(file, most=2000) == b"PK" * 1000


@pytest.mark.parametrize(
    ("shared_in", "asks_in", "may"),
    [
        ("", "C0OPS", False),  # somebody else's, shared nowhere
        ("C0TEAM", "C0OPS", True),  # public
        ("C0INCIDENT", "C0OPS", False),
        ("C0INCIDENT", "C0INCIDENT", True),
        ("C0INCIDENT", None, False),
    ],
)
async def test_somebody_elses_file_only_where_one_sees_it(
    slack: SlackServer, files: SlackFiles, shared_in: str, asks_in: str | None, may: bool
) -> None:
    shared = slack.files.upload(MIA, "theme.zip", b"PK", shared_in)
    if may:
        assert (await files.describe(shared.id, omar(asks_in))).name == "theme.zip"
    else:
        with pytest.raises(NotFound, match="no such file of yours"):
            await files.describe(shared.id, omar(asks_in))


async def test_a_file_larger_than_it_claimed_is_given_up(slack: SlackServer, files: SlackFiles) -> None:
    shared = slack.files.upload(OMAR, "theme.zip", bytes(5000))
    with pytest.raises(BadInput, match="is larger than"):
        await files.read(SharedFile(shared.id, "theme.zip", 10), most=4000)


async def test_slacks_sign_in_page_is_no_file(slack: SlackServer, files: SlackFiles) -> None:
    shared = slack.files.upload(OMAR, "theme.zip", b"PK")
    slack.files._bot_token = "xoxb-another"
    with pytest.raises(Unavailable, match="files:read"):
        await files.read(SharedFile(shared.id, "theme.zip", 2), most=4000)


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/F1",
        "https://slack.com.evil.example/F1",
        "http://files.slack.com/F1",
        "",
        "file:///etc/passwd",
    ],
)
async def test_the_token_goes_to_slack_alone(
    slack: SlackServer, files: SlackFiles, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    """A file of another service (`is_external`) has an address of that service."""

    class External(File):
        def shown(self, workspace: object, origin: str) -> dict[str, object]:
            return {"id": self.id, "name": self.name, "size": 2, "user": OMAR, "url_private_download": address}

    slack.files._files["F0EXT"] = External("F0EXT", "a.zip", OMAR, b"PK")
    with pytest.raises(Unavailable, match="does not give that file out"):
        await files.read(SharedFile("F0EXT", "a.zip", 2), most=4000)


async def test_slack_not_answering_is_not_the_same_as_no_such_file(slack: SlackServer, files: SlackFiles) -> None:
    shared = slack.files.upload(OMAR, "theme.zip", b"PK")
    slack.faults.plan("files.info", Fault(status=500))
    with pytest.raises(Unavailable):
        await files.describe(shared.id, omar())
    with pytest.raises(NotFound):
        await files.describe("F0NONE", omar())


@pytest.mark.parametrize("word", ["", "theme.zip", "F", "f0123", "F0123/../x", "https://x/F0123", "F0123 F0456"])
def test_only_an_id_names_a_file(word: str) -> None:
    with pytest.raises(BadInput, match="A file goes there"):
        file_id(word)
