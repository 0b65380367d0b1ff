"""Whoever joins chooses what they are called: it mentions nobody, and they can still be removed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bot.play.slack import Message, text_of
from bot.play.slack.seed import OMAR
from tests.fakes.speaking import OPS, answer, come_in, pressed, says
from tests.fakes.world import World, world

HOSTILE = "Ann <!channel> <@U0SARA> *is*\r\n> _in_\u202e\u2066\x00\x1b[31m\ud800 `&amp;` https://evil.example|x"
SHOWN = "Ann &lt;!channel&gt; &lt;@U0SARA&gt;"
LONG = "x" * 10_000


async def at_jaas(w: World, name: str) -> None:
    room, _ = w.room_and_token(w.link_of(await answer(w, OMAR, OPS, "join jaas/hall")))
    await w.jaas.meetings.join(room, {"context": {"user": {"name": name}}}, "")
    await w.jaas.webhooks.settled()


async def at_meetings(w: World, name: str) -> None:
    one = await come_in(w, OMAR, "meetings/hall")
    user = one.user | {"firstname": name.replace("\ud800", ""), "lastname": ""}  # Java writes no half characters
    w.meetings.meetings.clients[one.uid] = replace(one, user=user)


async def at_pexip(w: World, name: str) -> None:
    w.pexip.join("hall", name)


async def at_visio(w: World, name: str) -> None:
    (room,) = w.visio.rooms.by_id
    w.visio.livekit.join(room, name)


COMES = {"jaas": at_jaas, "meetings": at_meetings, "pexip": at_pexip, "visio": at_visio}


def harmful(shown: Message) -> list[str]:
    """What in it would mention somebody, turn the writing around or break the line."""
    marks = ("<!channel>", "<@U0SARA>", "\r", "\u202e", "\u2066", "\x00", "\x1b", "\ud800")
    return [mark for mark in marks if mark in text_of(shown)]


async def test_a_hostile_name_does_no_harm_at_any_back_end_and_no_button_fails_over_it(tmp_path: Path) -> None:
    async with world(tmp_path, with_pexip=True, with_lasuite=True) as w:
        for backend, comes in COMES.items():
            await answer(w, OMAR, OPS, f"create {backend}/hall")
            await comes(w, HOSTILE)
            shown = await answer(w, OMAR, OPS, f"who {backend}/hall")
            assert not harmful(shown)
            lines = [line for line in text_of(shown).splitlines() if SHOWN in line]
            assert any("https://evil.example|x" in line for line in lines), text_of(shown)
            removed = await pressed(w, OMAR, shown, "Remove")
            assert not harmful(removed)
            assert "Removed" in text_of(removed), backend
            await comes(w, LONG)
            assert "1 person is in" in await says(w, OMAR, OPS, f"who {backend}/hall")


async def test_a_room_that_was_named_so_at_its_vendor_does_no_harm_either(tmp_path: Path) -> None:
    async with world(tmp_path, with_pexip=True) as w:
        w.meetings.rooms.by_id[1]["name"] = HOSTILE.replace("\ud800", "")
        await answer(w, OMAR, OPS, "create pexip/hall")
        (vmr,) = w.pexip.objects.rows["conference"].values()
        vmr["name"] = HOSTILE.replace("\ud800", "")
        listed = await answer(w, OMAR, OPS, "rooms meetings")
        assert SHOWN in text_of(listed)
        shown = await answer(w, OMAR, OPS, "show meetings/1")
        assert SHOWN in text_of(shown)
        renamed = await answer(w, OMAR, OPS, "show pexip/hall")
        joined = await pressed(w, OMAR, shown, "Join")
        assert w.link_of(joined)
        await answer(w, OMAR, OPS, "share meetings/1")
        card = await w.posted(OPS, SHOWN)
        for one in (listed, shown, renamed, joined, card):
            assert not harmful(one)
