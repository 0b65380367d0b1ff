"""Secrets in lines that are kept: sealed words say nothing and open for one person and one use alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadInput
from bot.grammar import quote, tokenize
from bot.seal import PREFIX, Seal, is_sealed, without_seals

USE = "pexip/http_proxy/password/T0/U0OMAR"


@given(st.text())
def test_what_is_sealed_opens_again_and_says_nothing(secret: str) -> None:
    seal = Seal("xoxb-1", "signing")
    word = seal.close(secret, USE)
    assert is_sealed(word)
    assert len(secret) < 4 or secret not in word
    assert seal.open(word, USE) == secret


@given(st.text(min_size=1))
def test_a_sealed_word_is_one_word_of_a_line(secret: str) -> None:
    word = Seal("xoxb-1").close(secret, USE)
    assert quote(word, value=True) == word
    [token] = tokenize(f"password={word}")
    assert token.text == word


@pytest.mark.parametrize("use", ["pexip/http_proxy/address/T0/U0OMAR", "pexip/http_proxy/password/T0/U0MIA", ""])
def test_for_another_field_or_person_it_stays_closed(use: str) -> None:
    seal = Seal("xoxb-1")
    with pytest.raises(BadInput, match="type it again"):
        seal.open(seal.close("hunter2", USE), use)


def test_another_bot_or_another_token_opens_nothing() -> None:
    with pytest.raises(BadInput):
        Seal("xoxb-2").open(Seal("xoxb-1").close("hunter2", USE), USE)


def test_a_restarted_bot_opens_what_it_sealed_before() -> None:
    assert Seal("xoxb-1", "s").open(Seal("xoxb-1", "s").close("hunter2", USE), USE) == "hunter2"


def test_without_credentials_nothing_outlives_the_process() -> None:
    with pytest.raises(BadInput):
        Seal("").open(Seal("").close("hunter2", USE), USE)


@given(st.text(alphabet="ABCabc019_-", max_size=60))
def test_what_was_tampered_with_is_refused(body: str) -> None:
    with pytest.raises(BadInput):
        Seal("xoxb-1").open(PREFIX + body, USE)


def test_the_same_secret_looks_different_each_time() -> None:
    seal = Seal("xoxb-1")
    assert seal.close("hunter2", USE) != seal.close("hunter2", USE)


def test_a_line_for_people_shows_dots() -> None:
    word = Seal("x").close("hunter2", USE)
    assert without_seals(f"config pexip http_proxy add password={word} name=P") == (
        "config pexip http_proxy add password=… name=P"
    )
