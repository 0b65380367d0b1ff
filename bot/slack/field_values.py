"""What stands in the inputs of a modal, as the words that would be typed; and what stood there when it was opened."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Entry:
    """One field. An empty value: nothing is entered."""

    name: str
    value: str = field(repr=False)


Element = Mapping[str, Any]


def entered(view: Mapping[str, Any], *, initial: bool = False) -> Iterator[Entry]:
    """The fields in the modal's order, as they are now or (`initial`) as they were when it was opened."""
    state = (view.get("state") or {}).get("values") or {}
    for block in view.get("blocks") or ():
        element = block.get("element") if isinstance(block, Mapping) else None
        if not isinstance(element, Mapping):
            continue
        name = str(element.get("action_id"))
        now = (state.get(str(block.get("block_id"))) or {}).get(name) or {}
        read = READERS.get(str(element.get("type")), _text)
        yield Entry(name, read(_begun(element) if initial else now))


def _begun(element: Element) -> Element:
    """An element's initial values under the names that its present ones have."""
    names = {
        "initial_value": "value",
        "initial_option": "selected_option",
        "initial_options": "selected_options",
        "initial_date": "selected_date",
        "initial_time": "selected_time",
        "initial_date_time": "selected_date_time",
    }
    return {names[key]: value for key, value in element.items() if key in names}


def _text(one: Element) -> str:
    return str(one.get("value") or "").strip()


def _option(one: Element) -> str:
    return str((one.get("selected_option") or {}).get("value") or "")


def _options(one: Element) -> str:
    chosen: Sequence[Mapping[str, Any]] = one.get("selected_options") or ()
    return ",".join(str(option.get("value")) for option in chosen)


def _moment(one: Element) -> str:
    seconds = one.get("selected_date_time")
    return f"{datetime.fromtimestamp(int(seconds), UTC):%Y-%m-%dT%H:%M:%SZ}" if seconds else ""


def _files(one: Element) -> str:
    files: Sequence[Mapping[str, Any]] = one.get("files") or ()
    return ",".join(str(file.get("id")) for file in files)


READERS: Mapping[str, Callable[[Element], str]] = {
    "static_select": _option,
    "external_select": _option,
    "multi_external_select": _options,
    "checkboxes": lambda one: _options(one) or "no",
    "datetimepicker": _moment,
    "datepicker": lambda one: str(one.get("selected_date") or ""),
    "timepicker": lambda one: str(one.get("selected_time") or ""),
    "file_input": _files,
}
