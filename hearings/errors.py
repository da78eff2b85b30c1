"""What the engine refuses, by a constant code that the door hands back as `{"error": code}`."""


class HearingError(Exception):
    """A call that cannot be done. `code` is one of the constants below and is part of the door's protocol."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


ALREADY_RECORDING = "already_recording"
BAD_REQUEST = "bad_request"
CLIP_UNREADABLE = "clip_unreadable"
MALFORMED_SDP = "malformed_sdp"
NO_MEDIA = "no_media"
NOT_CONNECTED = "not_connected"
NOT_RECORDING = "not_recording"
NO_SPACE = "no_space"
RECORDING_UNAVAILABLE = "recording_unavailable"
ROOM_FULL = "room_full"
CAPTIONS_OFF = "captions_off"
ROOM_UNKNOWN = "room_unknown"
SEAT_UNKNOWN = "seat_unknown"
STALE_GENERATION = "stale_generation"
STALE_VERSION = "stale_version"
TOO_MANY_ROOMS = "too_many_rooms"
