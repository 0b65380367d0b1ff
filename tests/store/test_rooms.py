"""Rooms by their handles, and whose they are."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from bot.clock import MovableClock
from bot.errors import AlreadySo, NotFound
from bot.model import VendorRoom
from bot.store import Block, Store
from bot.store.sqlite import SqliteFile
from bot.voice import Posted
from tests.fakes.storage import ANN, BOB, EVE, NOON, opened, room

pytestmark = pytest.mark.engines


async def test_a_room_is_found_by_everything_it_is_known_by(store: Store) -> None:
    made = await room(store, "StandUp")
    assert await store.rooms.get(made.id) == made
    assert await store.rooms.by_handle("jaas", "STANDUP") == [made]
    assert await store.rooms.by_handle(None, "standup") == [made]
    assert await store.rooms.by_handle("pexip", "standup") == []
    assert await store.rooms.by_vendor("jaas", made.vendor_id) == made
    assert await store.rooms.by_vendor("pexip", made.vendor_id) is None
    assert await store.rooms.rooms_of(ANN) == [made]


async def test_a_handle_is_unique_on_its_back_end_whatever_its_case(store: Store) -> None:
    first = await room(store, "Straße")
    with pytest.raises(AlreadySo, match="jaas/STRASSE exists already"):
        async with store.db.begin() as tx:
            await store.rooms.add(tx, backend="jaas", handle="STRASSE", vendor=VendorRoom("v2", "n"), owner=BOB)
    elsewhere = await room(store, "straße", backend="pexip")
    both = await store.rooms.by_handle(None, "straße")
    assert sorted(both, key=lambda one: one.backend) == [first, elsewhere]


async def test_a_vendor_room_is_kept_once(store: Store) -> None:
    made = await room(store)
    vendor = VendorRoom(made.vendor_id, "n")
    with pytest.raises(AlreadySo):
        async with store.db.begin() as tx:
            await store.rooms.add(tx, backend="jaas", handle="other", vendor=vendor, owner=BOB)


async def test_what_is_rolled_back_was_never_seen(store: Store) -> None:
    made = await room(store)
    with pytest.raises(ZeroDivisionError):  # noqa: PT012
        async with store.db.begin() as tx:
            await store.rooms.admit_person(tx, made.id, BOB, host=True)
            await store.rooms.set_locked(tx, made.id, True)
            await store.rooms.forget(tx, made.id)
            raise ZeroDivisionError
    assert await store.rooms.get(made.id) == made
    assert not await store.rooms.belongs(made.id, BOB)


async def test_a_restart_knows_the_same(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        made = await room(store)
        async with store.db.begin() as tx:
            await store.rooms.admit_person(tx, made.id, BOB, host=True)
            await store.rooms.admit_channel(tx, made.id, "C1")
            await store.rooms.block(tx, made.id, "u-1", until=NOON, meeting_id="m1", by=ANN, why="noise")
            await store.rooms.remember_card(tx, made.id, Posted("C1", "1.0"))
            locked = await store.rooms.set_locked(tx, made.id, True)
        adopted = await room(store, "found", owner=None)
    async with opened(tmp_path) as store:
        assert await store.rooms.all() == [locked, adopted] or await store.rooms.all() == [adopted, locked]
        assert await store.rooms.is_host(made.id, BOB)
        assert await store.rooms.rooms_in("C1") == [locked]
        assert await store.rooms.block_on(made.id, "u-1") == Block(NOON, "m1", ANN, "noise", NOON)
        assert await store.rooms.cards(made.id) == (Posted("C1", "1.0"),)


async def test_a_room_belongs_to_its_owner_those_invited_and_its_channels(store: Store) -> None:
    made = await room(store)
    async with store.db.begin() as tx:
        await store.rooms.admit_person(tx, made.id, BOB, host=False)
        await store.rooms.admit_channel(tx, made.id, "C1")
    assert await store.rooms.belongs(made.id, ANN)
    assert await store.rooms.belongs(made.id, BOB)
    assert not await store.rooms.belongs(made.id, EVE)
    assert await store.rooms.belongs(made.id, EVE, frozenset({"C0", "C1"}))
    assert not await store.rooms.belongs("gone", ANN)
    assert await store.rooms.rooms_of(BOB) == [made]
    assert await store.rooms.rooms_of(EVE) == []


async def test_hosts_are_the_owner_and_those_invited_as_host_and_stay_it(store: Store) -> None:
    made = await room(store)
    async with store.db.begin() as tx:
        await store.rooms.admit_person(tx, made.id, BOB, host=True)
        await store.rooms.admit_person(tx, made.id, EVE, host=False)
    async with store.db.begin() as tx:
        await store.rooms.admit_person(tx, made.id, BOB, host=False)
    assert [await store.rooms.is_host(made.id, one) for one in (ANN, BOB, EVE)] == [True, True, False]


async def test_the_newest_share_in_a_channel_comes_first(tmp_path: Path) -> None:
    clock = MovableClock(NOON)
    async with opened(tmp_path, clock) as store:
        first, second = await room(store, "first"), await room(store, "second")
        for one in (first, second, first):
            clock.advance(timedelta(minutes=1))
            async with store.db.begin() as tx:
                await store.rooms.admit_channel(tx, one.id, "C1")
        assert await store.rooms.rooms_in("C1") == [first, second]
        assert await store.rooms.rooms_in("C2") == []


async def test_a_block_replaces_the_one_before_and_is_lifted(store: Store) -> None:
    made = await room(store)
    async with store.db.begin() as tx:
        await store.rooms.block(tx, made.id, "u-1", until=NOON, meeting_id=None, by=ANN, why="")
        await store.rooms.block(tx, made.id, "u-1", until=None, meeting_id=None, by=BOB, why="again")
    assert await store.rooms.block_on(made.id, "u-1") == Block(None, None, BOB, "again", NOON)
    assert await store.rooms.block_on(made.id, "u-2") is None
    for _twice in range(2):
        async with store.db.begin() as tx:
            await store.rooms.unblock(tx, made.id, "u-1")
    assert await store.rooms.block_on(made.id, "u-1") is None


async def test_what_is_changed_is_changed_and_the_rest_stays(store: Store) -> None:
    made = await room(store)
    async with store.db.begin() as tx:
        await store.rooms.update(tx, made.id, settings={"lobby": "off"}, kind="conference")
        changed = await store.rooms.update(tx, made.id)
    assert changed == await store.rooms.get(made.id)
    assert (changed.settings, changed.kind) == ({"lobby": "off"}, "conference")
    assert (changed.vendor_name, changed.handle) == (made.vendor_name, made.handle)


async def test_a_forgotten_room_frees_its_handle_and_takes_everything_along(store: Store) -> None:
    made = await room(store)
    async with store.db.begin() as tx:
        await store.rooms.admit_channel(tx, made.id, "C1")
        await store.rooms.admit_person(tx, made.id, BOB, host=True)
        await store.rooms.forget(tx, made.id)
    assert await store.rooms.by_handle(None, "standup") == []
    assert await store.rooms.rooms_in("C1") == []
    assert await store.rooms.rooms_of(BOB) == []
    again = await room(store)
    assert not await store.rooms.belongs(again.id, BOB)


async def test_nothing_can_be_hung_on_a_room_that_is_gone(store: Store) -> None:
    made = await room(store)
    with pytest.raises(NotFound, match="was deleted"):  # noqa: PT012
        async with store.db.begin() as tx:
            await store.rooms.forget(tx, made.id)
            await store.rooms.admit_person(tx, made.id, BOB, host=False)


async def test_a_card_is_remembered_once_and_forgotten(store: Store) -> None:
    made = await room(store)
    async with store.db.begin() as tx:
        for ts in ("1.0", "2.0", "1.0"):
            await store.rooms.remember_card(tx, made.id, Posted("C1", ts))
    assert set(await store.rooms.cards(made.id)) == {Posted("C1", "1.0"), Posted("C1", "2.0")}
    async with store.db.begin() as tx:
        await store.rooms.forget_card(tx, made.id, Posted("C1", "1.0"))
    assert await store.rooms.cards(made.id) == (Posted("C1", "2.0"),)


@pytest.mark.sqlite
async def test_reading_costs_no_statement(store: Store) -> None:
    made = await room(store)
    user_id = await store.people.user_id_of(ANN)
    statements: list[str] = []
    medium = store.db._medium
    assert isinstance(medium, SqliteFile)
    for engine in (medium._reading, medium._writer.engine if medium._writer else None):
        assert engine is not None

        @event.listens_for(engine.sync_engine, "before_cursor_execute")
        def saw(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            statements.append(statement)

    assert await store.rooms.by_handle("jaas", "standup") == [made]
    assert await store.rooms.belongs(made.id, ANN, frozenset({"C1"}))
    assert await store.rooms.block_on(made.id, user_id) is None
    assert await store.people.user_id_of(ANN) == user_id
    assert statements == []
    await store.db.check()
    assert statements != []
