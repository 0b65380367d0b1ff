"""The table of what each back end can do: every "no" has its reason, and everybody reads the same table."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import pytest

from bot import app
from bot.capabilities import Backend, DialsOut, SharesJoinLinks, lacking, rows, why_not
from bot.commands import COMMANDS
from bot.play.slack import text_of
from bot.play.slack.seed import OMAR
from tests.fakes.world import world

KINDS = app.backend_kinds()
TABLE = rows(((one.name, one.needs) for one in COMMANDS), KINDS.values())


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_back_end_says_why_for_each_thing_it_cannot_do_and_for_nothing_else(kind: type[Backend]) -> None:
    said = {row.ability for row in TABLE if why_not(kind, row.ability)}
    assert said == {row.ability for row, _ in lacking(kind, TABLE)}


def test_verbs_that_need_the_same_ability_share_a_row() -> None:
    assert next(row.words for row in TABLE if row.ability is SharesJoinLinks) == "join, share, invite, block, remind"


def test_a_more_exact_class_may_say_why_in_its_own_words() -> None:
    class Plain(Backend):
        lacks: ClassVar[Mapping[type[Backend], str]] = {DialsOut: "no credentials"}

    class Unlucky(Plain):
        lacks: ClassVar[Mapping[type[Backend], str]] = {DialsOut: "no trunk"}

    assert (why_not(Plain, DialsOut), why_not(Unlucky, DialsOut)) == ("no credentials", "no trunk")
    assert why_not(Plain, SharesJoinLinks) == ""


async def test_help_and_status_name_who_can_and_why_the_others_cannot(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.slash(OMAR, "C0OPS", "help dial")
        assert "Not meetings: its web services place no calls" in text_of(await w.told(OMAR, "Back ends: jaas"))
        await w.slash(OMAR, "C0OPS", "status")
        await w.told(OMAR, "can't dial (its web services place no calls)")
