"""What must be true of an operation one of whose requests failed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bot.errors import BotError, NoAccess, SignInFailed
from bot.model import Health, Outcome, Risk
from tests.backends.contract.exchanges import Exchange
from tests.backends.contract.failures import Failure
from tests.backends.contract.vendor import Operation, Vendor
from tests.fakes.raw_http import Request

MOST = {Risk.READ: 3, Risk.REPEATABLE: 3, Risk.ONCE: 1}
REFUSALS = frozenset({"401", "403", "400 page"})  # refused, so not executed: asked once more with a fresh token


@dataclass(frozen=True, slots=True)
class Case:
    """The request of `exchanges[fails]`, and all after it, failed so."""

    vendor: Vendor
    operation: Operation
    exchanges: Sequence[Exchange]
    fails: int
    failure: Failure

    @property
    def risk(self) -> Risk:
        return self.vendor.risk_of(self.exchanges[self.fails].request)

    @property
    def changed(self) -> frozenset[Risk]:
        """What kinds of change had been made before."""
        return frozenset(self.vendor.risk_of(one.request) for one in self.exchanges[: self.fails]) - {Risk.READ}

    def __str__(self) -> str:
        method, target = self.exchanges[self.fails].place
        return f"{self.vendor.kind} · {self.operation.name} · {method} {target} · {self.failure.name}"


def complaints(case: Case, ended: object, requests: Sequence[Request]) -> list[str]:
    """What is wrong with how it ended: with an error, or with an answer."""
    found = [*_outcome(case, ended), *_repeated(case, requests), *unclean(ended, case.vendor.secrets)]
    return [f"{case}: {one}" for one in found]


def _outcome(case: Case, ended: object) -> list[str]:
    if isinstance(ended, Health):
        return ["says that all is well"] if ended.ok and not case.failure.may_return else []
    if not isinstance(ended, BotError):
        return [] if _may_return(case, ended) else [f"answered {ended!r}"]
    allowed = case.failure.read if case.risk is Risk.READ else case.failure.write
    if case.changed and case.risk is Risk.READ:  # what it could not look at may be so
        allowed |= {"unknown", "refused"}
    if Risk.ONCE in case.changed and ended.outcome == "unavailable":
        return ["invites to try again what was done"]
    if ended.outcome not in allowed:
        return [f"ended as {ended.outcome}: {ended!r}"]
    if case.failure.name in {"401", "403"} and not isinstance(ended, SignInFailed | NoAccess) and not case.changed:
        return [f"a refusal of the account reads {ended!r}"]
    if case.failure.name == "429 with Retry-After" and "30 s" not in str(ended):
        return ["does not say how long to wait"]
    return []


def _may_return(case: Case, ended: object) -> bool:
    if case.failure.may_return or case.operation.silent:
        return True
    return case.risk is Risk.READ and bool(case.changed)


def _repeated(case: Case, requests: Sequence[Request]) -> list[str]:
    """A request with the same address and body is the same request."""
    again = 2 if case.failure.name in REFUSALS else 1
    counted = Counter((one.method, one.target, one.body) for one in requests)
    known = Counter((one.request.method, one.request.target, one.request.body) for one in case.exchanges)
    by_key = {(one.method, one.target, one.body): one for one in requests}
    return [
        f"sent {key[0]} {key[1]} {times} times"
        for key, times in counted.items()
        if times > MOST[case.vendor.risk_of(by_key[key])] * again * max(1, known[key])
    ]


def unclean(ended: object, secrets: Sequence[str]) -> list[str]:
    """A sentence is one line that ends, and holds nothing secret; so does every other form of it."""
    if not isinstance(ended, BotError):
        return []
    shown = str([str(ended), repr(ended), repr(ended.__context__), repr(ended.__cause__)])
    found = [f"shows {secret}" for secret in (*secrets, "s3cret", "127.0.0.1", "eyJ") if secret in shown]
    if str(ended)[-1:] not in {".", "…"} or not str(ended).isprintable():
        found.append(f"is no sentence: {ended}")
    return found


def is_done(ended: object) -> bool:
    """Whether it says that something was done."""
    return ended in {Outcome.DONE, Outcome.ACCEPTED, Outcome.CONFIRMED}
