"""The hub's own capabilities: what is there, what was done, and taking it back."""
