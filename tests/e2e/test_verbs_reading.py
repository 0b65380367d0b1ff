"""rooms, show, who, status, audit, can, whoami, help and start: what people are told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.play.slack import text_of
from bot.play.slack.seed import GUS, MAX, MIA, OMAR, SARA, VERA
from bot.play.vendors.jaas import Delivery, Fault
from tests.fakes.speaking import OPS, RANDOM, TEAM, answer, come_in, labels, pressed, says
from tests.fakes.world import World


async def test_rooms_are_listed_by_back_end_words_and_type(w: World) -> None:
    for name in ("standup", "meetings/standby", "meetings/panel type=interview"):
        await answer(w, MIA, OPS, f"create {name}")
    for line, expected in (
        ("rooms", {"jaas/standup", "meetings/standby", "meetings/panel"}),
        ("list", {"jaas/standup", "meetings/standby", "meetings/panel"}),
        ("rooms MEETINGS", {"meetings/standby", "meetings/panel"}),
        ("rooms stand", {"jaas/standup", "meetings/standby"}),
        ("rooms meetings stand", {"meetings/standby"}),
        ("rooms type=Interview", {"meetings/panel"}),
        ("rooms nothing", set()),
    ):
        told = await says(w, MIA, OPS, line)
        assert {one for one in ("jaas/standup", "meetings/standby", "meetings/panel") if one in told} == expected, line
    assert "No rooms match" in await says(w, MIA, OPS, "rooms nothing")


async def test_a_list_of_rooms_names_the_vendor_that_did_not_answer_and_shows_the_rest(w: World) -> None:
    await answer(w, MIA, OPS, "create standup")
    w.meetings.faults.add(Fault(status=400, acts=False), times=9)
    told = await says(w, OMAR, OPS, "rooms")
    assert "jaas/standup" in told
    assert "meetings: meetings did not understand" in told


async def test_before_any_report_who_is_in_is_not_known_which_is_not_nobody(w: World) -> None:
    await answer(w, MIA, OPS, "create standup")
    w.jaas.webhooks.delivery = Delivery.OFF
    await w.enter(MIA, "standup")
    told = await says(w, MIA, OPS, "who")
    assert "Who is in is not known: jaas has not reported anything yet" in told
    assert "Nobody" not in told
    assert "not found" in await says(w, MIA, OPS, "kick @mia")


async def test_where_it_is_not_known_who_is_in_nobody_is_taken_to_be_out(w: World) -> None:
    await answer(w, MIA, OPS, "create standup")
    w.jaas.webhooks.delivery = Delivery.OFF
    await w.enter(MAX, "standup")
    for line in ("block standup @max", "revoke standup @max"):
        assert "I can't see whether they are inside: jaas has not reported" in await says(w, MIA, OPS, line), line


async def test_who_says_who_is_who_and_how_sure_that_is(w: World) -> None:
    await answer(w, MIA, OPS, "create standup")
    await w.enter(MIA, "standup")
    link = w.link_of(await answer(w, MIA, OPS, 'invite standup "Sara Adler"'))
    await w.jaas.join(*w.room_and_token(link))
    await answer(w, OMAR, OPS, "dial standup oncall")
    await w.until(lambda: len(w.jaas.people()) == 3)
    await w.jaas.webhooks.settled()
    shown = await answer(w, OMAR, OPS, "who")
    assert "3 people are in" in text_of(shown)
    assert f"<@{MIA}> (Mia) · joined from Slack · moderator" in text_of(shown)
    assert "*Sara Adler* · name not verified" in text_of(shown)
    assert "phone …678" in text_of(shown)
    assert "33612345678" not in text_of(shown)
    assert "as of" in text_of(shown)
    assert labels(shown) == ["Remove", "Block", "Remove", "Block", "Hang up", "Join", "Lock", "End"]
    assert labels(await answer(w, MAX, OPS, "who")) == ["Join"]
    assert "Hung up" in text_of(await pressed(w, OMAR, shown, "Hang up"))
    assert "Removed *Sara Adler*" in text_of(await pressed(w, OMAR, shown, "Remove", nth=1))
    assert [one["name"] for one in w.jaas.people()] == ["Mia"]


async def test_who_at_openmeetings_is_asked_and_dated(w: World) -> None:
    await answer(w, MIA, OPS, "create meetings/review")
    assert "Nobody is in." in await says(w, MIA, OPS, "who")
    await come_in(w, MAX, "review")
    w.meetings.join_with_account(2, "soap")
    shown = await answer(w, MIA, OPS, "who")
    assert f"<@{MAX}> (Max) · joined from Slack" in text_of(shown)
    assert "*soap Test* · name not verified" in text_of(shown)
    assert "as of" in text_of(shown)
    assert "Removed" in text_of(await pressed(w, MIA, shown, "Remove"))


async def test_show_names_the_numbers_to_call_and_the_recordings(w: World) -> None:
    await answer(w, MIA, OPS, "create standup")
    assert "Dial-in: +" in await says(w, MAX, OPS, "show standup")
    await answer(w, MIA, OPS, "create meetings/review")
    w.meetings.services.recordings.append({"id": 7, "name": "Weekly", "roomId": 2, "status": "PROCESSED"})
    assert "Recording: Weekly" in await says(w, MAX, OPS, "show review")


@pytest.mark.sqlite  # each process tells of its own calls
async def test_status_names_each_back_end_what_it_can_its_latency_and_its_last_error(w: World) -> None:
    told = await says(w, VERA, OPS, "status")
    assert "*jaas* (jaas) · default · well" in told
    assert "*meetings* (openmeetings) · well" in told
    assert " ms" in told
    assert "can create rooms" in told
    assert "version 9.1.0" in told
    await answer(w, MIA, OPS, "create meetings/review")
    w.meetings.faults.add(Fault(status=500, acts=False))
    await answer(w, MIA, OPS, "who review")
    assert "last error: users 500 at" in await says(w, VERA, OPS, "status")


async def test_the_audit_tells_who_did_what_by_room_by_person_and_since_when(w: World) -> None:
    await answer(w, MIA, OPS, "create standup")
    await answer(w, MAX, OPS, "join standup")
    await answer(w, MIA, TEAM, "create meetings/review")
    assert "create *meetings/review* · done" in await says(w, SARA, OPS, "audit review")
    told = await says(w, SARA, RANDOM, "audit Standup")
    assert f"<@{MIA}> · create *jaas/standup* · done" in told
    assert f"<@{MAX}> · join *jaas/standup* · done" in told
    assert "review" not in told
    told = await says(w, SARA, OPS, "audit @max")
    assert "join *jaas/standup*" in told
    assert "create" not in told
    w.clock.advance(timedelta(days=2))
    assert "Nothing was recorded for that" in await says(w, SARA, OPS, "audit standup since=1d")
    assert "create *jaas/standup*" in await says(w, SARA, OPS, "audit standup since=3d")
    for line, problem in (("audit since=soon", "A duration is"), ("audit sinc=1d", "Did you mean since=?")):
        assert problem in await says(w, SARA, OPS, line)
    assert "It needs Administration" in await says(w, OMAR, OPS, "audit")


async def test_the_audit_tells_what_was_refused_and_why_it_was_done(w: World) -> None:
    await answer(w, MIA, OPS, "create standup")
    await answer(w, MAX, OPS, "lock standup")
    await answer(w, OMAR, OPS, 'lock standup why="night"')
    told = await says(w, SARA, OPS, "audit standup")
    assert f"<@{MAX}> · lock *standup* · refused" in told
    assert f"<@{OMAR}> · lock *jaas/standup* · done · night" in told


async def test_can_judges_a_command_as_if_they_typed_it_and_does_nothing(w: World) -> None:
    await answer(w, MIA, OPS, "create standup")
    for line, verdict in (
        ("can @mia lock standup", f"<@{MIA}> can *lock standup*. They have MEMBER"),
        ("can @max lock standup", "You can't lock rooms here. It needs Monitoring Mode Read/Write"),
        ("can @omar dial standup +40747777777", "It needs 1 approval. They have OPERATOR"),
        ("can @omar dial standup oncall", f"<@{OMAR}> can *dial standup oncall*. They have OPERATOR"),
        ("can @gus show standup", "They have no role"),
        ("can @vera lok standup", "Did you mean *lock*?"),
        ("can @vera show sesame", "I know no room called sesame"),
    ):
        assert verdict in await says(w, SARA, OPS, line), line
    assert "invalid" in await says(w, SARA, OPS, "can @mia")
    assert "invalid" in await says(w, SARA, OPS, "can mia lock standup")
    assert "It needs User Management Read" in await says(w, OMAR, OPS, "can @mia lock standup")
    assert "Open" in await says(w, MAX, OPS, "join standup")


async def test_whoami_names_the_roles_where_they_come_from_and_what_they_permit(w: World) -> None:
    assert "*ADMINISTRATOR* · <!subteam^S0ADMINS>" in await says(w, SARA, OPS, "whoami")
    assert "*MEMBER* · granted by id" in (told := await says(w, MIA, OPS, "whoami"))
    assert "Monitoring Mode Read" in told
    assert "You have no role here" in await says(w, GUS, TEAM, "whoami")


@pytest.mark.parametrize("verb", ["kick", "remove", "KICK"])
async def test_help_shows_one_verb_in_full(w: World, verb: str) -> None:
    told = await says(w, OMAR, OPS, f"help {verb}")
    assert "/meet kick [room] participant [for=10m|meeting|always]" in told
    assert "Required permissions: API, Monitoring Mode Read/Write" in told
    assert "Back ends: jaas, meetings" in told


async def test_help_lists_only_what_one_may_do_and_says_what_the_rest_needs(w: World) -> None:
    listed = await says(w, VERA, OPS, "help")
    assert "*join*" in listed
    assert "*create*" not in listed
    assert "*kick*" not in await says(w, MIA, OPS, "help")
    await answer(w, MIA, OPS, "create standup")
    assert "*kick*" in await says(w, MIA, OPS, "help")
    assert "It needs Monitoring Mode Read/Write" in await says(w, VERA, OPS, "help dial")
    assert "Did you mean join?" in await says(w, VERA, OPS, "help jion")


async def test_a_phone_whose_number_8x8_does_not_tell_is_shown_without_digits(w: World) -> None:
    await answer(w, MIA, OPS, "create standup")
    present = await w.enter(MIA, "standup")
    room = next(iter(w.jaas.meetings.running))
    phone = {"direction": "in", "nick": "Anonymous", "participantId": "0badf00d", "participantJid": "0badf00d@8x8.vc"}
    w.jaas.webhooks.tell("DIAL_IN_STARTED", w.jaas.meetings.running[room].session_id, room, phone)
    await w.jaas.webhooks.settled()
    told = await says(w, MIA, OPS, "who")
    assert "phone, number not known" in told
    assert present.participant_id in told


async def test_whoever_has_no_role_hears_whom_to_ask(w: World) -> None:
    told = await says(w, GUS, TEAM, "rooms")
    assert "refused" in told
    assert f"ask <@{MAX}>" in told


async def test_start_makes_a_room_posts_its_card_invites_and_gives_the_link_at_once(w: World) -> None:
    told = await answer(w, MIA, TEAM, "start incident 4711 @max")
    assert told.ephemeral_for == MIA
    assert labels(told) == ["Open"]
    assert (await w.jaas.join(*w.room_and_token(w.link_of(told)))).moderator is True
    assert "incident 4711" in text_of(await w.posted(TEAM, "made by"))
    assert labels(await w.told(MAX, "made by")) == ["Join"]


async def test_start_without_words_is_named_after_the_channel_and_the_callers_hour(w: World) -> None:
    hour = w.clock.now() + timedelta(hours=1)  # Mia is in Paris, in November
    assert f"jaas/team {hour:%H:%M}" in await says(w, MIA, TEAM, "now")
    assert f"jaas/team {hour:%H:%M}-2" in await says(w, MIA, TEAM, "call")


async def test_quiet_answers_the_caller_alone(w: World) -> None:
    made = await answer(w, MIA, OPS, "create standup quiet=yes")
    assert labels(made) == ["Join"]
    assert w.slack.workspace.messages(OPS) == []
