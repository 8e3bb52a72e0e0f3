"""What people publish and receive, and with which settings. LiveKit: RoomService, messages TrackInfo and ParticipantTracks."""
