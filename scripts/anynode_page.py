"""The table of docs/backends/anynode.md."""


def operations_table() -> str:
    """Filled in with the page."""
    return ""
