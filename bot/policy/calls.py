"""The dialling guard: which numbers may be rung, and how often. Every refusal names its rule."""

from __future__ import annotations

import re
from dataclasses import dataclass

import phonenumbers
from phonenumbers import PhoneNumberType

from bot.model import PhoneNumber
from bot.policy.decision import Allow, Decision, Deny
from bot.rules import Dialing

_REFUSED_TYPES = {
    PhoneNumberType.PREMIUM_RATE: "premium-rate numbers are always refused",
    PhoneNumberType.SHARED_COST: "shared-cost numbers are always refused",
    PhoneNumberType.PERSONAL_NUMBER: "personal follow-me numbers are charged like premium rate and always refused",
}
# What the number plans do not say of every number, or only of complete ones.
_REFUSED_PREFIXES = (
    (r"\+979", "international premium-rate numbers (+979) are always refused"),
    (r"\+808", "international shared-cost numbers (+808) are always refused"),
    (r"\+1900|\+1[0-9]{3}976", "premium-rate numbers (900, 976) are always refused"),
    (r"\+449|\+4470", "premium-rate and personal numbers (+449, +4470) are always refused"),
)
_NOT_A_COUNTRY = "001"  # what the number plans call a code that belongs to no country
_MAINLAND = {"US", "CA"}


@dataclass(frozen=True, slots=True)
class CallCounts:
    """Calls already placed: by this person in the last hour, into this room today, by the bot today."""

    user_hour: int
    room_day: int
    day: int


def judge_number(dialing: Dialing, number: PhoneNumber) -> Decision:
    """Whether this number may be rung at all. Numbers of the book pass the same guard."""
    refused = _always_refused(number)
    if refused:
        return Deny("always refused", (f"That number can't be dialled: {refused}.",))
    denied = _longest(dialing.deny, number)
    if denied:
        return Deny(f"dialing.deny {denied}", (f"That number can't be dialled: {denied} is on the deny list.",))
    allowed = _longest(dialing.allow, number)
    if not allowed:
        known = ", ".join(dialing.allow)
        only = f"only numbers that start with {known} may be" if known else "no prefix is allowed (dialing.allow)"
        return Deny("dialing.allow", (f"That number can't be dialled: {only}.",))
    if len(allowed) < len("+1876") and _beyond_the_mainland(number):
        reason = "numbers under +1 outside the United States and Canada need their own prefix in dialing.allow"
        return Deny("dialing.allow", (f"That number can't be dialled: {reason}.",))
    return Allow(f"dialing.allow {allowed}")


def judge_counts(dialing: Dialing, counts: CallCounts) -> Decision:
    """Whether one more call keeps within the budgets."""
    budgets = (
        ("per_user_per_hour", counts.user_hour, dialing.per_user_per_hour, "you have placed {} calls in the last hour"),
        ("per_room_per_day", counts.room_day, dialing.per_room_per_day, "{} calls went into this room today"),
        ("per_day", counts.day, dialing.per_day, "{} calls were placed today"),
    )
    for name, used, limit, words in budgets:
        if used >= limit:
            sentence = f"No more calls for now: {words.format(used)}, and {limit} is the limit ({name})."
            return Deny(f"dialing.{name} {limit}", (sentence,))
    return Allow("dialing budgets")


def _longest(prefixes: tuple[str, ...], number: PhoneNumber) -> str:
    return max((prefix for prefix in prefixes if number.e164.startswith(prefix)), key=len, default="")


def _always_refused(number: PhoneNumber) -> str:
    for prefix, reason in _REFUSED_PREFIXES:
        if re.match(prefix, number.e164):
            return reason
    parsed = phonenumbers.parse(number.e164, None)
    country = parsed.country_code or 0
    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(country, ())
    if _NOT_A_COUNTRY in regions:
        return "satellite and international networks are always refused"
    national = phonenumbers.national_significant_number(parsed)
    # Exactly the number: with digits after it, +33 1 12 … is a telephone in Paris.
    if any(phonenumbers.is_emergency_number(national, region) for region in regions):
        return "emergency numbers are always refused"
    short = any(phonenumbers.is_possible_short_number_for_region(parsed, region) for region in regions)
    if short and not phonenumbers.is_valid_number(parsed):
        return "short numbers are always refused"
    return _REFUSED_TYPES.get(phonenumbers.number_type(parsed), "")


def _beyond_the_mainland(number: PhoneNumber) -> bool:
    if not number.e164.startswith("+1"):
        return False
    region = phonenumbers.region_code_for_number(phonenumbers.parse(number.e164, None))
    return region is not None and region not in _MAINLAND
