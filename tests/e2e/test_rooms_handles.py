"""How people name rooms: handles, back ends, everything else that names one, and no name at all."""

from __future__ import annotations

from datetime import timedelta

from bot.play.slack import text_of
from bot.play.slack.seed import MAX, MIA, OMAR
from tests.fakes.asking import trail
from tests.fakes.speaking import OPS, TEAM, answer, come_in, labels, pressed, says
from tests.fakes.world import World


async def test_a_handle_is_found_in_any_case_with_and_without_its_back_end(w: World) -> None:
    await answer(w, MIA, TEAM, "create meetings/Review")
    for words in ("review", "REVIEW", "meetings/review", "Meetings/REVIEW"):
        assert "meetings/Review" in await says(w, MIA, TEAM, f"show {words}")


async def test_a_handle_of_two_back_ends_means_the_default_one(w: World) -> None:
    await answer(w, MIA, TEAM, "create standup")
    await answer(w, MIA, TEAM, "create meetings/standup")
    assert "jaas/standup" in await says(w, MIA, TEAM, "show standup")
    assert "meetings/standup" in await says(w, MIA, TEAM, "show meetings/standup")


async def test_a_room_is_found_by_the_vendors_id_name_and_join_address(w: World) -> None:
    await answer(w, MIA, OPS, "create standup")
    link = w.link_of(await answer(w, MIA, OPS, "join standup"))
    vendor_name, _ = w.room_and_token(link)
    for words in (vendor_name, vendor_name.upper(), f"jaas/{vendor_name}", link, link.partition("?")[0]):
        assert "jaas/standup" in await says(w, MIA, OPS, f"show {words}")
    await answer(w, MIA, OPS, "create meetings/review")
    for words in ("2", "meetings/2", f"{w.meetings.url}/#room/2"):
        assert "meetings/review" in await says(w, MIA, OPS, f"show {words}")


async def test_the_token_in_an_address_that_names_no_room_is_repeated_nowhere(w: World) -> None:
    await answer(w, MIA, OPS, "create meetings/review")
    once = w.link_of(await answer(w, MIA, OPS, "join review"))
    for address in (once, f"{w.jaas.url}/elsewhere/room?jwt=eyJsecret"):
        told = await says(w, OMAR, OPS, f"show {address}")
        assert "I know no room behind that address" in told
        assert address.partition("=")[2] not in told
    await w.until(lambda: len(trail(w, "show")) == 2)  # each process writes its own rows, half a second later
    assert {row.room for row in trail(w, "show")} == {once.partition("?")[0], f"{w.jaas.url}/elsewhere/room"}
    assert all("eyJsecret" not in str(one) for one in w.meetings.requests)


async def test_a_room_renamed_at_the_vendor_is_found_by_both_names(w: World) -> None:
    await answer(w, MIA, OPS, "create meetings/review")
    await answer(w, OMAR, OPS, "set review name=Planning")
    for words in ("review", "planning", "meetings/PLANNING"):
        assert "meetings/review" in await says(w, MIA, OPS, f"show {words}")


async def test_a_handle_comes_before_the_vendors_name_of_another_room(w: World) -> None:
    await answer(w, MIA, OPS, "create meetings/first")
    await answer(w, OMAR, OPS, "set first name=second")
    await answer(w, MIA, OPS, "create meetings/second")
    assert "owner" in (shown := await says(w, MIA, OPS, "show second"))
    assert "meetings/second" in shown


async def test_an_unknown_room_is_not_found_and_the_nearest_ones_are_named(w: World) -> None:
    await answer(w, MIA, OPS, "create standup")
    told = await says(w, MIA, OPS, "join stadnup")
    assert "not found" in told
    assert "Did you mean jaas/standup?" in told


async def test_creating_a_handle_that_exists_offers_its_join_and_the_next_free_name(w: World) -> None:
    await answer(w, MIA, OPS, "create standup")
    await answer(w, MIA, OPS, "create standup-2")
    again = await answer(w, MAX, OPS, "create STANDUP")
    assert "already so" in text_of(again)
    assert "standup-3" in text_of(again)
    link = w.link_of(await pressed(w, MAX, again, "Join"))
    assert (await w.jaas.join(*w.room_and_token(link))).moderator is False
    assert len(cards_in_ops(w)) == 2


def cards_in_ops(w: World) -> list[str]:
    return [text_of(one) for one in w.slack.workspace.messages(OPS) if "made by" in text_of(one)]


async def test_a_name_by_which_a_room_could_not_be_called_again_is_refused(w: World) -> None:
    for words in ("+40747777777", "id:1", "jaas/", '"/"', "x" * 81):
        assert "invalid" in await says(w, MIA, OPS, f"create {words}"), words
    assert "back end foo" in await says(w, MIA, OPS, "create foo/bar")
    assert cards_in_ops(w) == []


async def test_the_longest_name_works_on_every_button(w: World) -> None:
    name = 'Ä "quoted" <!channel> & \\ ' + "x" * 50
    await answer(w, MIA, OPS, 'create "{}"'.format(name.replace("\\", "\\\\").replace('"', '\\"')))
    card = await w.posted(OPS, "made by")
    link = w.link_of(await pressed(w, MAX, card, "Join"))
    await w.jaas.join(*w.room_and_token(link))
    await w.jaas.webhooks.settled()
    listed = await answer(w, MIA, OPS, "rooms")
    shown = await pressed(w, MIA, listed, "Show")
    people = await pressed(w, MIA, shown, "Who")
    assert "1 person is in" in text_of(people)
    assert "Locked" in text_of(locked := await pressed(w, MIA, people, "Lock"))
    assert "Unlocked" in text_of(await pressed(w, MIA, locked, "Unlock"))


async def test_without_a_name_the_only_room_of_the_channel_is_meant(w: World) -> None:
    assert "Name a room" in await says(w, MIA, OPS, "show")
    await answer(w, MIA, OPS, "create standup")
    assert "jaas/standup" in await says(w, MIA, OPS, "show")
    assert "Name a room" in await says(w, MIA, TEAM, "who")


async def test_without_a_name_the_live_room_of_the_channel_is_meant_on_either_back_end(w: World) -> None:
    for name in ("standup", "meetings/review", "retro"):
        await answer(w, MIA, OPS, f"create {name}")
    await come_in(w, MAX, "review")
    assert "Who is in meetings/review" in await says(w, MIA, OPS, "who")
    w.meetings.meetings.kick(2)
    await w.enter(MAX, "standup")
    assert "Who is in jaas/standup" in await says(w, MIA, OPS, "who")


async def test_without_a_name_and_nobody_in_the_room_that_was_last_live_is_meant(w: World) -> None:
    for name in ("standup", "retro", "sync"):
        await answer(w, MIA, OPS, f"create {name}")
    assert "jaas/sync" in await says(w, MIA, OPS, "show")  # the newest share
    for name in ("standup", "retro"):
        await w.enter(MAX, name)
    w.jaas.meetings.end(next(one for one in w.jaas.meetings.running if "retro" in one))
    w.clock.advance(timedelta(minutes=5))
    w.jaas.meetings.end(next(iter(w.jaas.meetings.running)))
    await w.jaas.webhooks.settled()
    assert "jaas/standup" in await says(w, MIA, OPS, "show")


async def test_several_live_rooms_are_a_choice_whose_button_completes_the_command(w: World) -> None:
    for name in ("standup", "meetings/review"):
        await answer(w, MIA, OPS, f"create {name}")
    await come_in(w, MAX, "review")
    await w.enter(MAX, "standup")
    choice = await answer(w, MIA, OPS, "lock")
    assert "ambiguous" in text_of(choice)
    assert labels(choice) == ["Choose", "Choose"]
    assert "Locked" in text_of(await pressed(w, MIA, choice, "Choose"))


async def test_several_rooms_of_one_handle_beside_the_default_one_are_a_choice(w: World) -> None:
    await answer(w, MIA, OPS, "create meetings/one")
    await answer(w, MIA, OPS, "create meetings/two")
    for number in (2, 3):
        w.meetings.rooms.by_id[number]["name"] = "same"
    await answer(w, OMAR, OPS, "set one comment=a")
    await answer(w, OMAR, OPS, "set two comment=b")
    choice = await answer(w, MIA, OPS, "show same")
    assert "ambiguous" in text_of(choice)
    assert labels(choice) == ["Choose", "Choose"]
    assert "meetings/one" in text_of(await pressed(w, MIA, choice, "Choose"))
