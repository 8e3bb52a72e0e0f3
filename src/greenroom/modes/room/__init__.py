"""Rooms and who is in them. LiveKit: RoomService."""
