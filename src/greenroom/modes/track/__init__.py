"""The specialist for tracks: what is published, and with which settings."""
