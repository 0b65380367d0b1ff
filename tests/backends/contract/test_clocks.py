"""The bot's clock and the vendor's need not agree: what goes by them still works, or it is the clock that is named."""

from __future__ import annotations

from datetime import timedelta

import aiohttp
import pytest

from bot.errors import BotError, SignInFailed
from bot.model import Health
from tests.backends.contract.judge import unclean
from tests.backends.contract.test_contract import ending
from tests.backends.contract.vendor import KINDS, Vendor, made

every_vendor = pytest.mark.parametrize("vendor", KINDS, indirect=True)
A_LITTLE, MUCH = timedelta(seconds=50), timedelta(minutes=10)


async def endings(session: aiohttp.ClientSession, vendor: Vendor, ahead: timedelta) -> list[tuple[str, object]]:
    """How each operation ends where the vendor's clock is so far ahead."""
    found = []
    for operation in vendor.operations:
        async with vendor.stage() as stage:
            if stage.clock:
                stage.clock.advance(ahead)
            ended = await ending(operation, made(vendor, session, stage.url), stage.things)
        found.append((operation.name, ended))
    return found


@every_vendor
@pytest.mark.parametrize("ahead", [A_LITTLE, -A_LITTLE], ids=str)
async def test_clocks_that_are_a_little_off_change_nothing(
    session: aiohttp.ClientSession, vendor: Vendor, ahead: timedelta
) -> None:
    for name, ended in await endings(session, vendor, ahead):
        assert not isinstance(ended, BotError), f"{name}: {ended!r}"


@every_vendor
@pytest.mark.parametrize("ahead", [MUCH, -MUCH], ids=str)
async def test_clocks_that_are_far_off_matter_to_signed_tokens_alone_and_are_named(
    session: aiohttp.ClientSession, vendor: Vendor, ahead: timedelta
) -> None:
    off = f"{-ahead.total_seconds():+.0f} s off"
    for name, ended in await endings(session, vendor, ahead):
        assert not unclean(ended, vendor.secrets), name
        if isinstance(ended, Health):
            assert ended.ok or off in ended.problem, ended
        elif isinstance(ended, BotError):
            assert isinstance(ended, SignInFailed), f"{name}: {ended!r}"
            assert off in str(ended)
