"""Where Chromium is missing, a run says in one line what it did not test; where it is required, that is a failure."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
TESTS = "tests/browser/test_page_conversation.py"


def run(**environ: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "invited", TESTS]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "REQUIRE_BROWSER"))}
    return subprocess.run(
        command, cwd=ROOT, env={**kept, "MEETOPS_CHROMIUM": "/nowhere", **environ}, capture_output=True, text=True
    )


def test_the_browser_tests_that_did_not_run_are_named_in_one_line() -> None:
    done = run()
    assert done.returncode == 0
    (line,) = [line for line in done.stdout.splitlines() if "did not run" in line]
    assert "1 browser tests" in line
    assert "test_the_bot_is_invited_into_a_channel" in line


def test_where_a_browser_is_required_its_absence_is_a_failure() -> None:
    done = run(REQUIRE_BROWSER="1")
    assert done.returncode == 1
    assert "there is no Chromium" in done.stdout
