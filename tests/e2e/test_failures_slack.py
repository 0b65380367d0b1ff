"""Where Slack does not let the bot speak: nothing is done before that is said; what was done is told another way."""

from __future__ import annotations

from bot.play.slack import text_of
from bot.play.slack.faults import RESPONSE_URL, Fault
from bot.play.slack.seed import MAX, MIA, OMAR, SARA, VERA
from tests.fakes.asking import NUMBER, asked, ended, standup
from tests.fakes.speaking import ATTIC, BOARD, OPS, TEAM, answer, heard, labels, pressed, says
from tests.fakes.world import World

REMEDY = "invite me with /invite @meetops"
# Verbs whose result is posted in the channel they came from, typed by somebody who may.
IN_PUBLIC = (
    *("kick standup Max", "kick standup all", "block standup @max", "lock standup", "unlock standup"),
    *("end standup sure=yes", "revoke standup @max", "dial standup oncall", "create new", "start new"),
)


async def test_where_the_bot_is_no_member_it_says_so_and_does_nothing(w: World) -> None:
    await answer(w, SARA, OPS, "create standup")
    await w.enter(MAX, "standup")
    before = len(w.jaas.requests), len(await rooms(w))
    for line in IN_PUBLIC:
        told = await says(w, SARA, BOARD, line)
        assert "refused" in told, line
        assert REMEDY in told, line
    assert (len(w.jaas.requests), len(await rooms(w))) == before
    assert len(w.jaas.people()) == 1
    assert "Open" in await says(w, MAX, OPS, "join standup")
    for line in ("lock standup", "create new"):
        assert "That channel is archived" in await says(w, SARA, ATTIC, line)
    for line in ("rooms", "show standup", "who standup", "join standup", "status", "help"):
        assert (await answer(w, SARA, BOARD, line)).ephemeral_for == SARA
    await w.slack.join_channel(w.slack.workspace.team.bot_user, BOARD)
    assert "Made" in await says(w, SARA, BOARD, "create boardroom")
    assert "boardroom" in text_of(await w.posted(BOARD, "made by"))


async def rooms(w: World) -> list[str]:
    """The rooms that Sara sees."""
    return [line for line in (await says(w, SARA, OPS, "rooms")).split("\n") if "jaas/" in line]


async def test_a_decision_that_its_card_could_not_show_is_shown_when_slack_takes_edits_again(w: World) -> None:
    await standup(w)
    card = await asked(w, f"dial standup {NUMBER}")
    w.slack.faults.plan("chat.update", Fault(status=503, times=5))
    await w.click(SARA, card, "Deny")
    await ended(w, card, "denied")
    assert labels(w.now(card)) == []


async def test_a_used_up_response_url_is_replaced_by_a_message_for_that_person_alone(w: World) -> None:
    w.slack.faults.plan(RESPONSE_URL, Fault(error="used_url", status=404))
    told = await answer(w, MIA, OPS, "whoami")
    assert "Your role" in text_of(told)
    assert told.ephemeral_for == MIA
    assert w.slack.workspace.calls_of("chat.postEphemeral")


async def test_where_no_ephemeral_is_possible_the_direct_message_is_used(w: World) -> None:
    w.slack.faults.plan(RESPONSE_URL, Fault(status=500))
    w.slack.faults.plan("chat.postEphemeral", Fault(error="user_not_in_channel"))
    told = await answer(w, MIA, OPS, "whoami")
    assert "Your role" in text_of(told)
    assert w.slack.workspace.channel(told.channel).is_im


async def test_a_rate_limit_on_the_answer_is_waited_out_and_the_act_done_once(w: World) -> None:
    await answer(w, MIA, OPS, "create standup")
    await w.enter(MAX, "standup")
    w.slack.faults.plan("chat.postMessage", Fault(status=429, retry_after=0, times=2))
    assert "Removed" in await says(w, OMAR, OPS, "kick standup Max")
    assert len(w.sent("KICK_PARTICIPANT")) == 1


async def test_an_answer_that_cannot_be_posted_after_the_act_is_told_privately(w: World) -> None:
    await answer(w, MIA, OPS, "create standup")
    await w.enter(MAX, "standup")
    w.slack.faults.plan("chat.postMessage", Fault(error="is_archived"))
    told = await answer(w, OMAR, OPS, "kick standup Max")
    assert "Removed" in text_of(told)
    assert told.ephemeral_for == OMAR
    assert len(w.sent("KICK_PARTICIPANT")) == 1


async def test_people_who_cannot_be_written_to_are_named_and_the_others_get_their_card(w: World) -> None:
    await answer(w, MIA, OPS, "create standup")
    await w.posted(OPS, "made by")
    w.slack.faults.plan("chat.postMessage", Fault(error="cannot_dm_bot"))
    await answer(w, MIA, OPS, "invite standup @max @vera")
    assert f"I could not reach <@{MAX}>" in text_of(await w.told(MIA, "could not reach"))
    await w.told(VERA, "made by")


async def test_a_channel_that_cannot_be_reached_is_named_as_a_channel(w: World) -> None:
    await answer(w, MIA, OPS, "create standup")
    await w.posted(OPS, "made by")
    w.slack.faults.plan("chat.postMessage", Fault(error="restricted_action"))
    await answer(w, MIA, OPS, "share standup #team")
    assert f"I could not reach <#{TEAM}>" in text_of(await w.told(MIA, "could not reach"))


async def test_a_room_deleted_while_its_card_waits_for_slack_fails_nothing(w: World) -> None:
    await answer(w, OMAR, OPS, "create standup")
    await w.posted(OPS, "made by")
    w.slack.faults.plan("chat.postMessage", Fault(status=429, retry_after=30))
    shared = text_of(await answer(w, OMAR, OPS, "share standup #team"))
    assert "Deleted" in await says(w, OMAR, OPS, "delete standup")
    assert "done" in shared
    await w.posted(TEAM, "Deleted.")
    assert "That room was deleted" not in str([text_of(one) for one in heard(w, OMAR, OPS)])


async def test_while_slack_does_not_say_who_is_in_the_groups_their_roles_do_not_count(w: World) -> None:
    w.slack.faults.plan("usergroups.users.list", Fault(error="internal_error", times=20))
    told = await says(w, OMAR, OPS, "create standup")
    assert "unavailable" in told
    assert "who is in the user groups" in told
    assert "Made" in await says(w, MIA, OPS, "create standup")


async def test_a_modal_that_slack_does_not_open_is_replaced_by_words(w: World) -> None:
    w.slack.faults.plan("views.open", Fault(error="expired_trigger_id"))
    assert "You can:" in await says(w, MIA, OPS, "")
    helped = await answer(w, MIA, OPS, "help share")
    w.slack.faults.plan("views.open", Fault(error="expired_trigger_id"))
    assert "share" in text_of(await pressed(w, MIA, helped, "Fill in a form"))


async def test_the_same_delivery_twice_acts_once(w: World) -> None:
    await answer(w, MIA, OPS, "create standup")
    typed = await w.slack.slash(MIA, OPS, "start sync")
    await w.slack.redeliver(typed)
    await w.told(MIA, "Started")
    assert "sync-2" not in await says(w, MIA, OPS, "rooms")
