"""What the process counts and measures, in Prometheus' terms. One object, injected; its registry is its own."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_ACK_BUCKETS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0)
_CALL_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """The meters by name. Labels hold words of a fixed vocabulary: never a person, a room or a number."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = own = registry or CollectorRegistry()
        self.ack_seconds = Histogram(
            "meetops_ack_seconds",
            "From a verified Slack request to its acknowledgement",
            ["kind"],
            buckets=_ACK_BUCKETS,
            registry=own,
        )
        self.commands = Counter("meetops_commands", "Commands by how they ended", ["verb", "outcome"], registry=own)
        self.vendor_seconds = Histogram(
            "meetops_vendor_seconds",
            "Calls to back ends; status is an HTTP status or a word",
            ["backend", "operation", "status"],
            buckets=_CALL_BUCKETS,
            registry=own,
        )
        self.slack_seconds = Histogram(
            "meetops_slack_seconds",
            "Calls to Slack; outcome is ok or Slack's error word",
            ["method", "outcome"],
            buckets=_CALL_BUCKETS,
            registry=own,
        )
        self.rejected = Counter("meetops_rejected_requests", "Requests not acted on", ["reason"], registry=own)
        self.tasks_in_flight = Gauge("meetops_tasks_in_flight", "Commands worked on after their ack", registry=own)
        self.socket_connected = Gauge("meetops_socket_connected", "1 while Socket Mode is connected", registry=own)
        ProcessCollector(registry=own)

    def observe_vendor(self, backend: str, operation: str, status: int | str, seconds: float) -> None:
        """Record one call to a back end (fits `bot.rest.Observe`)."""
        self.vendor_seconds.labels(backend, operation, str(status)).observe(seconds)

    def text(self) -> bytes:
        """All meters in the Prometheus text format (CONTENT_TYPE)."""
        return generate_latest(self.registry)
