"""LiveKit over its server API: rooms, a look from outside, and the one table of what can go wrong."""
