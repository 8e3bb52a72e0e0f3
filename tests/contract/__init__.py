"""One suite for two servers: the sandbox and a real livekit-server 1.11.0 must give the same answers.

Every expectation was recorded from the real server first.
"""
