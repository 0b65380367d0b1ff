"""A room's policy (PIN, lobby, limit): kept by the bot, told to 8x8 when SETTINGS_PROVISIONING asks for it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.capabilities import Option
from bot.errors import BadInput
from bot.model import VendorRoom

LOBBIES = {"approval": "WAIT_FOR_APPROVAL", "moderator": "WAIT_FOR_MODERATOR"}
OPTIONS = (
    Option("pin", "4 to 12 digits that people must type to come in; off for none", secret=True),
    Option("lobby", "whether people wait outside until they are let in", choices=(*LOBBIES, "off")),
    Option("max", "how many people may be in at once, 2 to 500; off for the account's own limit"),
)


def changed(settings: Mapping[str, str], changes: Mapping[str, str]) -> dict[str, str]:
    """The settings with these changes. Raises BadInput for an unknown key or value."""
    kept = dict(settings)
    for key, value in changes.items():
        word = value.strip().lower()
        _check(key, word)
        if word == "off" and key != "lobby":
            kept.pop(key, None)
        else:
            kept[key] = word
    return kept


def room_with(name: str, settings: Mapping[str, str]) -> VendorRoom:
    """What `create` and `set` answer for a room with this policy."""
    facts = {
        "Lobby": settings.get("lobby"),
        "At most": settings.get("max"),
        "PIN": "set" if "pin" in settings else None,
    }
    return VendorRoom(
        vendor_id=name,
        name=name,
        kind="conference",
        facts={label: fact for label, fact in facts.items() if fact},
        secrets={"PIN": settings["pin"]} if "pin" in settings else {},
        settings=settings,
    )


def provisioning(settings: Mapping[str, str]) -> dict[str, object]:
    """The policy in 8x8's words: lobbyEnabled, lobbyType, passcode, maxOccupants; what is not set is left out."""
    told: dict[str, object] = {}
    if lobby := settings.get("lobby"):
        told["lobbyEnabled"] = lobby in LOBBIES
        if lobby in LOBBIES:
            told["lobbyType"] = LOBBIES[lobby]
    if pin := settings.get("pin"):
        told["passcode"] = pin
    if limit := settings.get("max"):
        told["maxOccupants"] = int(limit)
    return told


def _check(key: str, word: str) -> None:
    if key not in {option.key for option in OPTIONS}:
        raise BadInput(f"A JaaS room has no {key}=; it takes pin=, lobby= and max=.")
    if key == "lobby" and word not in {*LOBBIES, "off"}:
        raise BadInput("lobby= is approval, moderator or off.")
    if word == "off":
        return
    if key == "pin" and not re.fullmatch(r"[0-9]{4,12}", word):
        raise BadInput("pin= is 4 to 12 digits, or off.")
    if key == "max" and not (re.fullmatch(r"[0-9]{1,3}", word) and 2 <= int(word) <= 500):
        raise BadInput("max= is a number from 2 to 500, or off.")
