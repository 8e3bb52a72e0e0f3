"""LiveKit's server API, wrapped: nouns in and out, one table of errors."""
