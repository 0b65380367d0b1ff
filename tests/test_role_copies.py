"""Roles that an exchange defines: bounded, read once for many, kept five minutes, closed when they are old."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from bot.capabilities import KeepsRoles, RoleDocument
from bot.clock import MovableClock
from bot.errors import SignInFailed, Unavailable
from bot.model import Health, Outcome
from bot.people import Caller, People
from bot.policy import BUILT_IN_ROLES, Grant, Level, Need, Permissions, Policy, Role, Rules, Source
from bot.role_copies import LAST_GOOD, PAUSE, TTL, RoleCopies
from tests.fakes.anynode import GET_EXAMPLE, role
from tests.test_people import ANN, BOB, CARL, Book

READS, WRITES = Need("monitoringMode", "READ_ACCESS"), Need("monitoringMode", "READ_WRITE_ACCESS")
API, ADMINISTRATION = Need("api", "ACCESS"), Need("administration", "ACCESS")
MANAGES = Need("userManagement", "READ_WRITE_ACCESS")
RULES = Rules(
    grants=(
        Grant("ADMINISTRATOR", users=frozenset({"U0ANN"}), from_="sbc", at_most="OPERATOR"),
        Grant("CALL_HISTORY_EXPORTER", users=frozenset({"U0BOB"}), from_="sbc", at_most="ADMINISTRATOR"),
        Grant("VIEWER", everyone=True),
    )
)


class Exchange(KeepsRoles):
    """One that counts who asks, may fail, and may hang."""

    kind = "exchange"

    def __init__(self) -> None:
        super().__init__("sbc")
        self.document = [role(one) for one in GET_EXAMPLE]
        self.asked = 0
        self.failure: Exception | None = None
        self.hangs = asyncio.Event()
        self.hangs.set()

    async def health(self) -> Health:
        return Health(True)

    async def roles(self) -> Sequence[RoleDocument]:
        self.asked += 1
        answer = tuple(self.document)
        await self.hangs.wait()
        if self.failure:
            raise self.failure
        return answer

    async def role_holders(self, role: RoleDocument) -> tuple[str, ...] | None:
        return None

    async def save_role(self, role: RoleDocument) -> tuple[Outcome, RoleDocument | None]:
        raise NotImplementedError

    async def remove_role(self, role: RoleDocument) -> Outcome:
        raise NotImplementedError


@pytest.fixture
def sbc() -> Exchange:
    return Exchange()


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(datetime(2026, 11, 24, 9, tzinfo=UTC))


@pytest.fixture
def people(sbc: Exchange, clock: MovableClock) -> People:
    policy = Policy(RULES)
    return People(Book(), lambda: policy, clock, copies=RoleCopies({"sbc": sbc}, clock, patience=0.05))


def may(caller: Caller, *needs: Need) -> bool:
    return all(caller.permissions.allows(need) for need in needs)


async def test_a_role_of_the_exchange_is_never_more_than_the_role_that_bounds_it(people: People) -> None:
    ann, bob = await people.caller(ANN), await people.caller(BOB)
    assert may(ann, WRITES, API)
    assert not may(ann, ADMINISTRATION)
    assert not may(ann, MANAGES)
    assert may(bob, READS, API)
    assert not may(bob, WRITES), "the bound gives nothing by itself"
    assert ann.sources[0] == Source("ADMINISTRATOR", "U0ANN", "sbc", "OPERATOR")


async def test_the_exchange_is_asked_once_for_many_and_not_for_those_who_need_it_not(
    people: People, sbc: Exchange
) -> None:
    await people.caller(CARL)
    assert sbc.asked == 0
    await asyncio.gather(*(people.caller(one) for one in (ANN, BOB) * 100))
    assert sbc.asked == 1


async def test_a_copy_holds_five_minutes_and_then_what_changed_counts(
    people: People, sbc: Exchange, clock: MovableClock
) -> None:
    assert may(await people.caller(ANN), WRITES)
    sbc.document.pop(0)
    clock.advance(TTL - timedelta(seconds=1))
    assert may(await people.caller(ANN), WRITES)
    clock.advance(timedelta(seconds=1))
    assert not may(await people.caller(ANN), WRITES)
    assert sbc.asked == 2


async def test_when_a_button_is_pressed_the_exchange_is_asked_anew(people: People, sbc: Exchange) -> None:
    await people.caller(ANN)
    sbc.document.pop(0)
    assert not may(await people.caller(ANN, fresh=True), WRITES)
    assert sbc.asked == 2


@pytest.mark.parametrize("failure", [Unavailable("down"), SignInFailed("no")])
async def test_a_copy_that_cannot_be_refreshed_counts_for_reading_only_for_an_hour(
    people: People, sbc: Exchange, clock: MovableClock, failure: Exception
) -> None:
    await people.caller(ANN)
    sbc.failure = failure
    clock.advance(TTL)
    ann = await people.caller(ANN)
    assert may(ann, READS, API)
    assert not may(ann, WRITES)
    assert not may(ann, Need("userInterface", "ACCESS"))
    assert ann.doubt == (
        "sbc does not tell me its roles now, so roles read from it count for reading only; try again soon."
    )
    with pytest.raises(Unavailable, match="for reading only"):
        ann.require((WRITES,))
    clock.advance(LAST_GOOD - TTL)
    gone = await people.caller(ANN)
    assert gone.permissions == BUILT_IN_ROLES["VIEWER"].permissions, "what comes from elsewhere stays"
    assert "do not count" in gone.doubt
    sbc.failure = None
    clock.advance(PAUSE)
    assert may(await people.caller(ANN), WRITES)
    assert (await people.caller(ANN)).doubt == ""


async def test_an_exchange_that_was_never_reached_gives_nothing(people: People, sbc: Exchange) -> None:
    sbc.failure = Unavailable("down")
    ann = await people.caller(ANN)
    assert ann.permissions == BUILT_IN_ROLES["VIEWER"].permissions
    assert "do not count" in ann.doubt


async def test_one_that_fails_is_left_alone_for_a_moment_but_not_by_an_approval(
    people: People, sbc: Exchange, clock: MovableClock
) -> None:
    sbc.failure = Unavailable("down")
    for _ in range(5):
        await people.caller(ANN)
    assert sbc.asked == 1
    await people.caller(ANN, fresh=True)
    assert sbc.asked == 2
    clock.advance(PAUSE)
    await people.caller(ANN)
    assert sbc.asked == 3


async def test_one_that_hangs_holds_nobody_up(people: People, sbc: Exchange) -> None:
    sbc.hangs.clear()
    assert "do not count" in (await people.caller(ANN)).doubt


async def test_after_a_change_nothing_that_was_read_before_counts(people: People, sbc: Exchange) -> None:
    await people.caller(ANN)
    sbc.document.pop(0)
    people.roles_changed("sbc")
    assert not may(await people.caller(ANN), WRITES)
    sbc.failure = Unavailable("down")
    people.roles_changed("sbc")
    assert (await people.caller(ANN)).copies[0].as_of is None


async def test_what_was_asked_before_a_change_is_not_kept_as_the_last_good_copy(
    sbc: Exchange, clock: MovableClock
) -> None:
    copies = RoleCopies({"sbc": sbc}, clock)
    sbc.hangs.clear()
    early = asyncio.create_task(copies.told(["sbc"]))
    while not sbc.asked:
        await asyncio.sleep(0)
    copies.forget("sbc")
    sbc.hangs.set()
    await early
    sbc.failure = Unavailable("down")
    assert (await copies.told(["sbc"]))[0].roles == {}


async def test_an_id_that_two_roles_bear_means_nothing(people: People, sbc: Exchange) -> None:
    sbc.document.append(RoleDocument("CALL_HISTORY_EXPORTER", "Twin", {"administration": "ACCESS", "api": "ACCESS"}))
    assert (await people.caller(BOB)).permissions == BUILT_IN_ROLES["VIEWER"].permissions


async def test_a_role_that_the_exchange_has_not_gives_nothing_and_leaves_no_doubt(
    people: People, sbc: Exchange
) -> None:
    sbc.document.clear()
    ann = await people.caller(ANN)
    assert (ann.permissions, ann.doubt) == (BUILT_IN_ROLES["VIEWER"].permissions, "")


async def test_who_could_approve_counts_roles_of_the_exchange_and_says_when_it_cannot(
    sbc: Exchange, clock: MovableClock
) -> None:
    grant = Grant("ADMINISTRATOR", users=frozenset({"U0ANN", "U0BOB"}), from_="sbc", at_most="ADMINISTRATOR")
    policy = Policy(Rules(grants=(grant,)))
    people = People(Book(), lambda: policy, clock, copies=RoleCopies({"sbc": sbc}, clock))
    assert (await people.could_approve((ADMINISTRATION,), besides=ANN)).people == {"U0BOB"}
    sbc.failure = Unavailable("down")
    clock.advance(TTL)
    unknown = await people.could_approve((ADMINISTRATION,), besides=ANN)
    assert unknown.possible is None, "it is not known that there is nobody"


@pytest.mark.parametrize(
    ("area", "told", "bound", "left"),
    [
        ("monitoringMode", "READ_WRITE_ACCESS", "READ_ACCESS", Level.READ_ACCESS),
        ("monitoringMode", "READ_ACCESS", "READ_WRITE_ACCESS", Level.READ_ACCESS),
        ("monitoringMode", "SUPER_ACCESS", "READ_WRITE_ACCESS", Level.NO_ACCESS),
        ("monitoringMode", "ACCESS", "READ_WRITE_ACCESS", Level.NO_ACCESS),
        ("mediaRecording", "ACCESS", "READ_WRITE_ACCESS", Level.NO_ACCESS),
        ("mediaRecording", "READ_ACCESS", "ACCESS", Level.NO_ACCESS),
        ("api", "ACCESS", "NO_ACCESS", Level.NO_ACCESS),
        ("quantumMode", "ACCESS", "NO_ACCESS", Level.NO_ACCESS),
    ],
)
def test_a_bound_never_gives_a_level_that_was_not_told(area: str, told: str, bound: str, left: Level) -> None:
    rules = Rules(roles={"BOUND": Role("BOUND", "Bound", Permissions.of({area: bound}))})
    source = Source("X", "U0ANN", "sbc", "BOUND")
    found = Policy(rules).permissions([source], {"sbc": {"X": Permissions.of({area: told})}})
    assert found.level(area) is left
    assert Policy(rules).permissions([source]).held() == ()
