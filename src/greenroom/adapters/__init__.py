"""Implementations of ports. Each adapter owns one table of its vendor's errors and imports only ``domain`` and its SDK."""
