"""Simulated vendors: the wire rules of the real ones, on loopback, with faults for tests."""
