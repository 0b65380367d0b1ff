"""The story of a room: one line of time, honest about who and when, silent about what must stay secret."""

from __future__ import annotations

from datetime import timedelta

from bot.play.slack import buttons_of, text_of
from bot.play.slack.seed import GUS, MAX, MIA, OMAR, SARA, VERA
from tests.fakes.asking import NUMBER, ended, trail
from tests.fakes.speaking import OPS, TEAM, answer, pressed, says
from tests.fakes.world import World


def lines_of(story: str) -> list[str]:
    """The moments, without their dates, as they are read."""
    return [line.split("> · ", 1)[1] for line in story.split("\n") if line.startswith("<!date^")]


async def test_the_story_tells_of_an_incident_from_its_beginning_to_its_end(w: World) -> None:
    await answer(w, MIA, OPS, "create standup")
    card = await w.posted(OPS, "made by")
    await pressed(w, MAX, card, "Join")
    mia = await w.enter(MIA, "standup")
    await w.slash(OMAR, OPS, f'dial standup {NUMBER} why="the customer waits"')
    asked = await w.posted(OPS, "Approval: dial")
    await w.click(SARA, asked, "Approve")
    await ended(w, asked, "confirmed")
    await says(w, VERA, OPS, "kick standup @mia")
    await w.enter(MAX, "standup")
    await says(w, OMAR, OPS, 'kick standup @max why="echo"')
    await w.posted(OPS, "*confirmed* · ")
    w.clock.advance(timedelta(minutes=30))
    w.jaas.leave(next(iter(w.jaas.meetings.running)), mia.participant_id)
    await w.jaas.webhooks.settled()
    await says(w, OMAR, OPS, "end standup sure=yes")
    story = await says(w, MIA, OPS, "story standup")
    told = lines_of(story)
    for expected in (
        f"<@{MIA}> · *create* · done",
        f"<@{MAX}> fetched a link",
        "The meeting began",
        f"<@{MIA}> came in",
        f"<@{OMAR}> · *dial* · pending · “the customer waits”",
        f"<@{SARA}> · *approve dial* · counted",
        "phone …777 answered and came in",
        f"<@{MAX}> was removed",
        f"<@{MIA}> left",
    ):
        assert expected in told, (expected, told)
    [rung] = [line for line in told if line.startswith(f"<@{OMAR}> · *dial* · confirmed")]
    assert "+40 74… 777" in rung
    assert f"approved by <@{SARA}>" in rung
    [refused] = [line for line in told if line.startswith(f"<@{VERA}> · *kick*")]
    assert "refused" in refused
    assert "· id `" in refused, "a failure carries the id under which the log tells of it"
    [kicked] = [line for line in told if line.startswith(f"<@{OMAR}> · *kick*")]
    assert f"· <@{MAX}>" in kicked
    assert told.index("The meeting began") < told.index(f"<@{MAX}> was removed") < told.index(f"<@{MIA}> left")
    assert "747777777" not in story
    assert "jwt" not in story


async def test_the_story_tells_of_reminders_and_where_they_go_and_the_rooms_owner_may_end_them(w: World) -> None:
    await answer(w, MIA, OPS, "create standup")
    set_ = await answer(w, MAX, OPS, "remind standup every weekday at 9:25 sure=yes")
    await answer(w, MIA, w.slack.workspace.open_im(MIA).id, "remind standup tomorrow 9:00 sure=yes")
    reminder_id = buttons_of(set_)["Pause"]["value"].partition("=")[2]
    assert "room's owner" in await says(w, VERA, OPS, f"reminders pause={reminder_id}")
    await says(w, MIA, OPS, f"reminders cancel={reminder_id}")
    told = lines_of(await says(w, MIA, OPS, "story standup"))
    assert told[1:] == [
        f"<@{MAX}> · *remind* · done · <#{OPS}>",
        f"<@{MIA}> · *remind* · done · direct messages",
        f"<@{MIA}> · *reminders* · done · cancel · <#{OPS}>",
    ]


async def test_the_story_is_read_by_those_who_may_see_the_room_and_holds_no_other_rooms(w: World) -> None:
    await answer(w, MIA, TEAM, "create standup")
    await answer(w, MIA, TEAM, "create standup-2")
    await answer(w, MIA, OPS, "create meetings/standup")
    await says(w, MIA, OPS, "show meetings/standup")
    assert "I know no room" in await says(w, VERA, "C0RANDOM", "story jaas/standup-2")
    assert "refused" in await says(w, GUS, TEAM, "story jaas/standup")
    await w.until(lambda: any(row.outcome == "refused" for row in trail(w, "story")))
    made, refused = lines_of(await says(w, MIA, TEAM, "story jaas/standup"))
    assert made == f"<@{MIA}> · *create* · done"
    assert refused.startswith(f"<@{GUS}> · *story* · refused · id `")
    assert lines_of(await says(w, MIA, OPS, "story meetings/standup")) == [made], "a mere look is no part of a story"


async def test_a_long_story_is_told_in_parts_that_fit_into_a_message(w: World) -> None:
    await answer(w, MIA, OPS, "create standup")
    for _ in range(35):
        await answer(w, MIA, OPS, "join standup")
    await w.until(lambda: len(trail(w, "join")) == 35)
    last = await answer(w, MIA, OPS, "story standup")
    assert "part 2 of 2" in text_of(last)
    assert len(last.blocks) <= 50

    assert list(buttons_of(last)) == ["Earlier", "Who"]
    first = await pressed(w, MIA, last, "Earlier")
    assert lines_of(text_of(first))[0] == f"<@{MIA}> · *create* · done"
    assert "page= is a number from 1 to 2" in await says(w, MIA, OPS, "story standup page=3")


async def test_a_room_of_the_same_name_that_is_gone_has_no_part_in_it(w: World) -> None:
    await answer(w, OMAR, OPS, "create standup")
    await says(w, OMAR, OPS, "join standup")
    await says(w, OMAR, OPS, "delete standup")
    w.clock.advance(timedelta(minutes=1))
    await answer(w, OMAR, OPS, "create standup")
    assert lines_of(await says(w, OMAR, OPS, "story standup")) == [f"<@{OMAR}> · *create* · done"]


async def test_who_was_given_no_link_by_a_card_stands_in_the_story(w: World) -> None:
    await answer(w, MIA, OPS, "create standup")
    card = await w.posted(OPS, "made by")
    await answer(w, MIA, OPS, "lock standup")
    await pressed(w, MAX, card, "Join")
    await w.until(lambda: trail(w, "join"))
    story = lines_of(await says(w, MIA, OPS, "story standup since=1h"))
    assert any(line.startswith(f"<@{MAX}> · *join* · refused · id `") for line in story)


async def test_the_audit_is_filtered_by_verb_and_outcome(w: World) -> None:
    await answer(w, MIA, OPS, "create standup")
    await says(w, VERA, OPS, "kick standup ann")
    await says(w, MIA, OPS, "lock standup")
    told = await says(w, SARA, OPS, "audit verb=kick outcome=refused")
    assert f"<@{VERA}>" in told
    assert "create" not in told
    assert "lock" not in await says(w, SARA, OPS, "audit standup outcome=refused")
