"""Who may do what, by Slack's word and the operator's grants: remembered, re-read when it matters, closed in doubt."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import MovableClock
from bot.errors import Refused, Unavailable
from bot.model import Person
from bot.people import GROUP_TTL, PROFILE_TTL, Directory, People, Profile, Workspace
from bot.policy import Grant, Need, Policy, Rules, Source

HOME = Workspace("T0HOME")
ANN, BOB, CARL = (Person("T0HOME", f"U0{name}") for name in ("ANN", "BOB", "CARL"))
MONITOR_WRITE = Need("monitoringMode", "READ_WRITE_ACCESS")
MONITOR_READ = Need("monitoringMode", "READ_ACCESS")
ADMINISTRATION = Need("administration", "ACCESS")
RULES = Rules(
    grants=(
        Grant("MEMBER", everyone=True),
        Grant("OPERATOR", usergroups=frozenset({"S0OPS"})),
        Grant("ADMINISTRATOR", users=frozenset({"U0BOB"}), usergroups=frozenset({"S0ADMINS"})),
    )
)


class Book(Directory):
    """A directory that is a book in memory, may be closed, and counts who looks into it."""

    def __init__(self) -> None:
        self.home = HOME
        self.profiles = {
            person.user_id: Profile(person, person.user_id[2:].title(), "Europe/Paris", language="fr")
            for person in (ANN, BOB, CARL)
        }
        self.groups = {"S0OPS": {"U0ANN"}, "S0ADMINS": {"U0CARL"}}
        self.closed = False
        self.groups_closed = False
        self.hangs = asyncio.Event()
        self.hangs.set()
        self.looks: list[str] = []

    def workspace(self) -> Workspace:
        return self.home

    async def profile(self, person: Person) -> Profile | None:
        self.looks.append(person.user_id)
        answer = self.profiles.get(person.user_id)
        await self.hangs.wait()
        if self.closed:
            raise Unavailable("Slack is down.")
        return answer

    async def group_members(self, group_id: str) -> frozenset[str]:
        self.looks.append(group_id)
        answer = frozenset(self.groups[group_id])
        await self.hangs.wait()
        if self.closed or self.groups_closed:
            raise Unavailable("Slack is down.")
        return answer

    def change(self, user_id: str, **facts: bool | str) -> None:
        self.profiles[user_id] = replace(self.profiles[user_id], **facts)  # type: ignore[arg-type]


@pytest.fixture
def book() -> Book:
    return Book()


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(datetime(2026, 11, 24, 9, tzinfo=UTC))


@pytest.fixture
def people(book: Book, clock: MovableClock) -> People:
    policy = Policy(RULES)
    return People(book, lambda: policy, clock, timezone="UTC", language="en")


def roles(sources: tuple[Source, ...]) -> set[str]:
    return {source.role for source in sources}


async def test_a_caller_has_the_roles_of_every_grant_that_names_them(people: People) -> None:
    ann, bob, carl = [await people.caller(person) for person in (ANN, BOB, CARL)]
    assert ann.sources == (Source("MEMBER", "everyone"), Source("OPERATOR", "S0OPS"))
    assert bob.sources == (Source("MEMBER", "everyone"), Source("ADMINISTRATOR", "U0BOB"))
    assert carl.permissions.allows(ADMINISTRATION)
    assert (ann.name, ann.tz, ann.language, ann.doubt) == ("Ann", "Europe/Paris", "fr", "")


async def test_time_zone_and_language_fall_back_to_the_configured_ones(people: People, book: Book) -> None:
    book.change("U0ANN", tz="", language="")
    ann = await people.caller(ANN)
    assert (ann.tz, ann.language) == ("UTC", "en")


@pytest.mark.parametrize("fact", ["guest", "stranger", "bot"])
async def test_guests_strangers_and_bots_have_only_the_roles_given_to_them_by_id(
    people: People, book: Book, fact: str
) -> None:
    book.change("U0ANN", **{fact: True})
    book.change("U0BOB", **{fact: True})
    ann, bob = await people.caller(ANN), await people.caller(BOB)
    assert (ann.sources, getattr(ann, fact)) == ((), True)
    assert bob.sources == (Source("ADMINISTRATOR", "U0BOB"),)


async def test_a_person_of_another_workspace_is_a_stranger(people: People) -> None:
    ann = await people.caller(Person("T0AWAY", "U0ANN"))
    assert (ann.stranger, ann.sources) == (True, ())


async def test_a_person_of_another_workspace_of_the_same_enterprise_is_at_home(people: People, book: Book) -> None:
    book.home = Workspace("T0HOME", "E0")
    ann = await people.caller(Person("T0OTHER", "U0ANN", "E0"))
    assert (ann.stranger, roles(ann.sources)) == (False, {"MEMBER", "OPERATOR"})


async def test_while_the_workspace_is_not_known_nobody_is_at_home(people: People, book: Book) -> None:
    book.home = Workspace("")
    assert (await people.caller(Person("", "U0ANN"))).stranger


async def test_a_deactivated_person_has_nothing_even_by_id(people: People, book: Book) -> None:
    book.change("U0BOB", deactivated=True)
    bob = await people.caller(BOB)
    assert (bob.sources, bob.permissions.held()) == ((), ())


async def test_somebody_whom_slack_does_not_know_has_only_the_roles_given_by_id(people: People, book: Book) -> None:
    book.profiles.clear()
    assert (await people.caller(ANN)).sources == ()
    assert roles((await people.caller(BOB)).sources) == {"ADMINISTRATOR"}


async def test_what_is_remembered_asks_slack_nothing(people: People, book: Book) -> None:
    first = await people.caller(ANN)
    book.looks.clear()
    assert await people.caller(ANN) is first
    assert book.looks == []


async def test_groups_are_read_again_after_their_time(people: People, book: Book, clock: MovableClock) -> None:
    await people.caller(ANN)
    book.groups["S0OPS"].clear()
    clock.advance(GROUP_TTL - timedelta(seconds=1))
    assert roles((await people.caller(ANN)).sources) == {"MEMBER", "OPERATOR"}
    clock.advance(timedelta(seconds=1))
    assert roles((await people.caller(ANN)).sources) == {"MEMBER"}


async def test_profiles_are_read_again_after_their_time(people: People, book: Book, clock: MovableClock) -> None:
    await people.caller(ANN)
    book.change("U0ANN", deactivated=True)
    clock.advance(PROFILE_TTL)
    assert (await people.caller(ANN)).deactivated


async def test_what_slack_says_has_changed_is_read_again(people: People, book: Book) -> None:
    await people.caller(ANN)
    book.groups["S0OPS"].clear()
    people.invalidate(group_id="S0OPS")
    assert roles((await people.caller(ANN)).sources) == {"MEMBER"}
    book.change("U0ANN", guest=True)
    people.invalidate(user_id="U0ANN")
    assert (await people.caller(ANN)).sources == ()


async def test_an_answer_from_before_a_change_is_not_remembered_after_it(people: People, book: Book) -> None:
    book.hangs.clear()
    early = asyncio.create_task(people.caller(ANN))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    book.change("U0ANN", guest=True)
    people.invalidate(user_id="U0ANN")
    book.hangs.set()
    assert not (await early).guest
    assert (await people.caller(ANN)).guest


async def test_many_who_ask_at_once_ask_slack_once(people: People, book: Book) -> None:
    book.hangs.clear()
    asking = [asyncio.create_task(people.caller(ANN)) for _ in range(20)]
    await asyncio.sleep(0.01)
    book.hangs.set()
    callers = await asyncio.gather(*asking)
    assert all(caller == callers[0] for caller in callers)
    assert sorted(book.looks) == ["S0ADMINS", "S0OPS", "U0ANN"]


async def test_one_who_gives_up_does_not_take_the_answer_from_the_others(people: People, book: Book) -> None:
    book.hangs.clear()
    first, second = asyncio.create_task(people.caller(ANN)), asyncio.create_task(people.caller(ANN))
    await asyncio.sleep(0.01)
    first.cancel()
    book.hangs.set()
    assert (await second).name == "Ann"


async def test_fresh_reads_what_is_remembered_again(people: People, book: Book) -> None:
    await people.caller(CARL)
    book.groups["S0ADMINS"].clear()
    assert not (await people.caller(CARL, fresh=True)).permissions.allows(ADMINISTRATION)
    assert not (await people.caller(CARL)).permissions.allows(ADMINISTRATION)


async def test_a_new_policy_counts_at_once(book: Book, clock: MovableClock) -> None:
    policies = [Policy(RULES)]
    people = People(book, lambda: policies[-1], clock)
    await people.caller(ANN)
    policies.append(Policy(Rules()))
    assert (await people.caller(ANN)).sources == ()


# --- when Slack is silent ------------------------------------------------------------------------------------------


async def test_roles_from_a_group_that_cannot_be_read_do_not_count(
    people: People, book: Book, clock: MovableClock
) -> None:
    await people.caller(ANN)
    book.groups_closed = True
    clock.advance(GROUP_TTL)
    ann = await people.caller(ANN)
    assert roles(ann.sources) == {"MEMBER"}
    ann.require([MONITOR_READ])
    with pytest.raises(Unavailable, match="user groups"):
        ann.require([MONITOR_WRITE], doing="remove people")
    book.groups_closed = False
    assert roles((await people.caller(ANN)).sources) == {"MEMBER", "OPERATOR"}


async def test_a_role_given_by_id_needs_no_answer_from_slack(people: People, book: Book) -> None:
    book.closed = True
    bob = await people.caller(BOB)
    assert (roles(bob.sources), bob.name, bob.tz) == ({"ADMINISTRATOR"}, "U0BOB", "UTC")
    bob.require([ADMINISTRATION])


async def test_an_approver_whose_profile_cannot_be_read_is_not_let_through(people: People, book: Book) -> None:
    await people.caller(BOB)
    book.closed = True
    with pytest.raises(Unavailable):
        await people.caller(BOB, fresh=True)


async def test_a_directory_that_hangs_counts_as_silent(book: Book, clock: MovableClock) -> None:
    policy = Policy(RULES)
    book.hangs.clear()
    with pytest.raises(Unavailable, match="in time"):
        await People(book, lambda: policy, clock, patience=0.05).caller(ANN, fresh=True)


async def test_whoever_lacks_a_permission_is_refused_and_told_whom_to_ask(people: People, book: Book) -> None:
    book.groups["S0OPS"].clear()
    ann = await people.caller(ANN)
    with pytest.raises(Refused) as caught:
        ann.require([MONITOR_WRITE], doing="remove people", ask=["U0SARA"])
    assert str(caught.value) == "You can't remove people here. It needs Monitoring Mode Read/Write; ask U0SARA."
    ann.require([MONITOR_WRITE], owner=True)


# --- who could approve ---------------------------------------------------------------------------------------------


async def test_those_who_could_approve_are_counted_without_the_requester(people: People) -> None:
    assert (await people.could_approve([ADMINISTRATION])).people == {"U0BOB", "U0CARL"}
    others = await people.could_approve([ADMINISTRATION], besides=BOB)
    assert others.people == {"U0CARL"}
    assert others.possible == 1


@pytest.mark.parametrize("fact", ["guest", "deactivated", "bot"])
async def test_those_who_have_left_or_are_guests_of_a_group_cannot_approve(
    people: People, book: Book, fact: str
) -> None:
    book.change("U0CARL", **{fact: True})
    assert (await people.could_approve([ADMINISTRATION], besides=BOB)).possible == 0


async def test_a_guest_who_has_the_role_by_id_could_approve(people: People, book: Book) -> None:
    book.change("U0BOB", guest=True)
    assert "U0BOB" in (await people.could_approve([ADMINISTRATION])).people


async def test_what_everyone_may_is_not_counted(people: People) -> None:
    assert (await people.could_approve([MONITOR_READ], besides=BOB)).possible is None


async def test_while_a_group_cannot_be_read_nobody_is_said_to_be_alone(people: People, book: Book) -> None:
    book.groups_closed = True
    approvers = await people.could_approve([ADMINISTRATION], besides=BOB)
    assert (approvers.people, approvers.possible) == (frozenset(), None)


async def test_the_remembered_answer_costs_microseconds(people: People) -> None:
    await people.caller(ANN)
    best = min([await _seconds_for_a_thousand(people) for _ in range(5)])
    assert best < 0.1  # under 100 µs each on the slowest machine; about 1 µs is usual


async def _seconds_for_a_thousand(people: People) -> float:
    started = time.perf_counter()
    for _ in range(1000):
        await people.caller(ANN)
    return time.perf_counter() - started
