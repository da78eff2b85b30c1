"""The ICE candidates of an SDP: to read where a server is, and to name the relay instead."""

from __future__ import annotations

import re

from bench.network.relay import Address

_CANDIDATE = re.compile(r"^a=candidate:\S+ 1 udp \d+ (\d+\.\d+\.\d+\.\d+) (\d+) typ host", re.M | re.I)


def server_address(sdp: str) -> Address:
    """The first host candidate over UDP and IPv4; raises ValueError when there is none."""
    found = _CANDIDATE.search(sdp)
    if found is None:
        raise ValueError("no candidate in the server's SDP")
    return found[1], int(found[2])


def replace_candidates(sdp: str, address: Address) -> str:
    """The SDP with ``address`` as the one candidate of each m-line that has a transport."""
    host, port = address
    candidate = f"a=candidate:1 1 udp {126 << 24 | 65535 << 8 | 255} {host} {port} typ host"
    lines = []
    for line in sdp.splitlines():
        if line.startswith(("a=candidate:", "a=end-of-candidates")):
            continue
        lines.append(line)
        if line.startswith("a=ice-pwd:"):
            lines += [candidate, "a=end-of-candidates"]
    return "\r\n".join(lines) + "\r\n"
