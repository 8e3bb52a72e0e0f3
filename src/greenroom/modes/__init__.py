"""The specialists: one folder a mode, one file a capability, found by looking. Files that begin with ``_`` are helpers."""
