"""A real Chromium for the browser tests: found where it is, and said in one line where it is not."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import pytest
import pytest_asyncio
from _pytest.terminal import TerminalReporter
from playwright.async_api import Browser, async_playwright

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
ABSENT = "no Chromium on this machine (MEETOPS_CHROMIUM names one elsewhere)"


def chromium_path() -> str | None:
    """What MEETOPS_CHROMIUM names, and nothing else where it is set; or Debian's; or the first on PATH."""
    if named := os.environ.get("MEETOPS_CHROMIUM"):
        return named if Path(named).is_file() else None
    found = map(shutil.which, ("/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome"))
    return next(filter(None, found), None)


def pytest_collection_modifyitems(items: Iterable[pytest.Item]) -> None:
    if chromium_path() or os.environ.get("REQUIRE_BROWSER") == "1":
        return  # where it is required and missing, the `chromium` fixture fails each test
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason=ABSENT))


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    absent = [report for report in terminalreporter.stats.get("skipped", []) if ABSENT in str(report.longrepr)]
    if absent:
        names = ", ".join(sorted(report.nodeid.rsplit("::", 1)[-1] for report in absent))
        terminalreporter.write_line(f"{ABSENT}: {len(absent)} browser tests did not run: {names}", yellow=True)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """A headless Chromium for all browser tests of this process; each test opens its own context."""
    path = chromium_path()
    if path is None:
        pytest.fail("REQUIRE_BROWSER=1 and there is no Chromium", pytrace=False)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        await browser.close()
