"""LiveKit's APIs as a server speaks them: Twirp bodies, errors, access tokens. The sandbox and the recorder use it.

Twirp specification v7; livekit-server pkg/service.
"""
