"""Who did what, when, and how it ended: rows that are only ever added, each hashed with the one before.

Rows that belong to a change are written in its transaction; the others are queued and written in batches. Both stand on
one chain, in order.
"""

from __future__ import annotations

from bot.audit.chain import Entry, Row
from bot.audit.reading import Filters, Verification, export, verify
from bot.audit.writing import Audit

__all__ = ["Audit", "Entry", "Filters", "Row", "Verification", "export", "verify"]
