"""In whose name something is done, for vendors that know people by their address."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from bot.capabilities import ASKED_BY, Asker
from bot.people import Caller


@contextmanager
def in_the_name_of(caller: Caller) -> Iterator[None]:
    """What is done inside is done for this person.

    Of strangers no address is used: what their profile says is their own workspace's word, not this one's.
    """
    known = None if caller.stranger or caller.bot or caller.deactivated else caller.email
    token = ASKED_BY.set(Asker(known))
    try:
        yield
    finally:
        ASKED_BY.reset(token)
