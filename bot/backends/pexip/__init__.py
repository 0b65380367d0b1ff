"""Pexip Infinity."""
