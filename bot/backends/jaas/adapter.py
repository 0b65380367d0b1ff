"""JaaS as its section of the settings says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.backends import Adapter
from bot.backends.jaas import Jaas
from bot.clock import Clock
from bot.rest import Rest

if TYPE_CHECKING:
    from bot.settings import JaasSettings


def make(name: str, rest: Rest, section: JaasSettings, clock: Clock) -> Jaas:
    """One AppID."""
    authorization = section.webhook_authorization
    return Jaas(
        name,
        rest,
        app_id=section.app_id,
        key_id=section.key_id,
        private_key=section.private_key.get_secret_value(),
        clock=clock,
        base_url=section.base_url,
        webhook_secrets=tuple(secret.get_secret_value() for secret in section.webhook_secrets),
        webhook_authorization=authorization.get_secret_value() if authorization else None,
        webhook_tolerance=section.webhook_tolerance,
        link_lifetime=section.link_lifetime,
        muc_domain=section.muc_domain,
    )


ADAPTER = Adapter(make, Jaas)
