"""For whom an action is carried out. Whoever starts one for a person sets these; back ends only read them."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field

# In whose language a vendor's own words are wanted (`fr`, `pt-BR`; empty: nobody's in particular).
ASKED_IN: ContextVar[str] = ContextVar("language of the person who asked", default="")


@dataclass(frozen=True, slots=True)
class Asker:
    """In whose name it is done, for vendors that know people by their e-mail address."""

    email: str | None = field(repr=False)  # None: not known, or not to be relied on


ASKED_BY: ContextVar[Asker | None] = ContextVar("person in whose name it is done", default=None)
