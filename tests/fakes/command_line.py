"""The command line in this process: the same `main`, a folder and an environment of its own, what it said where."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog

from bot.cli import main

OURS = ("SLACK_", "MEETOPS_", "DATABASE_URL", "HOST", "PORT", "PUBLIC_URL", "LOG_", "PLAY_PORT")
TOKENS = {"SLACK_BOT_TOKEN": "xoxb-s3cret", "SLACK_SIGNING_SECRET": "s3cret-signing"}


@dataclass(frozen=True, slots=True)
class Said:
    """How a run ended."""

    status: int
    out: str
    err: str

    @property
    def line(self) -> str:
        """The one line on stderr of a run that failed; nothing else was said anywhere."""
        assert self.out == ""
        (line,) = self.err.splitlines()
        return line


@dataclass(frozen=True, slots=True)
class CommandLine:
    """Call it with the words that follow `meetops`; the keywords are environment variables."""

    folder: Path
    patch: pytest.MonkeyPatch
    capture: pytest.CaptureFixture[str]

    def __call__(self, *words: str, **environ: str) -> Said:
        """Run it to its end."""
        for name in [name for name in os.environ if name.startswith(OURS)]:
            self.patch.delenv(name)
        for name, value in {**TOKENS, **environ}.items():
            self.patch.setenv(name, value)
        self.patch.chdir(self.folder)
        self.patch.setattr("sys.argv", ["meetops", *words])
        self.capture.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        said = self.capture.readouterr()
        status = ended.value.code or 0
        assert isinstance(status, int)
        assert "Traceback" not in said.out + said.err
        assert "s3cret" not in said.out + said.err
        return Said(status, said.out, said.err)


@pytest.fixture
def meetops(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[CommandLine]:
    """The command line in this test's own folder."""
    yield CommandLine(tmp_path, monkeypatch, capsys)
    structlog.reset_defaults()  # `run` sends all logging to its stderr
