"""Writes what is generated from the code: manifest.yml, README's tables, those of docs. `--check` only compares."""

import re
import sys
from pathlib import Path
from typing import Any

import anynode_page
import pexip_page

from bot import app
from bot.capabilities import Backend, abilities_of
from bot.command import Command
from bot.commands import COMMANDS
from bot.grammar import usage

ROOT = Path(__file__).parent.parent


def commands_table() -> str:
    """Verb, what it does, how it is typed, the permission it needs."""
    rows = ["| verb | does | form | needs |", "|---|---|---|---|"]
    for command in COMMANDS:
        form = usage(command.name, command.args).replace("|", "\\|")
        rows.append(f"| {command.name} | {command.summary} | `{form}` | {_needed(command)} |")
    return "\n".join(rows)


def _needed(command: Command[Any, Any]) -> str:
    if command.permission is None:
        return "nothing"
    changing = f"; to change something: {command.writing.in_full}" if command.writing else ""
    return f"{command.permission.in_full}{changing}"


def abilities_table() -> str:
    """Ability × kind of back end."""
    kinds: dict[str, type[Backend]] = app.backend_kinds()
    abilities = list(dict.fromkeys(one for backend in kinds.values() for one in abilities_of(backend)))
    rows = [f"| | {' | '.join(kinds)} |", f"|---|{'---|' * len(kinds)}"]
    for ability in abilities:
        cells = " | ".join("yes" if issubclass(backend, ability) else "no" for backend in kinds.values())
        rows.append(f"| {ability.verb} | {cells} |")
    return "\n".join(rows)


def filled(text: str, name: str, content: str) -> str:
    """The text with the generated part of this name replaced."""
    pattern = rf"(<!-- generated: {name} -->\n).*?(<!-- end generated -->)"
    return re.sub(pattern, lambda found: f"{found[1]}{content}\n{found[2]}", text, count=1, flags=re.DOTALL)


def generated() -> dict[Path, str]:
    """Every generated file as it should be."""
    readme = (ROOT / "README.md").read_text()
    readme = filled(filled(readme, "commands", commands_table()), "abilities", abilities_table())
    page = ROOT / "docs" / "backends" / "pexip.md"
    pexip = filled(page.read_text(), "examples", pexip_page.examples_table())
    anynode = ROOT / "docs" / "backends" / "anynode.md"
    return {
        anynode: filled(anynode.read_text(), "operations", anynode_page.operations_table()),
        ROOT / "README.md": readme,
        ROOT / "manifest.yml": app.manifest_yaml(url=None, socket_mode=False),
        page: filled(pexip, "resources", pexip_page.resources_table()),
    }


def main() -> int:
    """Write, or with --check say what is stale."""
    stale = [path for path, text in generated().items() if not path.exists() or path.read_text() != text]
    for path in stale:
        if "--check" in sys.argv:
            print(f"{path.name} is not what the code says; run `make manifest`")
        else:
            path.write_text(generated()[path])
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
