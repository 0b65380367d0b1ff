"""The opaque user ids under which vendors know people: random, stable, the same in every room."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from sqlalchemy import insert, select

from bot.model import Person
from bot.store.database import Database, Tx
from bot.store.tables import people

PERSON = "person"  # as what other processes hear of it


class KnownPeople:
    """The repository, wholly in memory too: ids are asked for with every link and every participant."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._id_of: dict[Person, str] = {}
        self._id_of_outsider: dict[str, str] = {}  # case-folded name → id
        self._person: dict[str, Person] = {}
        self._outsider: dict[str, str] = {}  # id → name
        db.changes.follow(PERSON, self._read_again)

    async def load(self) -> None:
        """Read everything once, after the database was opened."""
        async with self._db.read() as tx:
            await self._read_again(tx, None)

    async def _read_again(self, tx: Tx, user_ids: Sequence[str] | None) -> None:
        wanted = select(people) if user_ids is None else select(people).where(people.c.user_id.in_(user_ids))
        for row in await tx.execute(wanted):
            self._remember(row.user_id, row.person, row.name)

    async def user_id_of(self, person: Person) -> str:
        """This person's id at every vendor, made on first need."""
        return self._id_of.get(person) or await self._make(person, "")

    async def outsider_id(self, name: str) -> str:
        """The id of an outsider. Two outsiders of one name (any case) are one, so that a block holds on both."""
        return self._id_of_outsider.get(name.casefold()) or await self._make(None, name)

    async def person_of(self, user_id: str) -> Person | None:
        """Whose id this is: verified, for only the bot knows it. None: an outsider's, or not one of ours."""
        if user_id not in self._person:
            await self._db.changes.catch_up()
        return self._person.get(user_id)

    def person_known_as(self, user_id: str) -> Person | None:
        """As `person_of`, without waiting."""
        return self._person.get(user_id)

    async def name_of(self, user_id: str) -> str | None:
        """The name of the outsider with this id, or None."""
        await self._db.changes.catch_up()
        return self._outsider.get(user_id)

    async def outsider_named(self, name: str) -> str | None:
        """The id of the outsider of this name (any case) or with this id, or None."""
        await self._db.changes.catch_up()
        return name if name in self._outsider else self._id_of_outsider.get(name.casefold())

    async def _make(self, person: Person | None, name: str) -> str:
        async with self._db.begin() as tx:
            made_meanwhile = self._id_of.get(person) if person else self._id_of_outsider.get(name.casefold())
            if made_meanwhile:
                return made_meanwhile
            user_id = f"u-{secrets.token_hex(8)}"
            key = None if person else name.casefold()
            tx.touch(PERSON, user_id)
            await tx.execute(insert(people), {"user_id": user_id, "person": person, "name": name, "name_key": key})
            tx.after_commit(lambda: self._remember(user_id, person, name))
        return user_id

    def _remember(self, user_id: str, person: Person | None, name: str) -> None:
        if person is not None:
            self._id_of[person] = user_id
            self._person[user_id] = person
            return
        self._id_of_outsider[name.casefold()] = user_id
        self._outsider[user_id] = name
