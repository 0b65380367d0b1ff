"""The client: attempts, their time, and what is known when the last one failed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

import aiohttp
import stamina
from yarl import URL

from bot.errors import BackendError, Unavailable
from bot.model import Risk
from bot.rest.address import address
from bot.rest.answer import Answer, unclear
from bot.rest.certificates import certificate_at, is_trusted_at
from bot.rest.downloads import Begin, Downloaded, NoAnswer, begun, is_file, piece_by_piece
from bot.rest.pace import Pace
from bot.rest.wire import BODY_LIMIT, Severed, Upload, body_of, options_of, sent_once

ATTEMPTS = 3  # of a call that may be repeated
LONGEST_WAIT = 2.0  # seconds; a longer Retry-After is told to the reader instead of waited for
BUSY = frozenset({429, 502, 503, 504})
FAILURES = {
    "certificate": "shows a certificate that the bot does not trust; see its ca_file setting.",
    "unreachable": "cannot be reached; try again in a moment.",
    "busy": "is busy with earlier requests; try again in a moment.",
    "timeout": "did not answer in time; try again in a moment.",
    "reset": "broke the connection; try again in a moment.",
    "size": f"answered more than {BODY_LIMIT // 1024**2} MiB.",
}

Observe = Callable[[str, str, int | str, float], None]  # back end, operation, status, seconds


@dataclass(frozen=True, slots=True)
class _Failure:
    """No whole answer. `written`: the vendor may have received the request and acted on it."""

    word: str  # a key of FAILURES, also for the metrics
    written: bool
    retry_after: float | None = None


class _Again(Exception):
    """This attempt failed in a way that another may mend, after so many seconds at least."""

    def __init__(self, wait: float | None) -> None:
        super().__init__("another attempt")
        self.wait = wait


@dataclass(frozen=True, slots=True)
class _Call:
    method: str
    url: URL = field(repr=False)
    operation: str
    seconds: float
    options: Mapping[str, Any] = field(repr=False)
    began: float = field(default_factory=time.perf_counter)

    @property
    def left(self) -> float:
        return self.began + self.seconds - time.perf_counter()


class Rest:
    """A vendor's HTTP interface at `base_url`. Session, TLS and address are injected; nothing is kept between calls."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        base_url: str,
        *,
        backend: str,
        timeout: float = 10.0,
        limit: int = 8,
        first_wait: float = 0.2,
        pace: Pace | None = None,
        observe: Observe | None = None,
    ) -> None:
        self.backend = backend
        self._session = session
        self._base = base_url.rstrip("/")
        self._timeout = timeout
        self._slots = asyncio.Semaphore(limit)
        self._first_wait = first_wait
        self._pace = pace
        self._observe = observe or (lambda *_: None)
        self._trust: aiohttp.Fingerprint | bool = True

    def elsewhere(self, base_url: str, *, fingerprint: bytes | None = None) -> Rest:
        """The same for another address; with the SHA-256 of its certificate, exactly that one is trusted there."""
        other = Rest(self._session, base_url, backend=self.backend, timeout=self._timeout, observe=self._observe)
        other._trust = aiohttp.Fingerprint(fingerprint) if fingerprint else True
        return other

    async def shown_certificate(self) -> bytes | None:
        """The SHA-256 of the certificate that is shown here, for somebody to compare. Nothing is sent."""
        return await certificate_at(self._session, self._base, seconds=self._timeout)

    async def is_trusted(self) -> bool:
        """Whether the certificate shown here passes the ordinary check."""
        return await is_trusted_at(self._session, self._base, seconds=self._timeout)

    async def download(
        self,
        method: str,
        *segments: str,
        operation: str,
        begin: Begin,
        most: int,
        json: object | None = None,
        headers: Mapping[str, str] | None = None,
        slash: bool = False,
    ) -> Downloaded | Answer:
        """Call once, and hand the file on that is answered; an Answer where it is none.

        Raises BrokenOff, Unavailable when nothing can have happened, UnknownOutcome when no answer came.
        """
        url, began = address(self._base, *segments, slash=slash), time.perf_counter()
        if not await self._slot(self._timeout):
            raise Unavailable(f"{self.backend} {FAILURES['busy']}")
        try:
            if self._pace and not await self._pace.take(self._timeout):
                raise Unavailable(f"{self.backend} {FAILURES['busy']}")
            response = await begun(self._session, method, url, json=json, headers=headers or {}, ssl=self._trust)
        except NoAnswer as failure:
            error = (
                unclear(self.backend) if failure.written else Unavailable(f"{self.backend} {FAILURES[failure.word]}")
            )
            raise error from None
        finally:
            self._slots.release()  # a long download holds up no other call
        async with response:
            self._observe(self.backend, operation, response.status, time.perf_counter() - began)
            if is_file(response.status, response.headers):
                return await piece_by_piece(response, begin, most=most)
            return Answer(self.backend, response.status, response.headers, await body_of(response) or b"")

    async def request(
        self,
        method: str,
        *segments: str,
        operation: str,
        risk: Risk,
        query: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        json: object | None = None,
        files: Mapping[str, Upload] | None = None,
        raw: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 (it bounds all attempts, not this coroutine)
        slash: bool = False,
        retry_statuses: frozenset[int] = BUSY,
    ) -> Answer:
        """Call the path made of these segments and return the answer, whatever its status (redirects excepted).

        Raises Unavailable when nothing can have happened (or `risk` is READ), UnknownOutcome when something may have.
        `timeout`: seconds for one attempt, and for the whole time in which another is begun. With `files` it is sent as
        multipart/form-data, `form` being further parts.
        """
        url = address(self._base, *segments, query=query, slash=slash)
        sent = {"json": json, "data": form if raw is None else raw, "files": files, "headers": headers}
        call = _Call(method=method, url=url, operation=operation, seconds=timeout or self._timeout, options=sent)
        first = await self._attempt(call)
        good = isinstance(first, Answer) and first.status not in retry_statuses
        if good or risk is Risk.ONCE or call.left <= 0:
            return self._conclude(first, risk, in_doubt=False)
        return await self._repeat(call, first, risk, retry_statuses)

    async def _repeat(self, call: _Call, result: Answer | _Failure, risk: Risk, again: frozenset[int]) -> Answer:
        first: Answer | _Failure | None = result
        in_doubt = False
        attempts = stamina.retry_context(
            on=_wait_before_next,
            attempts=ATTEMPTS,
            timeout=call.left,
            wait_initial=self._first_wait,
            wait_max=LONGEST_WAIT,
            wait_jitter=self._first_wait,
        ).with_name(f"{self.backend}.{call.operation}", (), {})
        try:
            async for attempt in attempts:
                with attempt:
                    in_doubt = in_doubt or (first is None and _may_have_acted(result))
                    result, first = first or await self._attempt(call), None
                    if isinstance(result, _Failure) or result.status in again:
                        raise _Again(result.retry_after)
        except _Again:
            # An earlier attempt may have arrived although the last one was turned away.
            in_doubt = in_doubt and risk is not Risk.READ
        else:
            result = replace(result, repeated=in_doubt) if isinstance(result, Answer) else result
            in_doubt = False
        return self._conclude(result, risk, in_doubt=in_doubt)

    def _conclude(self, result: Answer | _Failure, risk: Risk, *, in_doubt: bool) -> Answer:
        if in_doubt or (isinstance(result, _Failure) and result.written and risk is not Risk.READ):
            raise unclear(self.backend)
        if isinstance(result, _Failure):
            raise Unavailable(f"{self.backend} {FAILURES[result.word]}")
        if 300 <= result.status < 400:
            raise BackendError(f"{self.backend} answered with a redirect, which is not followed; check its base_url.")
        return result

    async def _attempt(self, call: _Call) -> Answer | _Failure:
        began = time.perf_counter()
        result: Answer | _Failure = _Failure("busy", written=False)
        if await self._slot(call.seconds):
            try:
                if self._pace is None or await self._pace.take(call.seconds):
                    result = await self._send(call)
            finally:
                self._slots.release()
        if self._pace and isinstance(result, Answer) and result.status == 429 and result.retry_after:
            self._pace.hold(result.retry_after)
        said = result.word if isinstance(result, _Failure) else result.status
        self._observe(self.backend, call.operation, said, time.perf_counter() - began)
        return result

    async def _slot(self, seconds: float) -> bool:
        """Take one of the calls that may be under way at once. False when none came free in time."""
        if not self._slots.locked():
            return await self._slots.acquire()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                return await self._slots.acquire()
        return False

    async def _send(self, call: _Call) -> Answer | _Failure:
        try:
            async with self._session.request(
                call.method,
                call.url,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=call.seconds, connect=min(3.0, call.seconds / 2)),
                middlewares=(sent_once,),
                ssl=self._trust,
                **options_of(**call.options),
            ) as response:
                body = await body_of(response)
                if body is None:
                    return _Failure("size", written=True)
                return Answer(self.backend, response.status, response.headers, body)
        except (aiohttp.ClientSSLError, aiohttp.ServerFingerprintMismatch):
            return _Failure("certificate", written=False)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            return _Failure("unreachable", written=False)
        except TimeoutError:
            return _Failure("timeout", written=True)
        except (Severed, aiohttp.ClientError, OSError):
            return _Failure("reset", written=True)


def _may_have_acted(result: Answer | _Failure) -> bool:
    """Whether the vendor may have done it although no success came back: a gateway's 504 proves nothing."""
    return result.written if isinstance(result, _Failure) else result.status >= 500


def _wait_before_next(error: Exception) -> bool | float:
    """stamina's hook: whether to try again, or after how many seconds."""
    if isinstance(error, _Again) and error.wait is not None:
        return error.wait <= LONGEST_WAIT and error.wait
    return isinstance(error, _Again)
