"""Simulated La Suite Meet as somebody sees it who opened a room's address."""

from __future__ import annotations

from html import escape

LAYOUT = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><style>
body {{ margin: 0; min-height: 100vh; display: grid; place-items: center; background: #f4f4fb; color: #1b1b35;
  font: 16px/1.5 system-ui, sans-serif; }}
main {{ max-width: 32rem; padding: 2rem; }}
label {{ display: block; margin: .8rem 0; }}
input {{ font: inherit; padding: .5rem; }}
button {{ font: inherit; padding: .6rem 1.4rem; border: 0; border-radius: .3rem; background: #000091; color: #fff; }}
button:focus-visible, input:focus-visible {{ outline: 3px solid #0a76f6; }}
</style></head><body><main>{main}</main></body></html>
"""


def door(slug: str) -> str:
    """Before one is in."""
    main = (
        f"<h1>{escape(slug)}</h1>"
        '<form method="post"><label>Your name <input name="name" required></label>'
        '<label><input type="checkbox" name="account"> I have an account here</label><button>Join</button></form>'
    )
    return LAYOUT.format(title=escape(slug), main=main)


def inside(slug: str, name: str, *, waits: bool) -> str:
    """In, or in the lobby."""
    where = "You wait in the lobby. Somebody inside has to let you in." if waits else "You are in."
    main = f"<h1>{escape(slug)}</h1><p>{where} You are here as <strong>{escape(name)}</strong>.</p>"
    return LAYOUT.format(title=escape(slug), main=main)


def unknown() -> str:
    """An address that leads nowhere."""
    return LAYOUT.format(title="No such room", main="<h1>There is no such room</h1>")
