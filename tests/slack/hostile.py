"""Words that do harm where they are not shown literally, for property tests."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import settings
from hypothesis import strategies as st

from bot.model import JoinLink
from bot.reply import At, Button, Card, Code, Group, Line, Part, Place, Strong, User

patient = settings(deadline=None, max_examples=60)  # never a promise about a busy machine's speed
NASTY = (
    "<!channel>",
    "<!here|x>",
    "<@U0SARA>",
    "<!subteam^S0OPS>",
    "<https://evil.example|Join>",
    "&lt;!channel&gt;",
    "&" * 40,
    "<" * 3001,
    "a" * 20_000,
    "\u202edrawkcab\u202c",
    "\u200b\ufeff\u2060",
    "\ud800",
    "\x00\x1b[31m",
    "*bold* _it_ ~no~ `code`",
    ":skull: :+1:",
    "> quoted",
    "one\ntwo\r\nthree",
    "",
    " ",
    "👩‍👩‍👧‍👦🇷🇴",
)
words = st.one_of(
    st.sampled_from(NASTY), st.text(max_size=200), st.text(alphabet="<>&!@#|^*_~`: \n\u202e", max_size=60)
)
ids = st.one_of(st.from_regex(r"[UWSC][A-Z0-9]{2,10}", fullmatch=True), words)
moments = st.integers(0, 7_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
parts: st.SearchStrategy[Part] = st.one_of(
    words,
    words.map(Strong),
    words.map(Code),
    ids.map(User),
    ids.map(Group),
    ids.map(Place),
    st.builds(At, moments, st.sampled_from(["time", "full"])),
)
texts = st.lists(parts, max_size=6).map(tuple)
actions = st.sampled_from(["join", "run", "approve", "cancel_request"])
buttons = st.builds(
    Button,
    words,
    actions,
    value=words,
    style=st.sampled_from([None, "primary", "danger", "purple"]),
    confirm=st.none() | texts,
)
links = st.sampled_from(["https://8x8.vc/room?jwt=abc", f"https://8x8.vc/{'x' * 4000}"])
link_buttons = st.builds(
    Button, words, st.just("open"), link=st.builds(JoinLink, links, st.none(), personal=st.just(True))
)
lines = st.builds(Line, texts, st.lists(buttons, max_size=4).map(tuple), quiet=st.booleans())
cards = st.builds(Card, words, st.lists(lines, max_size=8).map(tuple), st.lists(buttons, max_size=4).map(tuple))
