"""What must be true of an operation one of whose requests failed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bot.errors import BotError, NoAccess, SignInFailed
from bot.model import Health, Risk
from tests.backends.contract.exchanges import Exchange
from tests.backends.contract.failures import BAIT, Failure
from tests.backends.contract.vendor import Operation, Vendor
from tests.fakes.raw_http import Request

ATTEMPTS = {Risk.READ: 3, Risk.REPEATABLE: 3, Risk.ONCE: 1}
SPENT = frozenset({"401", "403", "400 page"})  # refused, so not executed: asked once more with a fresh token
LOOKS = 3  # how often a back end may look what became of a change
LONGEST = 700  # letters of a sentence


@dataclass(frozen=True, slots=True)
class Case:
    """The request `exchanges[fails]` failed so; `lasting`: and all that came after it."""

    vendor: Vendor
    operation: Operation
    exchanges: Sequence[Exchange]
    fails: int
    failure: Failure
    lasting: bool

    @property
    def risk(self) -> Risk:
        return self.vendor.risk_of(self.exchanges[self.fails].request)

    @property
    def changed(self) -> frozenset[Risk]:
        """What kinds of change had been made before."""
        return frozenset(self.vendor.risk_of(one.request) for one in self.exchanges[: self.fails]) - {Risk.READ}

    @property
    def asks(self) -> bool:
        """Whether that request is a question, so that nothing can have come of it."""
        return self.risk is Risk.READ

    def __str__(self) -> str:
        method, target = self.exchanges[self.fails].place
        lasting = " from then on" if self.lasting else ""
        return f"{self.vendor.kind} · {self.operation.name} · {method} {target} · {self.failure.name}{lasting}"


def complaints(case: Case, ended: object, requests: Sequence[Request]) -> list[str]:
    """What is wrong with how it ended: with an error, or with an answer."""
    found = [*_outcome(case, ended, requests), *_repeated(case, requests)]
    found += unclean(ended, case.vendor.secrets, quoted=case.failure.quoted)
    return [f"{case}: {one}" for one in found]


def _outcome(case: Case, ended: object, requests: Sequence[Request]) -> list[str]:
    if isinstance(ended, Health):
        return ["says that all is well"] if ended.ok and not case.failure.may_return else []
    if not isinstance(ended, BotError):
        return [] if _may_return(case, requests) else [f"answered {ended!r}"]
    allowed = case.failure.read if case.asks else case.failure.write
    if case.changed and case.asks:  # what it could not look at may be so
        allowed |= {"unknown", "refused"}
        if Risk.ONCE in case.changed and ended.outcome == "unavailable":
            return ["invites to try again what was done"]
    if ended.outcome not in allowed:
        return [f"ended as {ended.outcome}: {ended!r}"]
    if case.failure.name in {"401", "403"} and not isinstance(ended, SignInFailed | NoAccess) and not case.changed:
        return [f"a refusal of the account reads {ended!r}"]
    if case.failure.name.startswith("429 with Retry-After") and not case.changed and "30 s" not in str(ended):
        return ["does not say how long to wait"]
    return []


def _may_return(case: Case, requests: Sequence[Request]) -> bool:
    if case.failure.may_return or case.failure.name in case.operation.silent:
        return True
    if case.asks:
        return bool(case.changed or re.fullmatch(case.vendor.optional, " ".join(case.exchanges[case.fails].place)))
    looked = case.vendor.risk_of(requests[-1]) is Risk.READ
    return looked and not case.lasting and "unknown" in case.failure.write


def _repeated(case: Case, requests: Sequence[Request]) -> list[str]:
    """A request with the same address and body is the same request."""
    again = 2 if case.failure.name in SPENT else 1
    known = Counter(_same(one.request) for one in case.exchanges)
    wrong = []
    for (method, target, body), times in Counter(_same(one) for one in requests).items():
        risk = case.vendor.risk_of(Request(method, target, {}, body))
        asked = known[method, target, body] + (LOOKS if risk is Risk.READ else 0)
        if times > ATTEMPTS[risk] * again * max(1, asked):
            wrong.append(f"sent {method} {target} {times} times")
    return wrong


def _same(one: Request) -> tuple[str, str, bytes]:
    return one.method, one.target, one.body


def unclean(ended: object, secrets: Sequence[str], *, quoted: bool = False) -> list[str]:
    """A sentence is one line that ends, and holds nothing secret; so does every other form of it."""
    if isinstance(ended, Health):
        sentence, shown = ended.problem or ".", str(ended)
    elif isinstance(ended, BotError):
        sentence = str(ended)
        shown = str([sentence, repr(ended), repr(ended.__context__), repr(ended.__cause__)])
    else:
        return []
    found = [f"shows {secret}: {sentence}" for secret in (*secrets, BAIT, "127.0.0.1", "eyJ") if secret in shown]
    ends = sentence[-1:] in {".", "…"} or quoted
    if not ends or not sentence.isprintable() or len(sentence) > LONGEST:
        found.append(f"is no sentence: {sentence!r}")
    return found
