"""What people call themselves at a vendor is theirs to choose: it is plain, storable text wherever the bot has it."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.capabilities import KnowsParticipants
from bot.rest import plain
from tests.backends.contract.vendor import KINDS, Vendor

JOINERS = "\u200c\u200d"  # Persian words and emoji are written with them
every_vendor = pytest.mark.parametrize("vendor", KINDS, indirect=True)


@every_vendor
def test_a_back_end_that_knows_people_says_how_it_is_told_their_names(vendor: Vendor) -> None:
    assert bool(vendor.people) is issubclass(KINDS[vendor.kind], KnowsParticipants)


@every_vendor
@given(name=st.text(st.characters(), max_size=20))
@example(name="<!channel> <@U0SARA> *a*\r\n> b")
@example(name="Ann\u202e\u2066 Lee\x00\x1b[31m\ud800")
@example(name="x" * 10_000)
@example(name="علی\u200cرضا 👩\u200d🚀")
def test_a_name_holds_nothing_that_cannot_be_seen_stored_or_typed(vendor: Vendor, name: str) -> None:
    for told in vendor.people:
        shown = told(name).name
        assert all(one.isprintable() or one in JOINERS for one in shown)
        assert len(shown) <= 200
        assert shown.encode().decode() == shown
        assert plain(name, 200) in {shown, ""}
