"""The promises a newcomer relies on: where things are, that imports point down, that documents follow the code."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from bot.commands import COMMANDS
from bot.errors import BotError

ROOT = Path(__file__).parent.parent
MODULES = sorted((ROOT / "bot").rglob("*.py"))


def test_imports_point_down() -> None:
    result = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_stays_short_enough_to_read(module: Path) -> None:
    assert len(module.read_text().splitlines()) <= 300


def test_every_command_file_is_in_the_registry() -> None:
    files = {path.stem for path in (ROOT / "bot" / "commands").glob("*.py")} - {"__init__"}
    assert files == {command.name for command in COMMANDS}


def test_every_failure_a_person_may_see_descends_from_one_class() -> None:
    tree = ast.parse((ROOT / "bot" / "errors.py").read_text())
    names = {node.name for node in tree.body if isinstance(node, ast.ClassDef)} - {"BotError", "ConfigurationError"}
    import bot.errors

    assert all(issubclass(getattr(bot.errors, name), BotError) for name in names)


def test_there_is_one_broad_except_in_the_program() -> None:
    found = [
        module.name
        for module in MODULES
        for node in ast.walk(ast.parse(module.read_text()))
        if isinstance(node, ast.ExceptHandler) and (node.type is None or ast.unparse(node.type) == "Exception")
    ]
    assert found == ["tasks.py"]


def test_the_generated_files_follow_the_code() -> None:
    result = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "generate.py"), "--check"], cwd=ROOT, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stdout + result.stderr
