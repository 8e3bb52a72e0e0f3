"""The hub: what exists, what is planned, how it runs, what was done."""
