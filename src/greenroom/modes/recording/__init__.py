"""Recordings of rooms and people. LiveKit: Egress."""
