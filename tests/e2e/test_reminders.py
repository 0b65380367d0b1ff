"""Reminders from the typed line to the message: read back, posted once, joined, put off, skipped, paused, edited."""

from __future__ import annotations

from pathlib import Path

from bot.play.slack import buttons_of, text_of
from bot.play.slack.seed import MAX, MIA, OMAR, SARA, VERA
from tests.fakes.asking import standup, trail
from tests.fakes.reminding import MONDAY, at, comes, is_reminder, posts, remind
from tests.fakes.speaking import OPS, TEAM, answer, heard, labels, next_answer, pressed, says
from tests.fakes.world import GRANTS, World, world

NEXT = "Monday 30 November 2026 at 09:25 · Tuesday 1 December 2026 at 09:25 · Wednesday 2 December 2026 at 09:25"


async def test_a_reminder_from_its_line_to_its_message_and_on(w: World) -> None:
    await standup(w)
    at(w, MONDAY)
    question = await answer(w, MIA, OPS, "remind standup every weekday at 9:25 note='Bring <!channel> coffee'")
    read_back = text_of(question)
    assert "every weekday at 09:25 (Europe/Paris)" in read_back
    assert NEXT in read_back
    assert "No reminders yet" in await says(w, MIA, OPS, "reminders")

    done = await pressed(w, MIA, question, "Remind")
    assert "*done* · Reminder set" in text_of(done)
    assert NEXT in text_of(done)
    assert labels(done) == ["Skip next", "Pause", "Edit", "Cancel"]
    assert "already so" in text_of(await pressed(w, MIA, question, "Remind"))

    at(w, "2026-11-30T08:25")
    card = await comes(w, 1)
    assert labels(card) == ["Join", "Snooze 10 min"]
    assert "late" not in text_of(card)
    assert "<!channel>" not in text_of(card)
    assert "Only for you" in text_of(await pressed(w, MAX, card, "Join"))
    assert [row.outcome for row in trail(w, "reminder")] == ["posted"]

    await _is_put_off(w)
    await _is_skipped_and_paused(w)


async def _is_put_off(w: World) -> None:
    """Snooze: the clicker's own direct messages, once however often it is pressed, with a Join that works there."""
    card = posts(w)[0]
    at(w, "2026-11-30T08:27:05")
    assert "I remind you again" in text_of(await pressed(w, VERA, card, "Snooze 10 min"))
    assert "already" in text_of(await pressed(w, VERA, card, "Snooze 10 min"))
    at(w, "2026-11-30T08:40")
    await w.until(lambda: [one for one in w.slack.workspace.dms(VERA) if is_reminder(one)])
    (again,) = [one for one in w.slack.workspace.dms(VERA) if is_reminder(one)]
    assert "put off" in text_of(again)
    before = heard(w, VERA, OPS)
    await w.click(VERA, again, "Join")
    assert "Only for you" in text_of(await next_answer(w, VERA, OPS, before, about="Join"))
    assert len(posts(w)) == 1


async def _is_skipped_and_paused(w: World) -> None:
    assert labels(await answer(w, MAX, OPS, "reminders")) == []  # another's: seen, not touched
    shown = await answer(w, MIA, OPS, "reminders")
    assert labels(shown) == ["Skip next", "Pause", "Edit", "Cancel"]
    reminder_id = buttons_of(shown)["Pause"]["value"].partition("=")[2]
    assert "Only the person who set it" in await says(w, MAX, OPS, f"reminders pause={reminder_id}")

    skipped = text_of(await pressed(w, MIA, shown, "Skip next"))
    assert "next: Wednesday 2 December 2026" in skipped
    assert "already so" in text_of(await pressed(w, MIA, shown, "Skip next"))
    paused = await answer(w, OMAR, OPS, f"reminders pause={reminder_id}")
    assert labels(paused) == ["Resume", "Edit", "Cancel"]
    assert "paused by" in await says(w, MIA, OPS, "reminders")
    assert "next: Wednesday 2 December 2026" in text_of(await pressed(w, OMAR, paused, "Resume"))
    at(w, "2026-12-01T08:26")
    at(w, "2026-12-02T08:00")
    at(w, "2026-12-02T08:25")
    await comes(w, 2)
    assert "Cancelled" in text_of(await pressed(w, MIA, shown, "Cancel"))
    assert "No reminders yet" in await says(w, MIA, OPS, "reminders")
    did = [row.facts["did"] for row in trail(w, "reminders") if "did" in row.facts]
    assert did == ["skip", "pause", "resume", "cancel"]


async def test_a_reminder_is_edited_in_a_form_and_read_back_again(w: World) -> None:
    await standup(w)
    at(w, MONDAY)
    done = await remind(w, MIA, "standup every weekday at 9:25 lead=5m")
    await w.click(MIA, done, "Edit")
    await w.until(lambda: (view := w.slack.workspace.view_of(MIA)) and "Edit reminder" in view.title)
    await _submitted(w, {"when": "tous les jours à 10h", "note": "Agenda", "lead": "", "until": "2026-12-02"}, "Change")
    at(w, "2026-11-30T09:00")
    assert "Agenda" in text_of(await comes(w, 1))
    shown = await says(w, MIA, OPS, "reminders")
    assert "every day at 10:00 (Europe/Paris) until 2026-12-02 · Agenda" in shown
    # Once: the date-time picker of Slack is exact.
    once = await remind(w, MIA, "standup tomorrow 9:00")
    await w.click(MIA, once, "Edit")
    await w.until(lambda: (view := w.slack.workspace.view_of(MIA)) and "Edit reminder" in view.title)
    said = await _submitted(w, {"when": 1796119200, "replace": ["yes"]}, "Change")
    assert "Tuesday 1 December 2026 at 11:00" in said.replace("*", "")


async def test_the_picker_of_the_form_is_exact(w: World) -> None:
    await standup(w)
    at(w, MONDAY)
    await w.slash(MIA, OPS, "")
    await w.until(lambda: (view := w.slack.workspace.view_of(MIA)) and "What you can do" in text_of(view))
    await w.click(MIA, w.slack.workspace.view_of(MIA), "remind")
    await w.until(lambda: (view := w.slack.workspace.view_of(MIA)) and view.title == "Remind")
    said = await _submitted(w, {"room": "standup", "at": 1796119200}, "Remind")
    assert "Tuesday 1 December 2026 at 11:00" in said


async def _submitted(w: World, values: dict[str, object], button: str) -> str:
    before = heard(w, MIA, OPS)
    sent = await w.slack.submit_view(MIA, values)
    assert sent.ok, sent.error
    question = await next_answer(w, MIA, OPS, before, about="the form")
    return text_of(await pressed(w, MIA, question, button))


async def test_what_cannot_be_is_refused_before_anything_is_saved(w: World) -> None:
    await standup(w)
    at(w, MONDAY)
    for line, why in (
        ("remind standup", "Say when: tomorrow 9:00"),
        ("remind standup when", "I don't understand “when” as a time"),
        ("remind standup 8:00", "has passed"),
        ("remind nowhere tomorrow 9:00", "no room called nowhere"),
        ("remind standup in #board tomorrow 9:00", "invite me with"),
        ("remind standup in 5 minutes lead=10m", "less time left"),
        ("remind standup tomorrow 9:00 until=friday", "this is once"),
        ("remind standup tomorrow 9:00 note=" + "x" * 501, "at most 500"),
        ("reminders edit=nothing when='tomorrow 9:00'", "That reminder is gone"),
    ):
        assert why in await says(w, MIA, OPS, line), line
    assert "You can't set reminders here" in await says(w, VERA, OPS, "remind standup tomorrow 9:00")
    w.slack.workspace.channel(TEAM).members.discard(MIA)
    assert "a channel you are in yourself" in await says(w, MIA, OPS, "remind standup in #team tomorrow 9:00")
    assert "No reminders yet" in await says(w, MIA, OPS, "reminders")


async def test_the_room_and_the_place_may_be_left_out_and_the_zone_is_the_persons(w: World) -> None:
    await standup(w)
    at(w, MONDAY)
    assert "jaas/standup* in <#C0OPS>" in await says(w, MAX, OPS, "remind tomorrow 9:00")
    elsewhere = await says(w, MAX, OPS, "remind standup in #team tomorrow 9:00")
    assert f"in <#{TEAM}>" in elsewhere
    assert "(America/New_York)" in elsewhere
    assert "Tuesday 1 December 2026 at 09:00" in elsewhere
    im = w.slack.workspace.open_im(MIA).id
    await remind(w, MIA, "standup demain à 9h", channel=im)
    at(w, "2026-12-01T08:00")
    await w.until(lambda: [one for one in w.slack.workspace.dms(MIA) if is_reminder(one)])
    assert posts(w) == []


async def test_hostile_and_maximal_reminders_are_shown_within_slacks_limits(w: World) -> None:
    """The simulated Slack refuses what Slack would."""
    await answer(w, MIA, OPS, f'create "{"<!here>" * 8}"')
    at(w, MONDAY)
    for number in range(12):
        note = ("<!channel>&\u202e*_~`" * 40)[:500]
        await remind(w, MIA, f'"{"<!here>" * 8}" every 2 weeks on mon and tue at 9:{number + 10} lead=5m note="{note}"')
    first = await answer(w, MIA, OPS, "reminders")
    assert labels(first).count("Edit") == 10
    assert "<!channel>" not in text_of(first)
    second = await pressed(w, MIA, first, "More")
    assert labels(second).count("Edit") == 2
    at(w, "2026-11-30T08:05")
    assert "<!channel>" not in text_of(await comes(w, 1))


async def test_late_says_so_and_what_was_missed_is_told(w: World) -> None:
    await standup(w)
    at(w, MONDAY)
    await remind(w, MIA, "standup every day at 9:25 replace=yes")
    at(w, "2026-11-30T08:24")
    at(w, "2026-11-30T08:30")
    assert "late" in text_of(await comes(w, 1))
    at(w, "2026-12-01T09:00")
    assert "was not posted at Tuesday 1 December 2026 at 09:25" in text_of(await w.told(MIA, "*skipped*"))
    at(w, "2026-12-02T08:25")
    await w.until(lambda: w.slack.workspace.calls_of("chat.delete"))
    await comes(w, 1)
    assert [row.outcome for row in trail(w, "reminder")] == ["late", "skipped", "posted"]


async def test_who_may_not_any_more_is_told_and_may_go_on_once_they_may(w: World) -> None:
    await standup(w)
    at(w, MONDAY)
    await remind(w, OMAR, "standup every day at 9:25")  # in London: 9:25 UTC
    await w.slack.change_group("S0OPS", remove=(OMAR,))
    at(w, "2026-11-30T09:25")
    told = await w.told(OMAR, "*paused*")
    assert "you may not set reminders any more" in text_of(told)
    assert posts(w) == []
    assert "refused" in text_of(await pressed(w, OMAR, told, "Resume"))
    await w.slack.change_group("S0OPS", add=(OMAR,))
    assert "Goes on" in text_of(await pressed(w, OMAR, told, "Resume"))
    at(w, "2026-12-01T09:25")
    await comes(w, 1)


async def test_when_its_owner_has_left_the_company_the_channel_is_told(w: World) -> None:
    await standup(w, by=SARA)
    at(w, MONDAY)
    await remind(w, MIA, "standup every day at 9:25")
    await w.slack.change_user(MIA, deleted=True)
    at(w, "2026-11-30T08:25")
    told = text_of(await w.posted(OPS, "*paused*"))
    assert "is deactivated" in told
    assert posts(w) == []


async def test_a_channel_that_is_left_or_archived_pauses_and_a_deleted_room_ends_it(w: World) -> None:
    await standup(w, handle="meetings/standup", by=SARA)  # her own and idle: no approval
    at(w, MONDAY)
    team = w.slack.workspace.channel(TEAM)
    await remind(w, MIA, "standup in #team 9:05")
    team.members.discard(MIA)
    at(w, "2026-11-30T08:05")
    await w.told(MIA, "you are not in")
    team.members.add(MIA)
    await remind(w, MIA, "standup in #team 9:10")
    team.is_archived = True
    at(w, "2026-11-30T08:10")
    await w.told(MIA, "is archived")
    await remind(w, MIA, "standup 9:30")
    assert "Deleted" in await says(w, SARA, OPS, "delete standup")
    assert "the room was deleted" in text_of(await w.told(MIA, "*ended*"))
    await w.until(lambda: sum("*ended*" in text_of(one) for one in w.slack.workspace.dms(MIA)) == 3)  # the paused too
    assert "No reminders" in await says(w, MIA, OPS, "reminders")
    at(w, "2026-11-30T08:30")
    assert posts(w) == posts(w, TEAM) == []


async def test_when_the_bot_is_put_out_of_a_channel_its_reminders_pause_at_once(w: World) -> None:
    await standup(w)
    at(w, MONDAY)
    await remind(w, MIA, "standup in #team every day at 9:25")
    await w.slack.event("channel_left", channel=TEAM, actor_id=SARA)
    await w.told(MIA, "I am not in")


async def test_an_approval_may_stand_before_a_reminder(tmp_path: Path) -> None:
    rule = '[[approvals]]\ncommands = ["remind"]\n'
    async with world(tmp_path, grants=rule + GRANTS) as w:
        await standup(w)
        at(w, MONDAY)
        question = await answer(w, MIA, OPS, "remind standup tomorrow 9:00")
        await w.click(MIA, question, "Remind")
        card = await w.posted(OPS, "Approval: remind")
        assert "Tuesday 1 December 2026 at 09:00" in text_of(card)
        await w.click(SARA, card, "Approve")
        await w.until(lambda: w.says(card, "*done*"))
        at(w, "2026-12-01T08:00")
        await comes(w, 1)
