"""Links that are out, and the ids under which vendors know people."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.model import Person
from bot.store import Link, Store
from bot.store.pruning import prune
from tests.fakes.storage import ANN, BOB, NOON, opened, room

pytestmark = pytest.mark.engines

SOON = NOON + timedelta(minutes=10)
LATER = NOON + timedelta(hours=1)


async def out(store: Store, room_id: str, *, user_id: str = "u-1", expires_at: datetime | None = SOON) -> Link:
    async with store.db.begin() as tx:
        return await store.links.add(
            tx,
            room_id=room_id,
            person=ANN,
            user_id=user_id,
            name="Ann",
            claims=json.dumps({"iat": 1}),
            expires_at=expires_at,
        )


async def test_live_links_are_those_of_that_person_that_still_open_the_room(store: Store) -> None:
    made, other = await room(store), await room(store, "other")
    await out(store, made.id, expires_at=NOON)
    await out(store, made.id, user_id="u-2")
    await out(store, other.id)
    first, endless = await out(store, made.id), await out(store, made.id, expires_at=None)
    live = await store.links.live(made.id, "u-1", NOON)
    assert {link.id: link for link in live} == {first.id: first, endless.id: endless}
    assert live[0].claims == '{"iat": 1}'


async def test_links_that_are_out_are_counted_with_the_last_expiry(store: Store) -> None:
    made = await room(store)
    assert await store.links.live_count(made.id, NOON) == (0, None)
    for expires_at in (NOON, SOON, LATER):
        await out(store, made.id, expires_at=expires_at)
    assert await store.links.live_count(made.id, NOON) == (2, LATER)


async def test_links_are_forgotten_one_by_one_when_expired_and_with_their_room(store: Store) -> None:
    made = await room(store)
    await out(store, made.id, expires_at=NOON)
    used = await out(store, made.id)
    assert await prune(store.db, NOON) == {"links": 1}
    async with store.db.begin() as tx:
        await store.links.forget(tx, used.id)
    assert await store.links.live_count(made.id, NOON) == (0, None)
    await out(store, made.id)
    async with store.db.begin() as tx:
        await store.rooms.forget(tx, made.id)
    assert await store.links.live(made.id, "u-1", NOON) == []


async def test_a_person_has_one_opaque_id_for_ever(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        ann, bob = await store.people.user_id_of(ANN), await store.people.user_id_of(BOB)
        assert ann != bob
        assert ANN.user_id not in ann
    async with opened(tmp_path) as store:
        assert await store.people.user_id_of(ANN) == ann
        assert await store.people.person_of(ann) == store.people.person_known_as(ann) == ANN
        assert await store.people.person_of("u-unknown") is None


async def test_ids_asked_for_at_the_same_moment_are_one(store: Store) -> None:
    asked = await asyncio.gather(*(store.people.user_id_of(ANN) for _ in range(10)))
    assert len(set(asked)) == 1


async def test_the_same_user_id_in_another_workspace_is_another_person(store: Store) -> None:
    assert await store.people.user_id_of(ANN) != await store.people.user_id_of(Person("T2", ANN.user_id))


async def test_an_outsider_is_known_by_name_and_is_no_person(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        john = await store.people.outsider_id("John Doe")
        assert await store.people.outsider_id("JOHN DOE") == john
    async with opened(tmp_path) as store:
        assert await store.people.outsider_named("john doe") == john
        assert await store.people.outsider_named(john) == john
        assert await store.people.outsider_named("jane") is None
        assert await store.people.name_of(john) == "John Doe"
        assert await store.people.person_of(john) is None
        assert await store.people.name_of(await store.people.user_id_of(ANN)) is None
