"""Hostile input: every string is either refused or understood, and what is understood reads back the same."""

from __future__ import annotations

import time
from dataclasses import replace

from hypothesis import example, given
from hypothesis import strategies as st

from bot.errors import BadInput
from bot.grammar import parse, quote, redacted, tokenize
from tests.test_grammar import VERBS

PIECES = st.sampled_from(
    [
        *(
            '"',
            "“",
            "”",
            "'",
            "‘",
            "’",
            "\\",
            " ",
            "\u00a0",
            "\u200b",
            "\n",
            "=",
            "/",
            "|",
            "—",
            "--",
            "(",
            ")",
            "@",
            "#",
        ),
        *("<", ">", "&", ";", "&lt;", "&gt;", "&amp;", "<@U0ANN|ann>", "<@U0ANN>", "<#C0GEN|general>", "<!here>"),
        *("<tel:+40747777777|+40 747 777 777>", "<mailto:a@b.org|a@b.org>", "<https://x.org/?a=1&amp;b=2|x>"),
        *("<http://x.org|x.org>", "<!subteam^S0OPS|@ops>", "<@", "<!", "<tel:", "+40", "747 777 777", "+40747777777"),
        *(
            "id:",
            "id:7",
            "all",
            "for=",
            "for=10m",
            "why=",
            "quiet=yes",
            "as=host",
            "pin=",
            "jaas/",
            "a",
            "B",
            "7",
            "é",
            "😀",
        ),
    ]
)
VERB = st.sampled_from([*VERBS, "now", "remove", "KICK", "kik", ""])
LINES = st.builds(
    lambda verb, glue, pieces: f"{verb} {glue.join(pieces)}",
    VERB,
    st.sampled_from(["", " "]),
    st.lists(st.one_of(PIECES, st.text(max_size=5)), max_size=10),
)


@given(st.one_of(LINES, st.text(), st.builds(lambda verb, rest: f"{verb} {rest}", VERB, st.text())))
@example('create "a\\"')
@example("can <@U0ANN> \ud800")
@example("kick 'a' 'b'c'")
@example('rooms "\\\\"x"')
def test_every_string_is_refused_or_reads_back_the_same(text: str) -> None:
    try:
        parsed = parse(text, VERBS)
    except BadInput:
        return
    assert parse(parsed.line, VERBS) == parsed


@given(st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs", "Cf", "Zs", "Zl", "Zp"]) | st.just(" ")))
def test_a_quoted_text_is_one_word_that_says_the_text(text: str) -> None:
    tokens = tokenize(quote(text))
    assert [token.text for token in tokens] == [text]
    assert tokens[0].key is None


@given(st.lists(PIECES, max_size=4).map(" ".join))
def test_a_number_that_was_understood_is_masked_in_the_redacted_line(text: str) -> None:
    try:
        parsed = parse(f"dial {text} +40747777777", VERBS)
    except BadInput:
        return
    assert "747777777" not in redacted(parsed.verb, replace(parsed.args, room=None, name=None))


def test_the_longest_hostile_lines_are_read_at_once() -> None:
    started = time.perf_counter()
    for piece in ("'a ", '"a" ', "<@", "<tel:|", "&lt;", "+4 ", "a=", "\\", "<https://x|", "id: "):
        try:
            parse("kick " + piece * (7000 // len(piece)), VERBS)
        except BadInput:
            continue
    assert time.perf_counter() - started < 3
