"""For whom something is done: their address, where a vendor knows people by it, and their language."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from bot.capabilities import ASKED_BY, ASKED_IN, Asker
from bot.people import Caller


@contextmanager
def in_the_name_of(caller: Caller) -> Iterator[None]:
    """What is done inside is done for this person, and a vendor's own words come in their language.

    Of strangers no address is used: what their profile says is their own workspace's word, not this one's.
    """
    known = None if caller.stranger or caller.bot or caller.deactivated else caller.email
    by, language = ASKED_BY.set(Asker(known)), ASKED_IN.set(caller.language)
    try:
        yield
    finally:
        ASKED_BY.reset(by)
        ASKED_IN.reset(language)
