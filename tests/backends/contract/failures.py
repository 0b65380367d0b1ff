"""Every way in which a vendor may answer badly, and the outcomes that reading and writing may make of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from tests.fakes.raw_http import Request, Turn, answer

REFUSED = frozenset({"refused", "invalid", "not supported"})
NOT_THERE = REFUSED | {"not found"}
UNAVAILABLE = frozenset({"unavailable"})
UNKNOWN = frozenset({"unknown"})
BAIT = "s3cret"  # stands where no back end means to quote: in a traceback, in the head of a page
TRACE = {"traceback": {"frames": f"{BAIT} Tomcat"}}
PAGE = f"<html><head><title>{BAIT} stack trace</title></head><body class='{BAIT}'>Tomcat</body></html>".encode()
HOSTILE = "<!channel> *no*\r\n\x1b[31m\u202e\u2028 \ud800 " + "x" * 5000


@dataclass(frozen=True, slots=True)
class Failure:
    """One bad answer. `may_return`: some operation may take it for an answer."""

    name: str
    turn: Turn | Callable[[Request], Turn]
    read: frozenset[str]
    write: frozenset[str]
    may_return: bool = False
    quoted: bool = False  # the vendor's own words may be the end of the sentence

    def turn_for(self, request: Request) -> Turn:
        return self.turn if isinstance(self.turn, Turn) else self.turn(request)


def page(status: str) -> Turn:
    return Turn(answer(status, PAGE, Content_Type="text/html"))


def told(status: str, content: object = TRACE, **headers: str) -> Turn:
    return Turn(answer(status, json.dumps(content).encode(), Content_Type="application/json", **headers))


def worded(status: str, words: str) -> Turn:
    """The words wherever one of the vendors has its own."""
    result = {"type": "ERROR", "message": words}
    return told(
        status, {"error": words, "detail": words, "messageKey": words, "name": [words], "serviceResult": result}
    )


def echoed(request: Request) -> Turn:
    """What was sent, word for word: a validation that repeats what it did not like."""
    return worded("400 Bad Request", f"{request.target} {request.body.decode(errors='replace')}")


XML = Turn(answer("500 Oops", f"<ns1:XMLFault>{BAIT}</ns1:XMLFault>".encode(), Content_Type="application/json"))
INSIDE = Turn(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", close=True)
LATER = {"Date": "Fri, 01 Feb 2036 10:00:00 GMT", "Retry_After": "Fri, 01 Feb 2036 10:00:30 GMT"}
SLOW = Failure("slow", Turn(stall=5.0), UNAVAILABLE, UNKNOWN)
RESET = Failure("reset before the answer", Turn(close=True), UNAVAILABLE, UNKNOWN)
ERROR = Failure("500", told("500 Oops"), UNAVAILABLE, UNKNOWN)
HTML = Failure("HTML", page("200 OK"), REFUSED | UNAVAILABLE, UNKNOWN | UNAVAILABLE | REFUSED)
FORBIDDEN = Failure("403", told("403 Forbidden"), REFUSED, REFUSED)
BAD = (
    SLOW,
    RESET,
    Failure("reset inside the answer", INSIDE, UNAVAILABLE, UNKNOWN),
    Failure("no HTTP", Turn(b"220 smtp ESMTP\r\n\r\n", close=True), UNAVAILABLE, UNKNOWN),
    Failure("302", told("302 Found", Location=f"https://evil.example/{BAIT}"), REFUSED, REFUSED),
    Failure("400", told("400 Bad Request"), REFUSED, REFUSED),
    Failure("400 page", page("400 Bad Request"), REFUSED, REFUSED),
    Failure("400 in hostile words", worded("400 Bad Request", HOSTILE), REFUSED, REFUSED, quoted=True),
    Failure("400 that repeats what was sent", echoed, REFUSED, REFUSED, quoted=True),
    Failure("401", told("401 Unauthorized"), REFUSED, REFUSED),
    FORBIDDEN,
    Failure("404", told("404 Not Found"), NOT_THERE, NOT_THERE, may_return=True),
    Failure("404 page", page("404 Not Found"), NOT_THERE, NOT_THERE, may_return=True),
    Failure("409", told("409 Conflict"), REFUSED, REFUSED),
    Failure("429", told("429 Too Many Requests"), UNAVAILABLE, UNAVAILABLE),
    Failure("429 with Retry-After", told("429 Too Many Requests", Retry_After="30"), UNAVAILABLE, UNAVAILABLE),
    Failure("429 with Retry-After by a clock that is off", told("429 Busy", **LATER), UNAVAILABLE, UNAVAILABLE),
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
    "wrong types one level down": b'{"rooms":[{"name":7}],"participants":[{"identity":[],"name":{},"tracks":7}],'
    b'"results":[{"id":7,"slug":[],"url":{}}],"objects":[{"id":"x","name":[],"aliases":7}],"meta":{"total_count":1},'
    b'"userDTO":[{"id":[],"firstname":{}}],"roomDTO":[{"id":1,"name":[],"type":{}}],"sipNodes":[7]}',
    "numbers in a list": b"[1,null]",
    "wrong types in a list": b'[{"id":7,"displayName":null,"permissions":[],"countryCode":{},"formattedNumber":9}]',
}
ODD = tuple(
    Failure(name, Turn(answer("200 OK", body, Content_Type="application/json")), REFUSED, UNKNOWN | REFUSED, True)
    for name, body in ODD_BODIES.items()
)
EVERY = (*BAD, *ODD)
ALL = frozenset(one.name for one in EVERY)
FEW = (RESET, ERROR, HTML)  # for a request that another operation has shown to fail well, and for a vendor that is down
