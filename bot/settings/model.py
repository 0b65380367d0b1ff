"""All settings as one frozen value."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, SecretStr, field_validator, model_validator

from bot.errors import ConfigurationError
from bot.rules import BUILT_IN_ROLES, Rules
from bot.settings.rule_sections import ApprovalSettings, DialingSettings, GrantSettings, RoleSettings
from bot.settings.sections import Address, BackendSettings, Section, SlackSettings, formed

BackendName = Annotated[str, formed(r"[a-z0-9_]+", "a back end's name made of a-z, 0-9 and _")]
Host = Annotated[
    str,
    formed(
        r"[\w\-]{1,63}(\.[\w\-]{1,63})*|[0-9A-Fa-f]*:[0-9A-Fa-f:.]*(%\w+)?",
        "an address of this machine such as 127.0.0.1 or 0.0.0.0",
    ),
]
LogLevel = Annotated[
    Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"],
    BeforeValidator(lambda value: value.upper() if isinstance(value, str) else value),
]
# Environment variable → attribute: what the file cannot say.
ENVIRONMENT = {
    name: name.lower()
    for name in (
        *("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_APP_TOKEN", "SLACK_API_URL", "DATABASE_URL"),
        *("HOST", "PORT", "LOG_LEVEL", "LOG_FORMAT", "PUBLIC_URL"),
    )
}


class Settings(Section):
    """The configuration file and, in the last group, the environment variables of the same names in capitals."""

    default_backend: str = ""  # the first one where the file names none
    timezone: str = "UTC"
    language: Annotated[str, formed(r"[a-z]{2,3}(-[A-Za-z0-9]+)*", "a language's code such as en or pt-BR")] = "en"
    guests: Literal["none", "join"] = "none"
    slack: SlackSettings = SlackSettings()
    backends: dict[BackendName, BackendSettings] = Field(default_factory=dict)
    roles: dict[str, RoleSettings] = Field(default_factory=dict)
    grants: tuple[GrantSettings, ...] = ()
    approvals: tuple[ApprovalSettings, ...] = ()
    dialing: DialingSettings = DialingSettings()

    slack_bot_token: SecretStr | None = None
    slack_signing_secret: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_api_url: Address = "https://slack.com/api/"
    database_url: SecretStr = SecretStr("sqlite:///meetops.db")
    host: Host = "127.0.0.1"
    port: int = Field(default=3000, ge=0, le=65535)
    log_level: LogLevel = "INFO"
    log_format: Literal["console", "json"] = "console"
    public_url: Address | None = None

    def rules(self) -> Rules:
        """Roles, grants, approval and dialling rules, for `bot.policy.Policy`."""
        return Rules(
            roles={**BUILT_IN_ROLES, **{role_id: role.role(role_id) for role_id, role in self.roles.items()}},
            grants=tuple(grant.grant() for grant in self.grants),
            approvals=tuple(rule.rule(index) for index, rule in enumerate(self.approvals, 1)),
            dialing=self.dialing.dialing(),
        )

    @property
    def socket_mode(self) -> bool:
        """Whether Slack is reached by Socket Mode."""
        return self.slack_app_token is not None

    def require_slack(self) -> None:
        """Raise ConfigurationError unless everything is there that talking to Slack takes."""
        if self.slack_bot_token is None:
            raise ConfigurationError("SLACK_BOT_TOKEN is not set: the bot token of the Slack app (xoxb-…).")
        if not self.socket_mode and self.slack_signing_secret is None:
            raise ConfigurationError(
                "SLACK_SIGNING_SECRET is not set: the signing secret of the Slack app"
                " (or SLACK_APP_TOKEN for Socket Mode)."
            )

    def check_commands(self, known: Iterable[str]) -> None:
        """Raise ConfigurationError for an approval rule about a command that does not exist."""
        names = sorted(set(known))
        for index, rule in enumerate(self.approvals, 1):
            for command in rule.commands:
                if command.lower() not in names:
                    raise ConfigurationError(
                        f"[[approvals]] {index}, commands: there is no command {command}; known are {', '.join(names)}"
                    )

    @model_validator(mode="before")
    @classmethod
    def _first_backend_is_the_default(cls, data: Any) -> Any:  # noqa: ANN401
        backends = data.get("backends") if isinstance(data, dict) else None
        if isinstance(backends, dict) and backends:
            return {"default_backend": next(iter(backends)), **data}
        return data

    @field_validator("timezone")
    @classmethod
    def _timezone_exists(cls, value: str) -> str:
        try:
            zoneinfo.ZoneInfo(value)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("is no IANA time zone such as Europe/Paris") from None
        return value

    @field_validator("slack_api_url")
    @classmethod
    def _ends_with_a_slash(cls, value: str) -> str:
        return f"{value}/"

    @field_validator("database_url")
    @classmethod
    def _is_a_known_database(cls, value: SecretStr) -> SecretStr:
        url = re.sub(r"^postgres://", "postgresql://", value.get_secret_value())
        if not re.match(r"(sqlite|postgresql)(\+[a-z0-9]+)?://", url):
            raise ValueError("must start with sqlite:/// or postgresql://")
        return SecretStr(url)

    @field_validator("slack_bot_token", "slack_app_token")
    @classmethod
    def _tokens_are_not_swapped(cls, value: SecretStr | None, info: Any) -> SecretStr | None:  # noqa: ANN401
        token = value.get_secret_value() if value else ""
        wrong, right = ("xapp-", "xoxb-") if info.field_name == "slack_bot_token" else ("xoxb-", "xapp-")
        if token.startswith(wrong):
            raise ValueError(f"is the other token: this one starts with {right}")
        return value

    @model_validator(mode="after")
    def _names_refer_to_something(self) -> Settings:
        if self.default_backend and self.default_backend not in self.backends:
            raise ValueError(f"default_backend: there is no [backends.{self.default_backend}]{_known(self.backends)}")
        for index, grant in enumerate(self.grants, 1):
            problem = self._problem_of(grant)
            if problem:
                raise ValueError(f"[[grants]] {index}, {problem}")
        for index, rule in enumerate(self.approvals, 1):
            for backend in rule.backends:
                if backend != "*" and backend not in self.backends:
                    raise ValueError(
                        f"[[approvals]] {index}, backends: there is no [backends.{backend}]{_known(self.backends)}"
                    )
        return self

    def _problem_of(self, grant: GrantSettings) -> str:
        if grant.from_ is not None:
            return f'from: "{grant.from_}" is not a back end of kind anynode, and roles are read from those alone'
        if grant.at_most is not None:
            return "at_most: only together with from"
        if grant.role not in self.roles and grant.role not in BUILT_IN_ROLES:
            return f'role: there is no role "{grant.role}"{_known({**BUILT_IN_ROLES, **self.roles})}'
        if not (grant.everyone or grant.users or grant.usergroups):
            return "users: the grant names nobody (everyone, users or usergroups)"
        return ""


def _known(names: Iterable[str]) -> str:
    listed = ", ".join(names)
    return f"; known are {listed}" if listed else ""
