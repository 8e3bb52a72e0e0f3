"""Streams and raw exports."""
