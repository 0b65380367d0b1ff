"""Every way in which a vendor may answer badly, and the outcomes that reading and writing may make of it."""

from __future__ import annotations

import json
from dataclasses import dataclass

from tests.fakes.raw_http import Turn, answer

REFUSED = frozenset({"refused", "invalid", "not supported"})
NOT_THERE = REFUSED | {"not found"}
UNAVAILABLE = frozenset({"unavailable"})
UNKNOWN = frozenset({"unknown"})
SAID = {"message": "s3cret Tomcat", "path": "/s3cret"}


@dataclass(frozen=True, slots=True)
class Failure:
    """One bad answer. `may_return`: some operation may take it for an answer."""

    name: str
    turn: Turn
    read: frozenset[str]
    write: frozenset[str]
    may_return: bool = False


def page(status: str) -> Turn:
    return Turn(answer(status, b"<html>s3cret stack trace</html>", Content_Type="text/html"))


def told(status: str, **headers: str) -> Turn:
    return Turn(answer(status, json.dumps(SAID).encode(), Content_Type="application/json", **headers))


XML = Turn(answer("500 Oops", b"<ns1:XMLFault>s3cret</ns1:XMLFault>", Content_Type="application/json"))
SLOW = Failure("slow", Turn(stall=5.0), UNAVAILABLE, UNKNOWN)
RESET = Failure("reset before the answer", Turn(close=True), UNAVAILABLE, UNKNOWN)
INSIDE = Turn(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", close=True)
HTML = Failure("HTML", page("200 OK"), REFUSED | UNAVAILABLE, UNKNOWN | REFUSED)
ERROR = Failure("500", told("500 Oops"), UNAVAILABLE, UNKNOWN)
BAD = (
    SLOW,
    RESET,
    Failure("reset inside the answer", INSIDE, UNAVAILABLE, UNKNOWN),
    Failure("no HTTP", Turn(b"220 smtp ESMTP\r\n\r\n", close=True), UNAVAILABLE, UNKNOWN),
    Failure("302", told("302 Found", Location="https://evil.example/s3cret"), REFUSED, REFUSED),
    Failure("400", told("400 Bad Request"), REFUSED, REFUSED),
    Failure("400 page", page("400 Bad Request"), REFUSED, REFUSED),
    Failure("401", told("401 Unauthorized"), REFUSED, REFUSED),
    Failure("403", told("403 Forbidden"), REFUSED, REFUSED),
    Failure("404", told("404 Not Found"), NOT_THERE, NOT_THERE, may_return=True),
    Failure("404 page", page("404 Not Found"), NOT_THERE, NOT_THERE, may_return=True),
    Failure("409", told("409 Conflict"), REFUSED, REFUSED),
    Failure("429", told("429 Too Many Requests"), UNAVAILABLE, UNAVAILABLE),
    Failure("429 with Retry-After", told("429 Too Many Requests", Retry_After="30"), UNAVAILABLE, UNAVAILABLE),
    ERROR,
    Failure("500 page", page("500 Oops"), UNAVAILABLE, UNKNOWN),
    Failure("500 XML that says it is JSON", XML, UNAVAILABLE, UNKNOWN),
    Failure("502", told("502 Bad Gateway"), UNAVAILABLE, UNKNOWN),
    Failure("503", page("503 Busy"), UNAVAILABLE, UNKNOWN),
    Failure("504", told("504 Gateway Timeout"), UNAVAILABLE, UNKNOWN),
    HTML,
)
ODD_BODIES = {
    "empty": b"",
    "cut-off JSON": b'{"roomDTO":{"id":1,"na',
    "a list": b"[]",
    "null": b"null",
    "a number": b"7",
    "deep": b"[" * 100_000,
    "not UTF-8": b'{"id":"\xff\xfe"}',
    "an id that is none": b'{"id":"../1","roomDTO":{"id":"../1","name":"x","type":"CONFERENCE"}}',
    "another root": b'{"other":{}}',
    "texts under the roots": b'{"serviceResult":"x","roomDTO":"x","userDTO":"x","recordingDTO":"x","id":{},'
    b'"results":"x","rooms":"x","participants":"x","track":"x","objects":"x","meta":"x","access_token":{}}',
    "nulls under the roots": b'{"serviceResult":null,"roomDTO":null,"userDTO":null,"recordingDTO":null,"id":null,'
    b'"results":null,"rooms":null,"participants":null,"objects":null,"meta":null,"access_token":null}',
    "numbers under the roots": b'{"serviceResult":1,"roomDTO":[1],"userDTO":[1],"recordingDTO":[1],"id":"../1",'
    b'"results":[1],"rooms":[1],"participants":[1],"objects":[1],"meta":{"total_count":"x"},"expires_in":"x"}',
    "numbers in a list": b"[1,null]",
    "wrong types in a list": b'[{"id":7,"displayName":null,"permissions":[],"countryCode":{},"formattedNumber":9}]',
}
ODD = tuple(
    Failure(name, Turn(answer("200 OK", body, Content_Type="application/json")), REFUSED, UNKNOWN | REFUSED, True)
    for name, body in ODD_BODIES.items()
)
EVERY = (*BAD, *ODD)
FEW = (RESET, ERROR, HTML)  # for a request that another operation has shown to fail well
