"""What the vendor panel shows of credentials: their first letters, wherever they stand."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from bot.play.exchange import Exchange, masked
from bot.play.masking import cut, cut_authorization, mask_body, mask_fields

SID = "f134c08b-5d96-460e-ad77-2a43e15911c1"


def test_a_long_secret_shows_six_letters() -> None:
    assert cut(SID) == "f134c0…"


def test_a_short_secret_shows_no_more_than_a_quarter_of_itself() -> None:
    assert [cut(secret) for secret in ("123456", "pw", "")] == ["1…", "…", "…"]


def test_an_authorization_header_never_shows_its_credential() -> None:
    assert cut_authorization("Basic c2VjcmV0LXZhbHVlOnNlY3JldC12YWx1ZQ==") == "Basic c2Vjcm…"
    assert cut_authorization("rawsecretwithoutscheme") == "…"
    assert cut_authorization("") == ""


def test_a_session_in_a_query_is_cut_and_the_rest_stays_as_it_went() -> None:
    assert mask_fields(f"sid={SID}&room=%7B%22a%22%3A+1%7D") == "sid=f134c0…&room=%7B%22a%22%3A+1%7D"


def test_a_password_in_a_login_form_is_cut() -> None:
    assert mask_body("user=soap&pass=correct-horse-battery") == "user=soap&pass=corre…"


def test_a_field_whose_name_only_ends_like_a_secrets_stays() -> None:
    assert mask_fields("bypass=yes&insid=1") == "bypass=yes&insid=1"


def test_secrets_inside_json_are_cut_at_any_depth() -> None:
    body = json.dumps({"jwt": SID, "settings": [{"passcode": "12345678", "lobbyEnabled": True}]})
    assert json.loads(mask_body(body)) == {"jwt": "f134c0…", "settings": [{"passcode": "12…", "lobbyEnabled": True}]}


def test_a_number_that_is_a_pin_is_cut_like_text() -> None:
    assert json.loads(mask_body('{"pin": 12345678}')) == {"pin": "12…"}


@pytest.mark.parametrize("body", ["hello", "", '{"room":  "a"}', '{"hash": ""}', "[1, 2]", "<html>"])
def test_what_holds_no_secret_stays_letter_for_letter(body: str) -> None:
    assert mask_body(body) == body


def test_an_exchange_is_masked_in_its_query_and_both_bodies() -> None:
    whole = Exchange(
        at=datetime(2026, 11, 24, tzinfo=UTC),
        backend="jaas",
        method="POST",
        path="/hooks/jaas",
        query=f"sid={SID}",
        request=f"secure={SID}",
        status=200,
        response=json.dumps({"passcode": SID}),
    )
    assert repr(masked(whole)).count("f134c0…") == 3
    assert SID not in repr(masked(whole))
