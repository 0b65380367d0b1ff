"""A management node made of the real django-tastypie, in a process of its own on loopback.

Only Tastypie's behaviour is real: the resources are written from seeds/002 (see tastypie_node). SQLite in a temporary
folder, gone with the process, which ends when its standard input does.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Self

from tests.fakes.pexip import PASSWORD

ROOT = Path(__file__).parents[2]
PER_MINUTE = 1000  # requests, as a real node allows


class TastypieServer:
    """Accounts as of simulated Pexip: slackbot may do everything, reader may read, nobody may do nothing."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.fakes.tastypie_node", PASSWORD],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        self.url = self._said()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate(timeout=20)

    def fresh(self) -> None:
        """Nothing in it but two locations, ids from 1 on, and nobody has asked anything yet."""
        self._order("fresh")

    def limit(self, per_minute: int = PER_MINUTE) -> None:
        """So many requests a minute and account, counted from now on."""
        self._order(f"limit {per_minute}")

    def _order(self, words: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(f"{words}\n")
        self._process.stdin.flush()
        assert self._said() == words

    def _said(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline().strip()
