"""Writes what is generated from the code: manifest.yml, README's tables, those of docs. `--check` only compares."""

import re
import sys
from collections.abc import Callable
from pathlib import Path

import pexip_page

from bot import app
from bot.capabilities import Backend, Row, rows, why_not
from bot.commands import COMMANDS
from bot.grammar import usage

ROOT = Path(__file__).parent.parent
# The further tables of a back end's page: its part → what fills it.
TABLES: dict[str, dict[str, Callable[[], str]]] = {
    "pexip": {"examples": pexip_page.examples_table, "resources": pexip_page.resources_table},
}


def commands_table() -> str:
    """Verb, what it does, how it is typed, the permission it needs."""
    rows = ["| verb | does | form | needs |", "|---|---|---|---|"]
    for command in COMMANDS:
        form = usage(command.name, command.args).replace("|", "\\|")
        rows.append(f"| {command.name} | {command.summary} | `{form}` | {command.permission or 'nothing'} |")
    return "\n".join(rows)


def table() -> tuple[Row, ...]:
    """Every verb that a back end may lack, in the order of help."""
    return rows(((one.name, one.needs) for one in COMMANDS), app.backend_kinds().values())


def abilities_table() -> str:
    """Verb × kind of back end; each reason for a "no" is given once, below."""
    kinds = app.backend_kinds()
    reasons: list[str] = []
    lines = [f"| | {' | '.join(kinds)} |", f"|---|{'---|' * len(kinds)}"]
    for row in table():
        cells = [_cell(kind, row, reasons) for kind in kinds.values()]
        lines.append(f"| {row.words} | {' | '.join(cells)} |")
    return "\n".join([*lines, "", *(f"{number}. {reason}" for number, reason in enumerate(reasons, 1))])


def _cell(kind: type[Backend], row: Row, reasons: list[str]) -> str:
    if issubclass(kind, row.ability):
        return "yes"
    reason = why_not(kind, row.ability)
    if reason not in reasons:
        reasons.append(reason)
    return f"no ({reasons.index(reason) + 1})"


def abilities_of_one(kind: type[Backend]) -> str:
    """Verb → yes, or why not, for the page of one back end."""
    cells = {row.words: why_not(kind, row.ability) for row in table() if not issubclass(kind, row.ability)}
    lines = [f"| {row.words} | {'no: ' + cells[row.words] if row.words in cells else 'yes'} |" for row in table()]
    return "\n".join(["| verb | can it |", "|---|---|", *lines])


def filled(text: str, name: str, content: str) -> str:
    """The text with the generated part of this name replaced."""
    pattern = rf"(<!-- generated: {name} -->\n).*?(<!-- end generated -->)"
    return re.sub(pattern, lambda found: f"{found[1]}{content}\n{found[2]}", text, count=1, flags=re.DOTALL)


def generated() -> dict[Path, str]:
    """Every generated file as it should be."""
    readme = (ROOT / "README.md").read_text()
    files = {
        ROOT / "README.md": filled(filled(readme, "commands", commands_table()), "abilities", abilities_table()),
        ROOT / "manifest.yml": app.manifest_yaml(url=None, socket_mode=False),
    }
    for name, kind in app.backend_kinds().items():
        page = ROOT / "docs" / "backends" / f"{name}.md"
        text = filled(page.read_text(), "abilities", abilities_of_one(kind))
        for part, content in TABLES.get(name, {}).items():
            text = filled(text, part, content())
        files[page] = text
    return files


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
