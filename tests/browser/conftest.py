"""The browser and what is said where there is none."""

from tests.browser.chromium import chromium, pytest_collection_modifyitems, pytest_terminal_summary

__all__ = ["chromium", "pytest_collection_modifyitems", "pytest_terminal_summary"]
