"""``make demo``: a guided tour that really does things, and shows each command that it gives."""
