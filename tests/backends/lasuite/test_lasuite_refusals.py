"""The answers recorded from a running La Suite Meet (backends/recordings/lasuite.md), and what is made of each."""

from __future__ import annotations

import json

import pytest

from bot.backends.lasuite.refusals import check, check_token, spent
from bot.errors import BackendError, BadInput, BotError, NoAccess, NotFound, NotSupported, SignInFailed, Unavailable
from bot.errors import UnknownOutcome as Unknown
from bot.model import Risk
from bot.rest import Answer

PAGE = '\n<!doctype html>\n<html lang="en">\n<head>\n  <title>Bad Request (400)</title>\n</head>'


def answered(status: int, body: object) -> Answer:
    text = body if isinstance(body, str) else json.dumps(body)
    kind = "text/html; charset=utf-8" if text.lstrip().startswith("<") else "application/json"
    return Answer("visio", status, {"Content-Type": kind}, text.encode())


ROOMS = [
    (401, {"detail": "Authentication credentials were not provided."}, SignInFailed, "bot's own application", True),
    (401, {"detail": "Token expired."}, SignInFailed, "Token expired", True),
    (401, {"detail": "Invalid token."}, SignInFailed, "Invalid token", True),
    (401, {"error": "Invalid token."}, SignInFailed, "Invalid token", True),  # as seeds/004 has it
    (401, {"detail": "Resource Server is improperly configured"}, SignInFailed, "improperly", True),
    (401, {"detail": "User not found."}, NoAccess, "Your account at visio does not exist", True),
    (401, {"detail": "User account is disabled."}, NoAccess, "Your account at visio is disabled", True),
    (401, {"detail": "Application is disabled."}, SignInFailed, "Application is disabled", True),
    (400, PAGE, SignInFailed, "refused the token", True),
    (403, {"detail": "Insufficient permissions. Required scope: rooms:create"}, SignInFailed, "rooms:create", True),
    (403, {"detail": "Insufficient permissions. Required scope: 'rooms:xxxx'"}, SignInFailed, "rooms:xxxx", True),
    (403, {"detail": "Insufficient permissions."}, SignInFailed, "lacks the scope for this", True),
    (403, {"detail": "You do not have permission to perform this action."}, NoAccess, "no role in that room", False),
    (404, {"detail": "No Room matches the given query."}, NotFound, "does not know that room", False),
    (404, {"detail": "Not found."}, NotFound, "does not know that room", False),
    (404, "<html><h1>Not Found</h1></html>", BackendError, "no external API", False),
    (405, {"detail": 'Method "PATCH" not allowed.'}, NotSupported, "does not offer that yet", False),
    (400, {"access_level": ['"open" is not a valid choice.']}, BadInput, 'access level: "open" is not', False),
    (400, {"configuration": [{"type": "extra_forbidden", "msg": "Extra inputs are not permitted", "input": "x"}]},
     BadInput, "configuration: Extra inputs are not permitted", False),
    (400, {"detail": "JSON parse error - Expecting value"}, BadInput, "JSON parse error", False),
    (415, {"detail": "Unsupported media type"}, BackendError, "did not accept", False),
    (429, "", Unavailable, "busy", False),
    (500, "<html><h1>Server Error (500)</h1></html>", Unknown, "no clear answer", False),
]  # fmt: skip
TOKEN = [
    (401, {"detail": "Invalid credentials"}, SignInFailed, "Invalid credentials"),
    (401, {"detail": "Application is inactive"}, SignInFailed, "Application is inactive"),
    (404, {"detail": "User not found."}, NoAccess, "Nobody at visio has your e-mail address"),
    (404, {"error": "User not found."}, NoAccess, "Nobody at visio"),  # before 1.1.0
    (404, {"detail": "Not found."}, BackendError, "APPLICATION_ENABLED"),
    (403, {"error": "This application is not authorized for this email domain."}, NoAccess, "e-mail domain"),
    (400, {"error": "Scope should be a valid email address."}, NoAccess, "valid email address"),
    (400, {"client_id": ["This field is required."]}, BackendError, "did not understand the request for a token"),
    (409, {"error": "Failed to create or retrieve provisional user."}, NoAccess, "whose account"),
    (500, "<html></html>", Unavailable, "failed"),
]


@pytest.mark.parametrize(("status", "body", "error", "words", "fresh"), ROOMS)
def test_every_recorded_refusal_of_the_rooms_is_told_apart(
    status: int, body: object, error: type[BotError], words: str, fresh: bool
) -> None:
    one = answered(status, body)
    assert spent(one) is fresh
    with pytest.raises(error, match=words):
        check(one, risk=Risk.ONCE)


@pytest.mark.parametrize(("status", "body", "error", "words"), TOKEN)
def test_every_recorded_refusal_of_a_token_is_told_apart(
    status: int, body: object, error: type[BotError], words: str
) -> None:
    with pytest.raises(error, match=words):
        check_token(answered(status, body))


def test_a_servers_words_are_cut_and_made_plain() -> None:
    hostile = "a\u202eb\n" + "x" * 1000
    with pytest.raises(BadInput) as failed:
        check(answered(400, {"access_level": [hostile]}), risk=Risk.ONCE)
    assert "\u202e" not in str(failed.value)
    assert len(str(failed.value)) < 400


@pytest.mark.parametrize("body", ["[]", "null", '"x"', "{", '{"detail": 7}', '{"detail": {"a": []}}', "[" * 5000])
def test_a_refusal_of_any_shape_is_a_sentence(body: str) -> None:
    for status in (400, 401, 403, 404, 405, 409, 418, 500):
        for look in (lambda one: check(one, risk=Risk.READ), check_token):
            with pytest.raises(BotError):
                look(answered(status, body))
