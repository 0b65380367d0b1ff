"""The table of a vendor, and the session that all its back ends share."""

from __future__ import annotations

from collections.abc import AsyncIterator
from importlib import import_module

import aiohttp
import pytest

from tests.backends.contract.vendor import Vendor


@pytest.fixture(scope="module")
def vendor(request: pytest.FixtureRequest) -> Vendor:
    """Of the kind that is the test's parameter: a file here bears its name."""
    found: Vendor = import_module(f"{__package__}.{request.param}").VENDOR
    return found


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as opened:
        yield opened
