"""The pages of simulated OpenMeetings, as somebody sees them who followed a join link."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

# Asks now and then whether this window is still in, to say when it was removed.
WATCH = """
const here = document.body.dataset.window;
const watch = setInterval(async () => {
  const answer = await fetch(here).catch(() => null);
  if (answer && answer.status === 404) {
    clearInterval(watch);
    document.querySelector("main").innerHTML = "<h1>You are no longer in this room</h1>";
  }
}, 1000);
"""

LAYOUT = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><style>
body {{ margin: 0; min-height: 100vh; display: grid; place-items: center; background: #20313b; color: #f2f4f5;
  font: 16px/1.5 system-ui, sans-serif; }}
main {{ max-width: 32rem; padding: 2rem; }}
button {{ font: inherit; padding: .6rem 1.4rem; border: 0; border-radius: .5rem; background: #b8292f; color: #fff; }}
button:focus-visible {{ outline: 3px solid #fff; }}
</style></head><body data-window="{window}"><main>{main}</main>{script}</body></html>
"""


def inside(*, room: str, name: str, uid: str, moderator: bool, others: Sequence[str]) -> str:
    """The page of somebody who is in."""
    listed = "".join(f"<li>{escape(other)}</li>" for other in others)
    main = (
        f"<h1>{escape(room)}</h1><p>You are in as <strong>{escape(name)}</strong>"
        f"{', moderator' if moderator else ''}.</p>"
        + (f"<p>Also in:</p><ul>{listed}</ul>" if listed else "<p>Nobody else is here yet.</p>")
        + f'<form method="post" action="window/{uid}/leave"><button>Leave</button></form>'
    )
    return LAYOUT.format(title=escape(room), window=f"window/{uid}", main=main, script=f"<script>{WATCH}</script>")


def refused(reason: str) -> str:
    """The page of somebody who may not come in."""
    main = f"<h1>Access denied</h1><p>{escape(reason)}</p>"
    return LAYOUT.format(title="Access denied", window="", main=main, script="")


def left() -> str:
    """The page of somebody who pressed Leave."""
    return LAYOUT.format(title="You left", window="", main="<h1>You left the room</h1>", script="")
