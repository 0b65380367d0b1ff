"""Slack's Web API: one connection pool with its own time limits, nothing sent twice, who the bot is asked once.

`AsyncWebClient` by itself opens a connection per call; given a session it ignores its own timeout; it posts again when
a connection breaks, and gives up at the first 429 (measured with slack-sdk 3.47.0, tests/slack/test_traps_web_api.py).
"""

from __future__ import annotations

import asyncio
import logging
from time import perf_counter
from typing import Any

import aiohttp
import structlog
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.errors import ConfigurationError
from bot.metrics import Metrics

log = structlog.get_logger(__name__)

TIMEOUT = aiohttp.ClientTimeout(total=10.0, connect=3.0)
LONGEST_WAIT = 3.0  # seconds; a longer Retry-After is the caller's to schedule
# Slack's words for a token that no further attempt will make good (slack docs, auth.test and apps.connections.open).
REFUSED = frozenset(
    {
        "invalid_auth",
        "not_authed",
        "account_inactive",
        "token_revoked",
        "token_expired",
        "no_permission",
        "missing_scope",
        "not_allowed_token_type",
        "app_deactivated",
        "org_login_required",
        "ekm_access_denied",
        "access_denied",
    }
)
UNREACHABLE = (SlackClientError, aiohttp.ClientError, OSError, TimeoutError)


def new_session(*, timeout: aiohttp.ClientTimeout = TIMEOUT) -> aiohttp.ClientSession:
    """The one session for all calls to Slack; whoever opens it closes it."""
    return aiohttp.ClientSession(timeout=timeout, cookie_jar=aiohttp.DummyCookieJar())


def library_logger(name: str, level: int) -> logging.Logger:
    """A logger for Slack's libraries, at `level` or quieter.

    They compare `logger.level` themselves: left at NOTSET they format every body, and Bolt copies root's level.
    """
    logger = logging.getLogger(name)
    logger.setLevel(max(logger.level, level))
    return logger


class WebClient(AsyncWebClient):
    """Slack's own client, made to keep the rules above. Raises one of UNREACHABLE (SlackApiError is one of them)."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        token: str | None,
        api_url: str,
        metrics: Metrics,
        proxy: str | None = None,
    ) -> None:
        super().__init__(
            token=token,
            base_url=api_url,
            session=session,
            logger=library_logger("slack_sdk", logging.WARNING),
            retry_handlers=[ShortRateLimit()],
        )
        self.proxy = proxy  # the constructor above takes it from the environment
        self._metrics = metrics

    async def api_call(self, api_method: str, **more: Any) -> AsyncSlackResponse:  # noqa: ANN401 (Slack's signature)
        """Call one method and count it by Slack's own word for how it went."""
        began, outcome = perf_counter(), "unreachable"
        try:
            answer = await super().api_call(api_method, **more)
            outcome = "ok"
        except SlackApiError as error:
            outcome = error_word(error)
            raise
        except AttributeError:
            # What the SDK makes of a 200 that is not a JSON object.
            outcome = "not_slack"
            raise SlackClientError(f"{api_method}: the answer was not Slack's") from None
        finally:
            self._metrics.slack_seconds.labels(api_method, outcome).observe(perf_counter() - began)
        return answer


class ShortRateLimit(AsyncRetryHandler):
    """Wait out a 429 (Slack has not acted on it) once, when Retry-After is at most LONGEST_WAIT."""

    async def _can_retry_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        return response is not None and response.status_code == 429 and _retry_after(response) <= LONGEST_WAIT

    async def prepare_for_next_attempt_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> None:
        """Sleep as long as Slack asks."""
        if response is not None:
            await asyncio.sleep(_retry_after(response))
        state.next_attempt_requested = True
        state.increment_current_attempt()


class Authorisation:
    """Who the bot is in its workspace: `auth.test`, asked once at the start instead of in the first command's 3 s."""

    def __init__(self, client: AsyncWebClient, *, first_wait: float = 1.0) -> None:
        self._client = client
        self._first_wait = first_wait
        self._result: AuthorizeResult | None = None
        self._known = asyncio.Event()

    @property
    def result(self) -> AuthorizeResult | None:
        """What Slack said (`team_id`, `bot_user_id`, `bot_scopes` …), None until it has."""
        return self._result

    @property
    def bot_user(self) -> str | None:
        """The bot's own user id, as soon as Slack has said it."""
        # A stand-in for Slack may leave out `bot_id`, and the library then takes the user for a person.
        return (self._result.bot_user_id or self._result.user_id) if self._result else None

    async def known(self) -> None:
        """Return once Slack has said it."""
        await self._known.wait()

    async def obtain(self) -> AuthorizeResult:
        """Ask until Slack answers. Raises ConfigurationError when it refuses the token."""
        wait = self._first_wait
        while self._result is None:
            try:
                answer = await self._client.auth_test()
            except UNREACHABLE as error:
                refuse_if_final(error, "SLACK_BOT_TOKEN")
                log.warning("slack not reached", method="auth.test", error=error_word(error), next_try=wait)
                await asyncio.sleep(wait)
                wait = min(wait * 2, 30.0)
                continue
            self._result = AuthorizeResult.from_auth_test_response(
                auth_test_response=answer,
                bot_token=self._client.token,
                bot_scopes=answer.headers.get("x-oauth-scopes", ""),
            )
        self._known.set()
        return self._result


def error_word(error: Exception) -> str:
    """Slack's word for the error, `http_<status>` where the answer was not Slack's, else the kind of exception."""
    if not isinstance(error, SlackApiError):
        return type(error).__name__
    data = getattr(error.response, "data", None)
    word = data.get("error") if isinstance(data, dict) else None
    status = getattr(error.response, "status_code", None) or getattr(error.response, "status", 0)
    return word if isinstance(word, str) else f"http_{status}"


def refuse_if_final(error: Exception, variable: str) -> None:
    """Raise ConfigurationError, naming the variable, when no further attempt can mend this error."""
    if (word := error_word(error)) in REFUSED:
        # Slack's exception holds the whole answer; it must not hang on this one.
        raise ConfigurationError(f"{variable}: Slack refuses this token ({word}).") from None


def _retry_after(response: HttpResponse) -> float:
    """Seconds; more than any limit when the header does not say."""
    words = next((value for name, value in response.headers.items() if name.lower() == "retry-after"), "")
    text = str(words[0] if isinstance(words, list) else words)
    return float(text) if text.isascii() and text.isdigit() and len(text) < 7 else float("inf")
