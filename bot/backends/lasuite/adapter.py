"""A La Suite Meet as its section of the settings says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.backends import Adapter
from bot.backends.lasuite import LaSuite, LaSuiteWithLiveKit, LaSuiteWithTelephone
from bot.backends.lasuite.hooks import Webhooks
from bot.backends.lasuite.livekit import LiveKit
from bot.backends.lasuite.phones import Phones
from bot.clock import Clock
from bot.rest import Rest

if TYPE_CHECKING:
    from bot.settings import LaSuiteSettings


def make(name: str, rest: Rest, section: LaSuiteSettings, clock: Clock) -> LaSuite:
    """One Meet, and the LiveKit behind it where its credentials are given."""
    common: dict[str, Any] = {
        "base_url": section.base_url,
        "client_id": section.client_id,
        "client_secret": section.client_secret,
        "frontend_url": section.frontend_url,
        "clock": clock,
    }
    url, key, secret = section.livekit_url, section.livekit_api_key, section.livekit_api_secret
    if url is None or key is None or secret is None:
        return LaSuite(name, rest, **common)
    phones = Phones(secret)
    common |= {
        "livekit": LiveKit(rest.elsewhere(url), rest.elsewhere(url), api_key=key, api_secret=secret, clock=clock),
        "phones": phones,
        "hooks": Webhooks(api_key=key, api_secret=secret, phones=phones),
    }
    if section.livekit_sip_trunk_id is None:
        return LaSuiteWithLiveKit(name, rest, **common)
    return LaSuiteWithTelephone(name, rest, sip_trunk_id=section.livekit_sip_trunk_id, **common)


ADAPTER = Adapter(make, LaSuiteWithTelephone)
