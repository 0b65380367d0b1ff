"""For whom something is done: set around it, put back after it, and never a stranger's own word."""

from __future__ import annotations

from typing import Any

import pytest

from bot.capabilities import ASKED_BY, ASKED_IN, Asker
from bot.dispatch.asking import in_the_name_of
from bot.model import Person
from bot.people import Caller
from bot.policy import Permissions


def caller(**more: Any) -> Caller:
    return Caller(
        person=Person("T0MEETOPS", "U0MIA"),
        name="Mia",
        tz="Europe/Paris",
        email="mia@meetops.example",
        language="fr",
        permissions=Permissions({}),
        sources=(),
        **more,
    )


def test_inside_it_is_this_person_in_their_language_and_after_it_nobody() -> None:
    with in_the_name_of(caller()):
        assert (ASKED_BY.get(), ASKED_IN.get()) == (Asker("mia@meetops.example"), "fr")
        with in_the_name_of(caller(stranger=True)):
            assert ASKED_BY.get() == Asker(None)
        assert ASKED_BY.get() == Asker("mia@meetops.example")
    assert (ASKED_BY.get(), ASKED_IN.get()) == (None, "")


@pytest.mark.parametrize("who", ["stranger", "bot", "deactivated"])
def test_some_addresses_are_not_relied_on(who: str) -> None:
    with in_the_name_of(caller(**{who: True})):
        assert ASKED_BY.get() == Asker(None)


def test_a_failure_inside_leaves_nobody_behind() -> None:
    with pytest.raises(ValueError, match="broken"), in_the_name_of(caller()):
        raise ValueError("broken")
    assert ASKED_BY.get() is None


def test_an_address_is_not_in_a_repr() -> None:
    assert "mia@" not in repr(Asker("mia@meetops.example"))
