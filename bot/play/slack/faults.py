"""Switches with which a test makes the simulated Slack misbehave."""

from __future__ import annotations

from dataclasses import dataclass

RESPONSE_URL = "response_url"  # the name under which response URLs fail


@dataclass(slots=True)
class Fault:
    """What happens to the next `times` calls of a method. Durations are real seconds."""

    times: int = 1
    error: str = ""  # answered as {"ok": false, "error": …}
    status: int = 0  # answered as HTTP status without Slack's JSON
    retry_after: int = 0  # with status 429
    reset: bool = False  # the connection breaks
    carried_out: bool = False  # the call takes effect, only its answer is spoilt
    delay: float = 0.0

    @property
    def spoils(self) -> bool:
        """Whether the caller gets something else than Slack's own answer."""
        return bool(self.error or self.status or self.reset)


class Faults:
    """Planned misbehaviour by method; `*` stands for every method."""

    def __init__(self) -> None:
        self._planned: dict[str, list[Fault]] = {}

    def plan(self, method: str, fault: Fault) -> None:
        """The next calls of `method` meet this fault, after those planned before."""
        self._planned.setdefault(method, []).append(fault)

    def meet(self, method: str) -> Fault:
        """The fault for the call that just arrived; one without effect when none is planned."""
        for name in (method, "*"):
            planned = self._planned.get(name, [])
            if not planned:
                continue
            planned[0].times -= 1
            return planned.pop(0) if planned[0].times <= 0 else planned[0]
        return Fault()
