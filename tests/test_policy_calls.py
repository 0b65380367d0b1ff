"""The dialling guard: what is never rung, what the operator lets through, and how often."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadInput
from bot.model import PhoneNumber
from bot.policy import Allow, CallCounts, Deny, Dialing, judge_counts, judge_number

EVERYWHERE = Dialing(allow=tuple(f"+{digit}" for digit in range(1, 10)))


def refusal(dialing: Dialing, number: str) -> Deny:
    decision = judge_number(dialing, PhoneNumber.parse(number))
    assert isinstance(decision, Deny), number
    return decision


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("+40 900 123 456", "premium-rate"),
        ("+33 899 12 34 56", "premium-rate"),
        ("+49 900 1234567", "premium-rate"),
        ("+44 909 8790000", "premium"),
        ("+44 7012 345678", "personal"),
        ("+1 900 555 0123", "premium-rate"),
        ("+1 212 976 0123", "premium-rate"),
        ("+979 1 2345 6789", "premium-rate"),
        ("+39 848 123 456", "shared-cost"),
        ("+808 1234 5678", "shared-cost"),
        ("+49 180 1 234567", "shared-cost"),
        ("+881 6 1234 5678", "satellite"),
        ("+870 773 123 456", "satellite"),
        ("+882 16 1234 5678", "satellite"),
        ("+883 5100 1234 5678", "satellite"),
        ("+800 1234 5678", "international networks"),
    ],
)
def test_some_numbers_are_refused_whatever_is_allowed(number: str, said: str) -> None:
    denied = refusal(EVERYWHERE, number)
    assert denied.rule == "always refused"
    assert said in denied.sentence


@pytest.mark.parametrize(
    ("e164", "said"),
    [
        ("+61000", "emergency"),
        ("+1911", "emergency"),
        ("+33112", "emergency"),
        ("+49110", "emergency"),
        ("+8610620000", "short"),
        ("+35353000", "short"),
    ],
)
def test_emergency_and_short_numbers_are_never_rung(e164: str, said: str) -> None:
    denied = judge_number(EVERYWHERE, PhoneNumber(e164))
    assert isinstance(denied, Deny)
    assert said in denied.sentence


@pytest.mark.parametrize(
    "number",
    [
        "+40747777777",
        "+33153123456",
        "+33112345678",
        "+442079460958",
        "+12125550123",
        "+880 2 1234 5678",
        "+886 2 2345 6789",
    ],
)
def test_ordinary_numbers_are_rung_where_their_prefix_is_allowed(number: str) -> None:
    assert isinstance(judge_number(EVERYWHERE, PhoneNumber.parse(number)), Allow)


def test_nothing_is_rung_while_no_prefix_is_allowed() -> None:
    assert refusal(Dialing(), "+40747777777").rule == "dialing.allow"


def test_a_number_outside_the_prefixes_is_told_which_there_are() -> None:
    assert "+33, +49" in refusal(Dialing(allow=("+33", "+49")), "+40747777777").sentence


def test_a_denied_prefix_wins_over_an_allowed_one() -> None:
    denied = refusal(Dialing(allow=("+40747",), deny=("+407",)), "+40747777777")
    assert denied.rule == "dialing.deny +407"


def test_the_caribbean_needs_its_own_prefix() -> None:
    jamaica = "+1 876 523 1234"
    assert "under +1" in refusal(Dialing(allow=("+1",)), jamaica).sentence
    assert judge_number(Dialing(allow=("+1876",)), PhoneNumber.parse(jamaica)) == Allow("dialing.allow +1876")


def test_a_refusal_does_not_repeat_the_number() -> None:
    assert "747777777" not in refusal(Dialing(allow=("+33",)), "+40747777777").sentence


@pytest.mark.parametrize(
    ("counts", "rule"),
    [
        (CallCounts(10, 0, 0), "dialing.per_user_per_hour 10"),
        (CallCounts(0, 50, 0), "dialing.per_room_per_day 50"),
        (CallCounts(0, 0, 200), "dialing.per_day 200"),
        (CallCounts(9, 49, 199), None),
    ],
)
def test_a_budget_that_is_used_up_is_named(counts: CallCounts, rule: str | None) -> None:
    decision = judge_counts(Dialing(), counts)
    assert (decision.rule if isinstance(decision, Deny) else None) == rule


def test_names_of_the_book_are_found_in_any_case() -> None:
    number = PhoneNumber("+33612345678")
    assert Dialing(book={"oncall": number}).named("OnCall") == number
    assert Dialing().named("oncall") is None


@given(st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True))
def test_every_number_gets_an_answer(text: str) -> None:
    try:
        number = PhoneNumber.parse(text)
    except BadInput:
        return
    assert isinstance(judge_number(EVERYWHERE, number), Allow | Deny)
    assert isinstance(judge_number(Dialing(), number), Deny)
