"""The meeting page of simulated 8x8, as somebody sees it who followed a join link."""

from __future__ import annotations

from html import escape

from bot.play.vendors.jaas.meetings import Meeting, Presence

REASONS = {
    "tokenMissing": "This address alone lets nobody in; use the link that was made for you.",
    "tokenExpired": "This link has expired; ask for a new one.",
    "nbfFuture": "This link is not valid yet.",
    "roomMismatch": "This link belongs to another room.",
    "banned": "You were banned from this meeting service.",
    "full": "This meeting is full.",
}

# Asks now and then whether this person is still in, to say when they were removed.
WATCH = """
const here = location.pathname + "/presence/" + document.body.dataset.participant;
const watch = setInterval(async () => {
  const answer = await fetch(here).catch(() => null);
  if (answer && answer.status === 404) {
    clearInterval(watch);
    document.querySelector("main").innerHTML = "<h1>You are no longer in this meeting</h1>";
  }
}, 1000);
"""

LAYOUT = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><style>
body {{ margin: 0; min-height: 100vh; display: grid; place-items: center; background: #1c2025; color: #f2f3f4;
  font: 16px/1.5 system-ui, sans-serif; }}
main {{ max-width: 32rem; padding: 2rem; }}
button {{ font: inherit; padding: .6rem 1.4rem; border: 0; border-radius: .5rem; background: #cb2233; color: #fff; }}
button:focus-visible {{ outline: 3px solid #fff; }}
</style></head><body data-participant="{participant}"><main>{main}</main>{script}</body></html>
"""


def inside(meeting: Meeting, me: Presence) -> str:
    """The page of somebody who is in."""
    others = "".join(f"<li>{escape(one.name)}</li>" for one in meeting.people.values() if one is not me)
    main = (
        f"<h1>{escape(meeting.room)}</h1><p>You are in as <strong>{escape(me.name)}</strong>"
        f"{', moderator' if me.moderator else ''}.</p>"
        + (f"<p>Also in:</p><ul>{others}</ul>" if others else "<p>Nobody else is here yet.</p>")
        + f'<form method="post" action="{escape(meeting.room)}/presence/{me.participant_id}/leave">'
        "<button>Leave</button></form>"
    )
    return LAYOUT.format(
        title=escape(meeting.room), participant=me.participant_id, main=main, script=f"<script>{WATCH}</script>"
    )


def refused(reason: str) -> str:
    """The page of somebody who may not come in."""
    words = REASONS.get(reason, "This link is not valid.")
    main = f"<h1>Sorry, you're not allowed to join this call</h1><p>{words}</p><p><code>{escape(reason)}</code></p>"
    return LAYOUT.format(title="Not allowed", participant="", main=main, script="")


def left() -> str:
    """The page of somebody who pressed Leave."""
    return LAYOUT.format(title="You left", participant="", main="<h1>You left the meeting</h1>", script="")
