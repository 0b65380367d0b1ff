"""A client that waits long for its first requests and next to nothing for the rest.

A timeout that is meant for one request must not end those before it on a busy machine.
"""

from __future__ import annotations

from typing import Any

from bot.rest import Answer, Rest, address


class Impatient(Rest):
    """`patient_for` requests get 5 s each, later ones `patience` seconds."""

    def __init__(self, *args: Any, patient_for: int = 0, patience: float = 0.1, **more: Any) -> None:
        super().__init__(*args, first_wait=0.001, **more)
        self.patient_for = patient_for
        self.patience = patience
        self._first = self

    def elsewhere(self, base_url: str, *, fingerprint: bytes | None = None) -> Rest:
        """As patient, and counting with this one."""
        other = Impatient(self._session, base_url, backend=self.backend, patience=self.patience)
        other._first = self._first
        return other

    async def request(self, *args: Any, **more: Any) -> Answer:
        first = self._first
        first.patient_for -= 1
        return await super().request(*args, **more | {"timeout": 5.0 if first.patient_for >= 0 else self.patience})


class Hasty(Rest):
    """Waits 5 s for each request to the places (method, target) it is `patient` with, `patience` seconds for others."""

    def __init__(self, *args: Any, patient: frozenset[tuple[str, str]], patience: float, **more: Any) -> None:
        super().__init__(*args, first_wait=0.001, timeout=5.0, **more)
        self._patient = patient
        self._patience = patience

    def elsewhere(self, base_url: str, *, fingerprint: bytes | None = None) -> Rest:
        """As hasty."""
        return Hasty(self._session, base_url, backend=self.backend, patient=self._patient, patience=self._patience)

    async def request(self, method: str, *segments: str, **more: Any) -> Answer:
        url = address(self._base, *segments, query=more.get("query"), slash=more.get("slash", False))
        more["timeout"] = 5.0 if (method, url.raw_path_qs) in self._patient else self._patience
        return await super().request(method, *segments, **more)
