"""Every shape of refusal that a management node was recorded to answer becomes one sentence without a secret."""

from __future__ import annotations

import aiohttp
import pytest

from bot.backends.pexip.failures import NotAccepted, messages
from bot.backends.pexip.paths import Command, configuration
from bot.errors import BackendError, BadInput, BotError, NotFound, SignInFailed, Unavailable, UnknownOutcome
from bot.model import Risk
from bot.rest import Answer
from tests.fakes.pexip import nothing, said, transport_at
from tests.fakes.raw_http import RawServer, Turn, answer

PAGE = b"\n<!doctype html>\n<html lang='en'><title>Not Found</title><h1>Not Found</h1></html>"
SORRY = {"error_message": "Sorry, this request could not be processed. Please try again later."}


async def refusal(session: aiohttp.ClientSession, turn: Turn, fields: dict[str, object] | None = None) -> BotError:
    """What a create that is answered so raises."""
    async with RawServer([turn]) as server:
        with pytest.raises(BotError) as caught:
            await transport_at(session, server.url).create(configuration("conference"), fields or {"name": "VMR_1"})
    assert len(server.requests) == 1
    return caught.value


RECORDED = {
    "one field": (
        {"conference": {"service_type": ["Value 'webinar' is not a valid choice."]}},
        "pexip did not accept it: service type: Value 'webinar' is not a valid choice.",
    ),
    "two fields": (
        {
            "conference": {
                "name": ["Conference with this Name already exists."],
                "pin": ["Length: 4-20 digits, including any terminal #."],
            }
        },
        "pexip did not accept it: name: Conference with this Name already exists.; "
        "pin: Length: 4-20 digits, including any terminal #.",
    ),
    "bare fields": ({"alias": ["a", "b"]}, "pexip did not accept it: alias: a b"),
    "the whole": (
        {"conference": {"__all__": ["A Host PIN is needed."]}},
        "pexip did not accept it: A Host PIN is needed.",
    ),
    "a sentence": ({"error": "Request is not valid JSON."}, "pexip did not accept it: Request is not valid JSON."),
    "escaped": (
        {"error": "Invalid offset '-1' provided. Please provide a positive integer &gt;= 0."},
        "pexip did not accept it: Invalid offset '-1' provided. Please provide a positive integer >= 0.",
    ),
    "a list as text": (
        {"error": "['“junk” value must be either True or False.']"},
        "pexip did not accept it: “junk” value must be either True or False.",
    ),
    "a command": (
        {"status": "failure", "error": "Failed to find participant x"},
        "pexip did not accept it: Failed to find participant x",
    ),
    "a command's message": ({"status": "failure", "message": "No."}, "pexip did not accept it: No."),
}


@pytest.mark.parametrize(("body", "sentence"), RECORDED.values(), ids=list(RECORDED))
async def test_a_refusal_is_said_with_the_messages_of_its_fields(
    session: aiohttp.ClientSession, body: object, sentence: str
) -> None:
    error = await refusal(session, said(body, "400 Bad Request"))
    assert isinstance(error, BadInput)
    assert str(error) == sentence


async def test_a_form_gets_each_fields_messages_of_its_own(session: aiohttp.ClientSession) -> None:
    error = await refusal(session, said({"conference": {"name": ["Taken."], "pin": ["Short."]}}, "400 Bad Request"))
    assert isinstance(error, NotAccepted)
    assert error.fields == {"name": ("Taken.",), "pin": ("Short.",)}


NO_WORDS = {
    "empty 401": (nothing("401 Unauthorized"), SignInFailed, "signed out, or its role there does not permit it"),
    "empty 403": (nothing("403 Forbidden"), SignInFailed, "does not permit"),
    "empty 404": (nothing("404 Not Found"), NotFound, "does not know that resource"),
    "page 404": (Turn(answer("404 Not Found", PAGE)), NotFound, "has no such resource"),
    "empty 405": (Turn(answer("405 Method Not Allowed", b"GET", Allow="GET")), BackendError, "does not offer that"),
    "sorry 415": (said(SORRY, "415 Unsupported Media Type"), BackendError, r"did not accept the request \(status 415"),
    "sorry 400": (said(SORRY, "400 Bad Request"), BackendError, r"did not accept the request \(status 400"),
    "page 400": (Turn(answer("400 Bad Request", PAGE)), BackendError, "status 400"),
    "empty 409": (nothing("409 Conflict"), BackendError, "conflicts"),
    "empty 429": (nothing("429 Too Many Requests"), Unavailable, "busy; try again in a moment"),
    "429": (nothing("429 Too Many Requests", Retry_After="17"), Unavailable, "busy; try again in 17 s"),
    "sorry 500": (said(SORRY, "500 Internal Server Error"), UnknownOutcome, "may or may not have taken effect"),
    "empty 503": (nothing("503 Service Unavailable"), UnknownOutcome, "may or may not have taken effect"),
    "a redirect": (Turn(answer("301 Moved", Location="/elsewhere")), BackendError, "redirect, which is not followed"),
    "not JSON at all": (Turn(answer("400 Bad Request", b"\xff[{")), BackendError, "status 400"),
    "very deep": (Turn(answer("400 Bad Request", b"[" * 100_000)), BackendError, "status 400"),
}


@pytest.mark.parametrize(("turn", "kind", "words"), NO_WORDS.values(), ids=list(NO_WORDS))
async def test_a_refusal_without_words_says_what_its_status_means(
    session: aiohttp.ClientSession, turn: Turn, kind: type[BotError], words: str
) -> None:
    error = await refusal(session, turn)
    assert isinstance(error, kind)
    with pytest.raises(kind, match=words):
        raise error
    assert "<" not in str(error)


async def test_a_failed_reading_may_be_tried_again(session: aiohttp.ClientSession) -> None:
    async with RawServer([said(SORRY, "500 Internal Server Error")]) as server:
        with pytest.raises(Unavailable):
            await transport_at(session, server.url).read(configuration("conference").one("1"))


async def test_a_pin_that_the_node_repeats_is_not_repeated_by_the_bot(session: aiohttp.ClientSession) -> None:
    body = {"conference": {"pin": ["'73311337' is too easy.", "73311337 again"], "name": ["73311337-team is fine"]}}
    fields: dict[str, object] = {"name": "x", "pin": "73311337", "devices": [{"password": "hush-hush"}]}
    error = await refusal(session, said(body, "400 Bad Request"), fields)
    assert "73311337" not in str(error)
    hushed = await refusal(session, said({"error": "hush-hush"}, "400 Bad Request"), fields)
    assert "hush" not in str(hushed)


async def test_a_long_complaint_is_cut_and_line_ends_are_gone(session: aiohttp.ClientSession) -> None:
    error = await refusal(session, said({"error": "no\r\n\x1b[31m\u202e" + "x" * 5000}, "400 Bad Request"))
    assert len(str(error)) < 400
    assert str(error).isprintable()


async def test_a_page_in_place_of_an_answer_to_a_command_leaves_it_unknown(session: aiohttp.ClientSession) -> None:
    async with RawServer([Turn(answer("200 OK", b"<html>Please sign in to the guest network</html>"))]) as server:
        with pytest.raises(UnknownOutcome):
            await transport_at(session, server.url).command(
                Command("conference", "lock"), {"conference_id": "x"}, risk=Risk.REPEATABLE
            )
        with pytest.raises(BackendError, match="not JSON"):
            await transport_at(session, server.url).read(configuration("conference").one("1"))


def test_messages_of_a_whole_refusal_stand_under_no_field() -> None:
    answered = Answer("pexip", 401, {}, b'{"error": "invalid_client", "error_description": "Audience doesn\'t match"}')
    assert messages(answered) == {"": ("Audience doesn't match",)}
