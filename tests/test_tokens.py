"""What signing promises."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat

from bot.clock import MovableClock
from bot.errors import ConfigurationError
from bot.tokens import AdminToken, Signer, compact
from tests.fakes.jaas import KID, NOON, key, pem, public_pem


def signer(private_key: str | None = None) -> Signer:
    return Signer(pem() if private_key is None else private_key, kid=KID, source="backends.jaas.private_key_file")


def payload(token: str) -> dict[str, object]:
    claims: dict[str, object] = jwt.decode(
        token,
        public_pem(),
        algorithms=["RS256"],
        options={"verify_exp": False, "verify_nbf": False, "verify_aud": False},
    )
    return claims


@pytest.mark.parametrize("form", [PrivateFormat.TraditionalOpenSSL, PrivateFormat.PKCS8], ids=["PKCS#1", "PKCS#8"])
def test_both_forms_of_a_pem_key_sign(form: PrivateFormat) -> None:
    text = pem(form=form)
    assert ("BEGIN RSA PRIVATE KEY" in text) is (form is PrivateFormat.TraditionalOpenSSL)
    assert payload(signer(text).sign('{"a":1}')) == {"a": 1}


def test_the_header_is_that_of_the_seed_document() -> None:
    header = signer().sign("{}").split(".")[0]
    text = base64.urlsafe_b64decode(header + "==").decode()
    assert text == json.dumps({"alg": "RS256", "kid": KID, "typ": "JWT"}, separators=(",", ":"))


def test_the_same_claims_give_the_same_token_bit_for_bit() -> None:
    claims = '{"b": 1,  "a":"\\u00e9 é"}'
    assert signer().sign(claims) == signer(pem(form=PrivateFormat.TraditionalOpenSSL)).sign(claims)
    assert signer().sign(claims) != signer().sign(claims.replace("  ", " "))


def test_the_text_is_signed_as_it_stands() -> None:
    claims = '{"b": 1,  "a":"é"}'
    body = signer().sign(claims).split(".")[1]
    assert base64.urlsafe_b64decode(body + "==").decode() == claims


def _encrypted() -> str:
    return key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x")).decode()


def _elliptic() -> str:
    private = ec.generate_private_key(ec.SECP256R1())
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: public_pem(), "public key"),
        (lambda: pem(key(1024)), "1024 bits"),
        (_elliptic, "not an RSA key"),
        (_encrypted, "unencrypted"),
        (lambda: pem()[:200], "PEM"),
        (lambda: "s3cret words that are no key, by a slip of the hand", "PEM"),
        (lambda: "", "PEM"),
    ],
    ids=["public", "short", "elliptic", "encrypted", "cut", "text", "empty"],
)
def test_a_key_that_cannot_sign_stops_the_start_and_names_its_setting(make: Callable[[], str], words: str) -> None:
    given = make()
    with pytest.raises(ConfigurationError, match=r"^backends\.jaas\.private_key_file: ") as caught:
        signer(given)
    assert words in str(caught.value)
    assert caught.value.__context__ is None
    assert not given or given[-40:-30] not in str(caught.value)


def test_an_admin_token_is_valid_from_a_minute_ago_and_for_five_minutes_at_most() -> None:
    claims = payload(AdminToken(signer(), {"admin": True}, MovableClock(NOON)).value())
    noon = int(NOON.timestamp())
    assert claims == {"admin": True, "nbf": noon - 60, "exp": noon + 240}


def test_an_admin_token_is_kept_until_shortly_before_it_ends_then_signed_afresh() -> None:
    clock = MovableClock(NOON)
    token = AdminToken(signer(), {"admin": True}, clock)
    first = token.value()
    clock.advance(timedelta(seconds=200))
    assert token.value() == first
    clock.advance(timedelta(seconds=15))
    assert token.value() != first


def test_a_dropped_admin_token_is_not_handed_out_again() -> None:
    clock = MovableClock(NOON)
    token = AdminToken(signer(), {}, clock)
    first = token.value()
    clock.advance(timedelta(seconds=1))
    token.drop()
    assert token.value() != first


def test_an_admin_token_follows_a_clock_that_goes_back() -> None:
    clock = MovableClock(NOON)
    token = AdminToken(signer(), {}, clock)
    token.value()
    clock.advance(timedelta(hours=-1))
    assert payload(token.value())["nbf"] == int(NOON.timestamp()) - 3660


def test_nothing_of_a_key_stands_in_a_repr() -> None:
    assert repr(signer()) == f"Signer(kid={KID!r})"


def test_claims_become_the_shortest_text() -> None:
    assert compact({"a": "é", "b": [1, 2]}) == '{"a":"é","b":[1,2]}'
