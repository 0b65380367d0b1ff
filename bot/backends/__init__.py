"""The back ends: one module per vendor, each saying by its base classes what it can do."""
