"""LiveKit's Egress API as a service speaks it, whatever makes the media. The recorder and the sandbox use it.

Requests are read (``wish``), looked up in the room (``lookup``), planned (``planning``: encodings, names, outputs), and
answered with an EgressInfo (``results``); ``rpcs`` holds the calls. Nothing here needs FFmpeg, a disk or a network.
livekit-server pkg/service/egress.go; livekit_egress.proto.
"""
