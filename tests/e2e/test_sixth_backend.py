"""A back end that nobody knew takes one file and one entry of the settings; everything else reads its class."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import bot.backends
from bot import app
from bot.capabilities import lacking, rows
from bot.commands import COMMANDS
from bot.errors import ConfigurationError
from bot.play.slack import buttons_of, text_of
from bot.play.slack.seed import MIA, OMAR
from bot.settings import KINDS, Settings, load
from tests.fakes.world import GRANTS, world

OPS = "C0OPS"
SECTION = """
[backends.polly]
kind = "parrot"
base_url = "http://127.0.0.1:1"
colour = "green"
"""


@pytest.fixture
def sixth(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """`bot/backends/parrot/adapter.py`, and its section among the settings."""
    monkeypatch.setattr(
        bot.backends, "__path__", [*bot.backends.__path__, str(Path(__file__).parent.parent / "fakes/sixth")]
    )
    module = importlib.import_module("bot.backends.parrot.adapter")
    monkeypatch.setitem(KINDS, "parrot", module.ParrotSettings)
    Settings.model_rebuild(force=True)
    yield
    monkeypatch.undo()
    Settings.model_rebuild(force=True)
    for name in ("bot.backends.parrot.adapter", "bot.backends.parrot"):
        sys.modules.pop(name, None)


@pytest.mark.usefixtures("sixth")
async def test_verbs_help_status_and_refusals_know_a_sixth_back_end(tmp_path: Path) -> None:
    async with world(tmp_path, grants=SECTION + GRANTS) as w:
        await w.slash(MIA, OPS, "create polly/cage")
        card = await w.posted(OPS, "cage")
        await w.click(OMAR, card, "Join")
        link = await w.told(OMAR, "The same link for everybody here")
        assert buttons_of(link)["Open"]["url"] == "http://127.0.0.1:1/cage"
        await w.slash(OMAR, OPS, "dial cage +40747777777")
        await w.told(OMAR, "polly can't dial: parrots have no telephone. Able: jaas")
        await w.slash(OMAR, OPS, "help dial")
        assert "Not polly: parrots have no telephone" in text_of(await w.told(OMAR, "Back ends: jaas"))
        await w.slash(OMAR, OPS, "status")
        status = text_of(await w.told(OMAR, "colour green"))
        assert "can create rooms, share join links" in status


@pytest.mark.usefixtures("sixth")
def test_the_tables_have_a_column_for_a_sixth_back_end() -> None:
    kinds = app.backend_kinds()
    assert [*kinds] == ["jaas", "openmeetings", "pexip", "anynode", "lasuite", "parrot"]
    table = rows(((one.name, one.needs) for one in COMMANDS), kinds.values())
    assert "parrots have no telephone" in [why for _, why in lacking(kinds["parrot"], table)]


@pytest.mark.usefixtures("sixth")
def test_its_section_is_checked_like_any_other(tmp_path: Path) -> None:
    (tmp_path / "meetops.toml").write_text(SECTION.replace("colour", "color"))
    with pytest.raises(ConfigurationError, match=r"backends\.polly\.color: is not a setting; did you mean colour\?"):
        load({}, tmp_path)


def test_without_it_the_kind_is_unknown(tmp_path: Path) -> None:
    (tmp_path / "meetops.toml").write_text(SECTION)
    with pytest.raises(ConfigurationError, match=r"must be one of: jaas, openmeetings, pexip, anynode, lasuite$"):
        load({}, tmp_path)
