"""`meetops` as it is typed: what a wrong configuration gets, the manifest, help; nothing lands where it should not."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
from pathlib import Path

import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bot.cli import _until_stopped
from tests.fakes.command_line import TOKENS, CommandLine
from tests.fakes.process import ended, launch

OM = """
[backends.om]
kind = "openmeetings"
base_url = "http://127.0.0.1:5080/openmeetings"
username = "bot"
password = "s3cret"
"""
JAAS = """
[backends.j]
kind = "jaas"
app_id = "a"
key_id = "k"
private_key_file = "jaas.pem"
"""
MANIFEST = Path(__file__).parents[2] / "manifest.yml"


@pytest.mark.parametrize(
    ("toml", "environ", "said"),
    [
        ("colour = 's3cret'", {}, "colour: is not a setting; remove it (meetops.example.toml shows every key)"),
        ("tmezone = 's3cret'", {}, "tmezone: is not a setting; did you mean timezone?"),
        ('"two\\nlines" = 1', {}, "two lines: is not a setting; remove it"),
        ("", {"MEETOPS_COLOUR": "s3cret"}, "MEETOPS_COLOUR: is not a setting; remove it"),
        ("", {"MEETOPS_BACKENDS__J__KIND": "jas"}, "MEETOPS_BACKENDS__J__KIND: must be one of: jaas, openmeetings"),
        ("[backends.j]\nkind = 'jas'", {}, "backends.j.kind: must be one of: jaas, openmeetings, pexip"),
        ("", {"SLACK_BOT_TOKEN": ""}, "SLACK_BOT_TOKEN is not set: the bot token of the Slack app (xoxb-…)."),
        ("", {"SLACK_SIGNING_SECRET": ""}, "SLACK_SIGNING_SECRET is not set"),
        ("", {"SLACK_BOT_TOKEN": "xapp-s3cret"}, "SLACK_BOT_TOKEN: is the other token: this one starts with xoxb-"),
        ("", {"SLACK_API_URL": "http://slack.example.org"}, "SLACK_API_URL: must be https; http is accepted for loop"),
        (OM + "password_file = 'x'", {}, "backends.om.password_file: give either password or password_file, not both"),
        (OM.replace("127.0.0.1:5080", "om.example.org"), {}, "backends.om.base_url: must be https; http is accepted"),
        (
            OM.replace("backends.om", 'backends."Big-One"'),
            {},
            "backends.Big-One: must be a back end's name made of a-z",
        ),
        (OM + "ca_file = 'no.pem'", {}, "backends.om.ca_file: is not a PEM file of certificates"),
        ("default_backend = 'x'" + OM, {}, "default_backend: there is no [backends.x]; known are om"),
        ("[[grants]]\nrole = 'BOSS'\neveryone = true", {}, '[[grants]] 1, role: there is no role "BOSS"; known are'),
        ("[[approvals]]\ncommands = ['dail']", {}, "[[approvals]] 1, commands: there is no command dail; known are"),
        ("password = 's3cret", {}, "meetops.toml: is not TOML: "),
        ("", {"MEETOPS_CONFIG": "."}, "cannot be read (Is a directory)"),
        (JAAS.replace("jaas.pem", "gone.pem"), {}, "backends.j.private_key_file: "),
        (
            JAAS.replace("jaas.pem", "no.pem"),
            {},
            "backends.j.private_key_file: is not an unencrypted private key in PEM",
        ),
        (JAAS.replace("jaas.pem", "ec.pem"), {}, "backends.j.private_key_file: must be an RSA key of at least 2048"),
        ("", {"DATABASE_URL": "s3cret"}, "DATABASE_URL: must start with sqlite:/// or postgresql://"),
        ("", {"DATABASE_URL": "mysql://bot:s3cret@db/x"}, "DATABASE_URL: must start with sqlite:/// or postgresql://"),
        ("", {"DATABASE_URL": "postgresql://bot:s3cret@127.0.0.1:1/x"}, "DATABASE_URL: the database can't be used: "),
        ("", {"DATABASE_URL": "postgresql+asyncpg://bot:s3cret@db/x"}, "DATABASE_URL: begin it with postgresql://"),
        ("", {"DATABASE_URL": "postgresql://bot:s3cret@db:port/x"}, "DATABASE_URL: not a database address"),
        ("", {"DATABASE_URL": "sqlite:////"}, "DATABASE_URL: needs a file, for example sqlite:///meetops.db"),
        ("", {"DATABASE_URL": "sqlite:///gone/meetops.db"}, "DATABASE_URL: there is no folder "),
        ("", {"DATABASE_URL": "sqlite:///no.pem"}, "no.pem can't be used: file is not a database"),
        ("", {"PORT": "http"}, "PORT: must be a whole number"),
        ("", {"PORT": "70000"}, "PORT: must be at most 65535"),
        ("", {"HOST": "192.0.2.1"}, "HOST: 192.0.2.1 is not an address of this machine; 127.0.0.1 and 0.0.0.0 alw"),
        ("", {"HOST": "a..b"}, "HOST: must be an address of this machine such as 127.0.0.1 or 0.0.0.0"),
        ("", {"PUBLIC_URL": "bot.example.org"}, "PUBLIC_URL: must be an https:// address"),
        ("", {"LOG_LEVEL": "loud"}, "LOG_LEVEL: must be one of: 'DEBUG', 'INFO'"),
        ("", {"LOG_FORMAT": "xml"}, "LOG_FORMAT: must be one of: 'console' or 'json'"),
    ],
)
def test_a_wrong_configuration_ends_the_start_with_one_line_that_names_the_key_and_no_secret(
    meetops: CommandLine, toml: str, environ: dict[str, str], said: str
) -> None:
    key = ec.generate_private_key(ec.SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (meetops.folder / "ec.pem").write_bytes(key)
    (meetops.folder / "no.pem").write_text("s3cret, not what it should be\n" * 50)
    (meetops.folder / "meetops.toml").write_text(toml)
    ended = meetops("run", **{"PORT": "0", **environ})
    assert ended.status == 1
    assert ended.line.startswith("meetops: ")
    assert said in ended.line


def test_a_port_in_use_is_told_in_one_line_as_people_or_machines_read_it(meetops: CommandLine) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        ended = meetops("run", PORT=port)
        assert ended.status == 1
        assert ended.line == (
            f"meetops: PORT: {port} on 127.0.0.1 is in use; stop what listens there, or set another PORT"
        )
        ended = meetops("run", PORT=port, LOG_FORMAT="json")
    assert ended.status == 1
    told = json.loads(ended.line)
    assert (told["level"], told["event"], told["key"]) == ("critical", "not started", "PORT")
    assert told["problem"].startswith(f"{port} on 127.0.0.1 is in use")


def test_the_manifest_goes_to_stdout_for_an_address_or_for_socket_mode(meetops: CommandLine) -> None:
    ended = meetops("manifest")
    assert (ended.status, ended.out, ended.err) == (0, MANIFEST.read_text(), "")
    told = yaml.safe_load(meetops("manifest", "--url", "https://bot.example.com:8443/slack-bot/").out)
    address = "https://bot.example.com:8443/slack-bot/slack/events"
    assert told["features"]["slash_commands"][0]["url"] == address
    assert told["settings"]["interactivity"]["request_url"] == address
    told = yaml.safe_load(meetops("manifest", "--socket-mode", PUBLIC_URL="https://bot.example.com").out)
    assert told["settings"]["socket_mode_enabled"] is True
    assert "http" not in str(told)


def test_the_manifest_follows_the_configuration(meetops: CommandLine) -> None:
    (meetops.folder / "meetops.toml").write_text("[slack]\ncommand = '/video'")
    told = yaml.safe_load(meetops("manifest", SLACK_BOT_TOKEN="", PUBLIC_URL="https://bot.example.com").out)
    (command,) = told["features"]["slash_commands"]
    assert (command["command"], command["url"]) == ("/video", "https://bot.example.com/slack/events")


@pytest.mark.parametrize(
    "url", ["http://bot.example.org", "bot.example.org", "https://", "https://u:s3cret@x", "", "https://x/?a=b"]
)
def test_an_address_that_slack_would_not_call_makes_no_manifest(meetops: CommandLine, url: str) -> None:
    ended = meetops("manifest", "--url", url)
    assert ended.status == 2
    assert ended.line.startswith("meetops: --url is the https:// address at which Slack reaches the bot")


def test_an_address_and_socket_mode_do_not_go_together(meetops: CommandLine) -> None:
    ended = meetops("manifest", "--url", "https://bot.example.org", "--socket-mode")
    assert (ended.status, ended.line) == (2, "meetops: With --socket-mode there is no address: leave --url out.")


def test_help_names_every_command_and_a_wrong_one_gets_the_nearest(meetops: CommandLine) -> None:
    ended = meetops("--help")
    assert (ended.status, ended.err) == (0, "")
    assert [word for word in ("run", "play", "manifest", "audit") if f"\n  {word} " not in ended.out] == []
    for words in (("run", "--help"), ("audit", "--help"), ("audit", "export", "--help")):
        assert meetops(*words).status == 0
    ended = meetops("runn")
    assert (ended.status, ended.out) == (2, "")
    assert "Error: No such command 'runn'. Did you mean 'run'?" in ended.err
    ended = meetops("audit", "export", "--format", "xml")
    assert (ended.status, ended.out) == (2, "")
    assert "'jsonl', 'csv'" in ended.err
    assert meetops("run", "surprise").status == 2


async def test_no_word_at_all_is_the_same_as_run(tmp_path: Path) -> None:
    """As real processes, where also what is imported could print something."""
    wrong = {**TOKENS, "PORT": "http"}
    for said in await asyncio.gather(
        *(asyncio.ensure_future(_whole(tmp_path, wrong, *words)) for words in ([], ["run"]))
    ):
        assert said == (1, "", "meetops: PORT: must be a whole number\n")
    assert os.listdir(tmp_path) == []


async def _whole(folder: Path, environ: dict[str, str], *words: str) -> tuple[int, str, str]:
    said = await ended(await launch(folder, environ, *words))
    return said.status, said.out, said.err


async def test_a_second_signal_does_not_cut_off_the_putting_away() -> None:
    put_away: list[bool] = []

    async def playground() -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        try:
            await asyncio.Event().wait()
        finally:
            os.kill(os.getpid(), signal.SIGINT)
            await asyncio.sleep(0.01)
            put_away.append(True)

    await _until_stopped(playground())
    assert put_away
