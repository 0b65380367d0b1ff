"""What Slack's refusals of a message mean."""

from __future__ import annotations

from slack_sdk.errors import SlackApiError

from bot.slack.client import error_word

NOT_THERE = frozenset({"not_in_channel", "channel_not_found", "is_archived", "restricted_action", "no_permission"})
NO_THREAD = frozenset({"cannot_reply_to_message", "thread_not_found", "message_not_found", "invalid_thread_ts"})
# After these Slack may have done it all the same (slack docs, fatal_error: some aspect may have succeeded).
UNCLEAR = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable"})


def unclear(error: SlackApiError) -> bool:
    """Whether Slack may have done it although it says otherwise."""
    word = error_word(error)
    return word in UNCLEAR or (word.startswith("http_") and not word.startswith("http_4"))


def retry_after(error: SlackApiError) -> float | None:
    """Seconds; None for anything but a 429. Without the header, or with words in it, one second."""
    response = error.response
    if (getattr(response, "status_code", None) or getattr(response, "status", 0)) != 429:
        return None
    words = str(response.headers.get("Retry-After", ""))
    return float(words) if words.isascii() and words.isdigit() and len(words) < 7 else 1.0
