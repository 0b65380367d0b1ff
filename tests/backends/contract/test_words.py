"""Whatever stands in an id or a name, no request reaches further than the one thing that was meant."""

from __future__ import annotations

import re
from itertools import product

import aiohttp
import pytest

from bot.errors import BotError
from tests.backends.contract.exchanges import Relay
from tests.backends.contract.judge import unclean
from tests.backends.contract.vendor import KINDS, Vendor, made

WAYS_UP = ("", ".", "..", "/", "a/b", "../2", "2/..", "//evil.example/", "http://evil.example", "\\", "..;/2")
WAYS_OUT = ("?x", "2?x", "2?sid=x", "#", "2#", ";2", "2;4", "2,4", "*", "%", "_", "2&x=1")
ENCODED = ("%2e%2e", "%2F", "..%2f", "%00", "a%0d%0ab")
NO_NUMBERS = ("0", "02", "-2", "２", "٢", "9" * 30, "2/close", "set", "schema", "user-2", "slack/..")
UNSEEN = (" ", "a\nb", "\x00", "\ud800", "\u202eevil", "\u2028", "e\u0301💥", "vmr_1 ", "VMR\u200b_1")
OTHERS = ("VMR_1", "Ann")  # what there is, named where an id of another kind belongs
MARKS = ("<!channel>", "<@U0SARA>", "*a*\n> b", "x" * 10_000)
WORDS = (*WAYS_UP, *WAYS_OUT, *ENCODED, *NO_NUMBERS, *UNSEEN, *OTHERS, *MARKS)


@pytest.mark.parametrize("vendor", KINDS, indirect=True)
async def test_no_words_reach_further_than_what_was_meant(session: aiohttp.ClientSession, vendor: Vendor) -> None:
    wrong: list[str] = []
    async with vendor.stage() as stage, Relay(upstream=stage.url) as relay:
        bot, before = made(vendor, session, relay.url), stage.kept()
        for reach, words in product(vendor.reaches, WORDS):
            relay.exchanges.clear()
            found: list[str] = []
            try:
                await reach.do(bot, stage.things, words)
            except BotError as error:
                found = unclean(error, vendor.secrets, quoted=True)
            sent = [" ".join(one.place) for one in relay.exchanges]
            found += [one for one in sent if not re.fullmatch(rf"{reach.allowed}|{vendor.always}", one)]
            found += [f"{before} became {stage.kept()}"] if stage.kept() != before else []
            wrong += [f"{reach.method} {words[:50]!r}: {one}" for one in found]
    assert not wrong, "\n".join(wrong)
