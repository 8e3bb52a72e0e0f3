"""Access tokens: who may do what in which room. LiveKit: auth/grants.go."""
