"""What is said where a back end is missing, misspelt or gone."""

from __future__ import annotations

from pathlib import Path

from bot.play.slack import text_of
from bot.play.slack.seed import MIA, OMAR
from tests.fakes.world import World, world

OPS = "C0OPS"


async def test_without_any_back_end_the_bot_says_what_is_missing(tmp_path: Path) -> None:
    async with world(tmp_path, backends=False) as w:
        for line in ("create standup", "start", "rooms", "status"):
            await w.slash(OMAR, OPS, line)
        told = await w.told(OMAR, "No back end is configured")
        assert "*not supported*" in text_of(told)
        await w.told(OMAR, "No rooms yet")


async def test_a_misspelt_back_end_makes_no_room_elsewhere(w: World) -> None:
    await w.slash(MIA, OPS, "create meetngs/standup")
    told = await w.told(MIA, "There is no back end meetngs")
    assert "jaas, meetings" in text_of(told)
    await w.slash(MIA, OPS, "rooms")
    await w.told(MIA, "No rooms yet")


async def test_rooms_of_a_back_end_that_is_configured_no_more_are_not_found(tmp_path: Path) -> None:
    async with world(tmp_path) as before:
        await before.slash(OMAR, OPS, "create meetings/retro")
        await before.posted(OPS, "retro")
    async with world(tmp_path, backends=False) as after:
        for line in ("show retro", "rooms"):
            await after.slash(OMAR, OPS, line)
        await after.told(OMAR, "I know no room called retro")
        await after.told(OMAR, "No rooms yet")
