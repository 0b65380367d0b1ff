"""The playground: the real bot against a simulated Slack and simulated vendors, on one machine, without an account."""
