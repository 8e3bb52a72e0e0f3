"""What people publish and receive. LiveKit: RoomService, messages TrackInfo and ParticipantTracks."""
