"""The web app of simulated Pexip, as somebody sees it who opened a room's address."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

# Asks now and then whether this leg is still in, to say when it was removed or let in.
WATCH = """
const here = document.body.dataset.leg;
let state = document.body.dataset.state;
const watch = setInterval(async () => {
  const answer = await fetch(here).catch(() => null);
  if (!answer) return;
  if (answer.status === 404) {
    clearInterval(watch);
    document.querySelector("main").innerHTML = "<h1>You are no longer in this meeting</h1>";
  } else if ((await answer.text()) !== state) {
    clearInterval(watch);
    document.querySelector("main h1").textContent = "You were let in";
  }
}, 1000);
"""

LAYOUT = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><style>
body {{ margin: 0; min-height: 100vh; display: grid; place-items: center; background: #0a2136; color: #f2f5f7;
  font: 16px/1.5 system-ui, sans-serif; }}
main {{ max-width: 32rem; padding: 2rem; }}
label {{ display: block; margin: .8rem 0; }}
input {{ font: inherit; padding: .5rem; border-radius: .4rem; border: 1px solid #7b94a8; width: 100%; }}
button {{ font: inherit; padding: .6rem 1.4rem; border: 0; border-radius: .5rem; background: #0a7ea3; color: #fff; }}
button:focus-visible, input:focus-visible {{ outline: 3px solid #fff; }}
</style></head><body data-leg="{leg}" data-state="{state}"><main>{main}</main>{script}</body></html>
"""


def door(alias: str, *, asks_pin: bool, refused: str = "") -> str:
    """Before one is in: name and, where the room has one, PIN."""
    pin = '<label>PIN <input name="pin" type="password" inputmode="numeric" autocomplete="off"></label>'
    main = (
        f"<h1>Join {escape(alias)}</h1>"
        + (f'<p role="alert">{escape(refused)}</p>' if refused else "")
        + '<form method="post"><label>Your name <input name="name" required></label>'
        + (pin if asks_pin else "")
        + "<button>Join</button></form>"
    )
    return LAYOUT.format(title=f"Join {escape(alias)}", leg="", state="", main=main, script="")


def inside(*, room: str, name: str, leg: str, role: str, waits: bool, others: Sequence[str]) -> str:
    """The page of somebody who is in, or waits before the door."""
    listed = "".join(f"<li>{escape(other)}</li>" for other in others)
    word = "host" if role == "chair" else "guest"
    main = (
        f"<h1>{'Waiting to be let in' if waits else escape(room)}</h1>"
        f"<p>You are here as <strong>{escape(name)}</strong>, {word}.</p>"
        + (f"<p>Also in:</p><ul>{listed}</ul>" if listed and not waits else "")
        + f'<form method="post" action="/webapp/leg/{leg}/leave"><button>Leave</button></form>'
    )
    state = "waiting" if waits else "in"
    script = f"<script>{WATCH}</script>"
    return LAYOUT.format(title=escape(room), leg=f"/webapp/leg/{leg}", state=state, main=main, script=script)


def unknown() -> str:
    """The page of an address that leads nowhere."""
    main = "<h1>There is no such conference</h1><p>Check the address, or wait a minute if the room is new.</p>"
    return LAYOUT.format(title="No such conference", leg="", state="", main=main, script="")


def left() -> str:
    """The page of somebody who pressed Leave."""
    return LAYOUT.format(title="You left", leg="", state="", main="<h1>You left the meeting</h1>", script="")
