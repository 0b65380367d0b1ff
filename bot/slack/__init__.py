"""Slack: the two entrances (signed HTTP and Socket Mode), what listens behind them, and the ways back."""
