"""One world per test; `entrance` runs a test over signed HTTP and over Socket Mode."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fakes.world import World, world


@pytest.fixture
async def w(tmp_path: Path) -> AsyncIterator[World]:
    """The world over signed HTTP."""
    async with world(tmp_path) as one:
        yield one


@pytest.fixture(params=["http", "socket_mode"])
async def entrance(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    """The same world over each of the two ways into the bot."""
    async with world(tmp_path, socket_mode=request.param == "socket_mode") as one:
        yield one
