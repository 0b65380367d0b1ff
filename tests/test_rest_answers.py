"""What a vendor's answer means to whoever asked, whatever the vendor."""

from __future__ import annotations

import pytest

from bot.errors import BackendError, BotError, NotFound, SignInFailed, Unavailable, UnknownOutcome
from bot.model import Risk
from bot.rest import Answer, raise_for

NOW = "Tue, 24 Nov 2026 10:00:00 GMT"


@pytest.mark.parametrize(
    ("given", "date", "seconds"),
    [
        ("30", NOW, 30),
        ("Tue, 24 Nov 2026 10:01:30 GMT", NOW, 90),
        ("Tue, 24 Nov 2026 09:00:00 GMT", NOW, 0),
        ("Tue, 24 Nov 2026 10:01:30 GMT", "", None),
        ("Tue, 24 Nov 2026 10:01:30 -0000", NOW, None),
        ("Tue, 24 Nov 2026 10:01:30 +9999999999999", NOW, None),
        ("soon", NOW, None),
        ("-1", NOW, None),
        ("9999999", NOW, None),
        ("", NOW, None),
    ],
)
def test_a_retry_after_is_read_in_both_its_forms(given: str, date: str, seconds: float | None) -> None:
    assert Answer("acme", 429, {"Retry-After": given, "Date": date}, b"").retry_after == seconds


@pytest.mark.parametrize(
    ("body", "kind", "page"),
    [
        (b"<html>", "text/html; charset=utf-8", True),
        (b"", "Text/HTML", True),
        (b"\n <!DOCTYPE html>", "text/plain", True),
        (b"{}", "application/json", False),
        (b"<ns1:XMLFault/>", "application/json", False),
        (b"", "", False),
    ],
)
def test_a_page_is_told_from_an_answer(body: bytes, kind: str, page: bool) -> None:
    assert Answer("acme", 200, {"Content-Type": kind}, body).is_page is page


@pytest.mark.parametrize(
    ("status", "risk", "error"),
    [
        (401, Risk.ONCE, SignInFailed),
        (403, Risk.READ, SignInFailed),
        (404, Risk.READ, NotFound),
        (409, Risk.ONCE, BackendError),
        (400, Risk.ONCE, BackendError),
        (429, Risk.ONCE, Unavailable),
        (500, Risk.READ, Unavailable),
        (500, Risk.REPEATABLE, UnknownOutcome),
        (503, Risk.ONCE, UnknownOutcome),
    ],
)
def test_a_status_means_the_same_for_every_vendor(status: int, risk: Risk, error: type[BotError]) -> None:
    with pytest.raises(BotError) as caught:
        raise_for(Answer("acme", status, {}, b"secret"), risk=risk, what="that room")
    assert type(caught.value) is error
    assert "secret" not in str(caught.value)


def test_a_2xx_raises_nothing() -> None:
    for status in (200, 204, 299):
        raise_for(Answer("acme", status, {}, b""), risk=Risk.ONCE)
