"""Which resource a related field speaks of. Tastypie's schema may not say, so it is read from the field's name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot.backends.pexip.catalogue import RESOURCES

# The last words of a field's name → the resource, where they are not the resource's own name.
ENDINGS: Mapping[str, str] = {
    "location": "system_location",
    "playlist": "media_library_playlist",
    "media": "media_library_entry",
    "theme": "ivr_theme",
    "branding": "webapp_branding",
    "aliases": "conference_alias",
    "endpoint_groups": "mjx_endpoint_group",
    "meeting_processing_rules": "mjx_meeting_processing_rule",
    "snmp_nms": "snmp_network_management_system",
    "entries": "media_library_playlist_entry",
    "exchange_deployment": "mjx_exchange_deployment",
    "graph_deployment": "mjx_graph_deployment",
    "google_deployment": "mjx_google_deployment",
}


def related_resource(name: str, said: Mapping[str, Any]) -> str:
    """The resource, or nothing where it cannot be told."""
    schema = str(said.get("related_schema") or said.get("related_resource") or "")
    for part in reversed(schema.split("/")):
        if part in RESOURCES:
            return part
    base = re.sub(r"_?[0-9]+$", "", name)
    candidates = [resource for resource in RESOURCES if _ends(base, resource) or _ends(base, _plural(resource))]
    if candidates:
        return max(candidates, key=len)
    return next(
        (resource for ending, resource in ENDINGS.items() if _ends(base, ending) or _ends(base, f"{ending}s")), ""
    )


def _ends(name: str, word: str) -> bool:
    return name == word or name.endswith(f"_{word}")


def _plural(word: str) -> str:
    if word.endswith("y"):
        return word[:-1] + "ies"
    return word + ("es" if word.endswith("s") else "s")
