"""A small SDP layer (RFC 8866, RFC 9429): one structure, one parser, one renderer.

Only what a forwarding unit needs is kept; unknown lines are ignored. `parse(render(d)) == d`.
"""

import re
from dataclasses import dataclass, field

from hearings.errors import MALFORMED_SDP, HearingError

MID = "urn:ietf:params:rtp-hdrext:sdes:mid"
AUDIO_LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
ABS_SEND_TIME = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
RID = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
REPAIRED_RID = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"
TRANSPORT_WIDE = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"

DIRECTIONS = ("sendrecv", "sendonly", "recvonly", "inactive")
MAX_LENGTH = 65536
MAX_SECTIONS = 64
MAX_RIDS = 8
_TOKEN = re.compile(r"[A-Za-z0-9_+/.\-]{1,256}")
_FINGERPRINT = re.compile(r"[a-z0-9-]{1,16} [0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){15,63}")


@dataclass(frozen=True, slots=True)
class Codec:
    """One payload type: `a=rtpmap`, `a=fmtp` and `a=rtcp-fb` of it. `name` keeps its case."""

    payload_type: int
    name: str
    clock_rate: int
    channels: int = 1
    parameters: str = ""
    feedback: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TransportDescription:
    """ICE and DTLS values. `fingerprint` is "algorithm value"; candidates are written, never read."""

    ufrag: str
    password: str
    fingerprint: str
    setup: str
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MediaSection:
    """One m-line. `port` 0 means refused. `ssrcs` is (media,) or (media, RTX).

    `rids` are the simulcast layers in the order of `a=simulcast`, empty without it; they are sent or received
    as `direction` says.
    """

    kind: str
    mid: str
    port: int = 9
    direction: str = "sendrecv"
    codecs: tuple[Codec, ...] = ()
    extensions: tuple[tuple[int, str], ...] = ()
    stream: str = ""
    ssrcs: tuple[int, ...] = ()
    rids: tuple[str, ...] = ()
    transport: TransportDescription | None = None

    def extension(self, uri: str) -> int:
        """The id the browser gave to a header extension, 0 when it did not offer it (ids start at 1)."""
        return next((number for number, name in self.extensions if name == uri), 0)


@dataclass(frozen=True, slots=True)
class SessionDescription:
    """A whole description. `version` is the o-line's."""

    session: int
    version: int
    sections: tuple[MediaSection, ...] = ()
    lite: bool = False

    @property
    def transport(self) -> TransportDescription | None:
        """The bundled transport: that of the first m-line that was not refused."""
        return next((s.transport for s in self.sections if s.port and s.transport), None)


@dataclass(slots=True)
class _Draft:
    """The lines of one section, by attribute, before they are read."""

    kind: str = ""
    port: int = 0
    formats: list[int] = field(default_factory=list)
    attributes: dict[str, list[str]] = field(default_factory=dict)

    def first(self, name: str) -> str:
        return self.attributes.get(name, [""])[0]


def parse(text: str) -> SessionDescription:
    """Read a browser's description; raises HearingError(malformed_sdp)."""
    if len(text) > MAX_LENGTH:
        raise HearingError(MALFORMED_SDP)
    try:
        return _parse(text)
    except (ValueError, IndexError) as error:
        raise HearingError(MALFORMED_SDP) from error


def _parse(text: str) -> SessionDescription:
    head = _Draft()
    drafts: list[_Draft] = []
    current = head
    origin = ["0", "0"]
    for line in text.splitlines():
        kind, _, value = line.partition("=")
        if kind == "m":
            current = _media_line(value)
            drafts.append(current)
        elif kind == "a":
            name, _, content = value.partition(":")
            current.attributes.setdefault(name, []).append(content)
        elif kind == "o":
            origin = value.split()[1:3]
    if len(drafts) > MAX_SECTIONS:
        raise ValueError("too many sections")
    sections = tuple(_section(draft, head) for draft in drafts)
    if len({s.mid for s in sections}) != len(sections):
        raise ValueError("mids repeat")
    return SessionDescription(int(origin[0]), int(origin[1]), sections, "ice-lite" in head.attributes)


def _media_line(value: str) -> _Draft:
    kind, port, _, *formats = value.split()
    # Each once: a format repeated ten thousand times must not become ten thousand codecs.
    numbers = list(dict.fromkeys(int(f) for f in formats if f.isdigit()))
    return _Draft(_token(kind), int(port.partition("/")[0]), [n for n in numbers if n < 128])


def _section(draft: _Draft, head: _Draft) -> MediaSection:
    direction = next(
        (d for source in (draft, head) for d in DIRECTIONS if d in source.attributes),
        "sendrecv",
    )
    return MediaSection(
        kind=draft.kind,
        mid=_token(draft.first("mid")),
        # RFC 9143 section 7.1: 0 with bundle-only is no refusal. Firefox writes it under max-bundle.
        port=9 if "bundle-only" in draft.attributes and not draft.port else draft.port,
        direction=direction,
        codecs=_codecs(draft),
        extensions=tuple(_extension(v) for v in draft.attributes.get("extmap", [])),
        stream=draft.first("msid").partition(" ")[0],
        ssrcs=_ssrcs(draft),
        rids=_rids(draft),
        transport=_transport(draft, head),
    )


def _codecs(draft: _Draft) -> tuple[Codec, ...]:
    maps = dict(_by_payload_type(draft, "rtpmap"))
    parameters = dict(_by_payload_type(draft, "fmtp"))
    feedback = _by_payload_type(draft, "rtcp-fb")
    codecs = []
    for number in draft.formats:
        if number not in maps:
            continue
        name, rate, *channels = maps[number].split("/")
        codecs.append(
            Codec(
                payload_type=number,
                name=_token(name),
                clock_rate=int(rate),
                channels=int(channels[0]) if channels else 1,
                parameters=parameters.get(number, ""),
                feedback=tuple(text for owner, text in feedback if owner == number),
            )
        )
    return tuple(codecs)


def _by_payload_type(draft: _Draft, name: str) -> list[tuple[int, str]]:
    pairs = (value.partition(" ") for value in draft.attributes.get(name, []))
    return [(int(number), rest.strip()) for number, _, rest in pairs if number.isdigit()]


def _extension(value: str) -> tuple[int, str]:
    number, uri = value.split()[:2]
    # Firefox writes the direction into the id, "2/recvonly".
    return int(number.partition("/")[0]), uri


def _ssrcs(draft: _Draft) -> tuple[int, ...]:
    for group in draft.attributes.get("ssrc-group", []):
        semantics, *numbers = group.split()
        if semantics == "FID" and len(numbers) == 2:
            return int(numbers[0]), int(numbers[1])
    return tuple(int(value.split()[0]) for value in draft.attributes.get("ssrc", [])[:1])


def _rids(draft: _Draft) -> tuple[str, ...]:
    """RFC 8853: `send q;h;f`, each perhaps with alternatives ("a,b", the first counts) or paused ("~a")."""
    _, _, layers = draft.first("simulcast").partition(" ")
    names = [
        layer.partition(",")[0].removeprefix("~") for layer in layers.partition(" ")[0].split(";") if layer
    ]
    if len(names) > MAX_RIDS or len(set(names)) != len(names):
        raise ValueError("simulcast")
    return tuple(_token(name) for name in names)


def _transport(draft: _Draft, head: _Draft) -> TransportDescription | None:
    values = [draft.first(n) or head.first(n) for n in ("ice-ufrag", "ice-pwd", "fingerprint", "setup")]
    ufrag, password, fingerprint, setup = values
    if not (ufrag and password and fingerprint):
        return None
    if not _FINGERPRINT.fullmatch(fingerprint):
        raise ValueError("fingerprint")
    candidates = tuple(draft.attributes.get("candidate", []))
    return TransportDescription(_token(ufrag), _token(password), fingerprint, setup, candidates)


def _token(text: str) -> str:
    if not _TOKEN.fullmatch(text):
        raise ValueError("not a token")
    return text


def render(description: SessionDescription) -> str:
    """Write the description as a browser reads it."""
    live = [s.mid for s in description.sections if s.port]
    lines = [
        "v=0",
        f"o=- {description.session} {description.version} IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        f"a=group:BUNDLE {' '.join(live)}",
        "a=msid-semantic: WMS *",
    ]
    if description.lite:
        lines.append("a=ice-lite")
    for section in description.sections:
        lines += _render_section(section)
    return "\r\n".join(lines) + "\r\n"


def _render_section(section: MediaSection) -> list[str]:
    formats = " ".join(str(c.payload_type) for c in section.codecs) or "0"
    lines = [
        f"m={section.kind} {section.port} UDP/TLS/RTP/SAVPF {formats}",
        "c=IN IP4 0.0.0.0",
        f"a=mid:{section.mid}",
        f"a={section.direction}",
        "a=rtcp-mux",
    ]
    lines += [f"a=extmap:{number} {uri}" for number, uri in section.extensions]
    for codec in section.codecs:
        lines += _render_codec(codec)
    if section.stream:
        lines.append(f"a=msid:{section.stream} {section.stream}-{section.mid}")
    if len(section.ssrcs) == 2:
        lines.append(f"a=ssrc-group:FID {section.ssrcs[0]} {section.ssrcs[1]}")
    # One CNAME for a person's audio and video is what lets the browser keep lips and voice together.
    lines += [f"a=ssrc:{ssrc} cname:{section.stream or '-'}" for ssrc in section.ssrcs]
    if section.rids:
        way = "send" if section.direction in ("sendrecv", "sendonly") else "recv"
        lines += [f"a=rid:{rid} {way}" for rid in section.rids]
        lines.append(f"a=simulcast:{way} {';'.join(section.rids)}")
    if section.transport:
        lines += _render_transport(section.transport)
    return lines


def _render_codec(codec: Codec) -> list[str]:
    channels = f"/{codec.channels}" if codec.channels > 1 else ""
    lines = [f"a=rtpmap:{codec.payload_type} {codec.name}/{codec.clock_rate}{channels}"]
    if codec.parameters:
        lines.append(f"a=fmtp:{codec.payload_type} {codec.parameters}")
    return lines + [f"a=rtcp-fb:{codec.payload_type} {text}" for text in codec.feedback]


def _render_transport(transport: TransportDescription) -> list[str]:
    return [
        f"a=ice-ufrag:{transport.ufrag}",
        f"a=ice-pwd:{transport.password}",
        f"a=fingerprint:{transport.fingerprint}",
        f"a=setup:{transport.setup}",
        *(f"a=candidate:{candidate}" for candidate in transport.candidates),
        "a=end-of-candidates",
    ]
