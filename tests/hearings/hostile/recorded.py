"""What a real Chromium sent to the engine, decrypted, and the damage that strangers and defects do to it."""

import json
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from hearings.bandwidth.feedback import Feedback, build
from hearings.forwarding import rtcp
from tests.hearings.desk import recorded

_FILE: dict[str, dict[str, Any]] = json.loads(Path(__file__).with_name("recorded.json").read_text())


def _packets(kind: str) -> dict[str, bytes]:
    return {name: bytes.fromhex(value) for name, value in _FILE[kind].items()}


def _text(name: str) -> str:
    return "\r\n".join(_FILE["sdp"][name]) + "\r\n"


def transport_feedback(ssrc: int, body: bytes) -> bytes:
    """An RTCP message of transport-wide congestion control around a body."""
    return (
        bytes([0x8F, 205])
        + (2 + len(body) // 4).to_bytes(2, "big")
        + bytes(4)
        + ssrc.to_bytes(4, "big")
        + body
    )


def _one_of_each(packets: list[tuple[float, bytes]]) -> dict[str, bytes]:
    """One packet of each payload type, with and without padding, marker and the rest; long ones cut."""
    return {
        f"{data[0]:02x}{data[1]:02x}": data[:220] for _, data in packets if data[1] < 192 or data[1] > 223
    }


OFFER, MEDIA = recorded("chromium-vp8-layers")
"""Chromium's offer of microphone, camera in layers and no screen, and what it then sent."""
RTP = _one_of_each(MEDIA)
STUN = _packets("stun")
DTLS = _packets("dtls")
ANSWER = _text("answer")
"""Chromium's, to an offer of somebody's microphone and camera."""
RTCP = {
    **_packets("rtcp"),
    "nack": rtcp.nack(7, [5, 6, 9, 300, 65535]),
    "picture_loss": rtcp.keyframe_request(7),
    "intra_request": bytes([0x84, 206, 0, 4]) + bytes(8) + (7).to_bytes(4, "big") + bytes([1, 0, 0, 0]),
    "transport": transport_feedback(7, build(Feedback(3, 65530, 77, [0, 4, None, 9, 700, None, 701]))),
}


@st.composite
def damaged(draw: st.DrawFn, packets: dict[str, bytes]) -> bytes:
    """A recorded packet, damaged where parsers look: single bytes, lengths and counts, ends, and joins."""
    data = bytearray(draw(st.sampled_from(sorted(packets.values()))))
    for _ in range(draw(st.integers(1, 4))):
        if not data:
            break
        at = draw(st.integers(0, min(len(data) - 1, draw(st.sampled_from((15, 63, 1500))))))
        match draw(st.sampled_from(("set", "flip", "word", "cut", "drop", "insert", "join"))):
            case "set":
                data[at] = draw(st.sampled_from((0, 1, 0x7F, 0x80, 0xBE, 0xDE, 0xFE, 0xFF)))
            case "flip":
                data[at] ^= 1 << draw(st.integers(0, 7))
            case "word":
                data[at : at + 2] = draw(st.integers(0, 0xFFFF)).to_bytes(2, "big")
            case "cut":
                del data[at:]
            case "drop":
                del data[at : at + draw(st.integers(1, 8))]
            case "insert":
                data[at:at] = draw(st.binary(min_size=1, max_size=16))
            case "join":
                data += draw(st.sampled_from(sorted(packets.values())))
    return bytes(data)


@st.composite
def damaged_lines(draw: st.DrawFn, text: str) -> str:
    """An SDP with lines left out, repeated, moved, cut or with other values."""
    lines = text.splitlines()
    for _ in range(draw(st.integers(1, 5))):
        at = draw(st.integers(0, len(lines) - 1))
        line = lines[at]
        match draw(st.sampled_from(("drop", "repeat", "move", "cut", "number", "text", "colon"))):
            case "drop" if len(lines) > 1:
                del lines[at]
            case "repeat":
                lines[at:at] = [line] * draw(st.integers(1, 70))
            case "move":
                lines.insert(draw(st.integers(0, len(lines) - 1)), line)
            case "cut":
                lines[at] = line[: draw(st.integers(0, len(line)))]
            case "number":
                number = draw(st.sampled_from(("-1", "0", "15", "128", "65536", "9" * 30, "٣", "1e9", "0x1")))
                lines[at] = "".join(number if c.isdigit() else c for c in line[:40])
            case "text":
                lines[at] = line + draw(st.text(max_size=20))
            case "colon":
                lines[at] = line.replace(":", draw(st.sampled_from((" ", "::", ":\r\na=", ": "))), 1)
    return "\r\n".join(lines)
