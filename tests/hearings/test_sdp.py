"""The SDP layer: what is written is read again, what browsers write is understood, noise is refused."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearings.errors import MALFORMED_SDP, NO_MEDIA, HearingError
from hearings.negotiation import (
    OPUS_PARAMETERS,
    OfferedTrack,
    accepted_mids,
    publish_answer,
    published_tracks,
    subscribe_offer,
)
from hearings.sdp import (
    DIRECTIONS,
    REPAIRED_RID,
    RID,
    Codec,
    MediaSection,
    SessionDescription,
    TransportDescription,
    parse,
    render,
)

FINGERPRINT = "sha-256 " + ":".join(["AB"] * 32)
OURS = TransportDescription("ours", "password", FINGERPRINT, "passive", ("1 1 udp 1 192.0.2.1 9 typ host",))

# In the form Firefox writes: session-level fingerprint and setup, directions in extmap, refused lines.
FIREFOX = f"""v=0
o=mozilla...THIS_IS_SDPARTA-99.0 4294967296123 0 IN IP4 0.0.0.0
s=-
t=0 0
a=sendrecv
a=fingerprint:{FINGERPRINT}
a=group:BUNDLE 0 1 2
a=ice-options:trickle
a=setup:actpass
m=audio 9 UDP/TLS/RTP/SAVPF 109 9
c=IN IP4 0.0.0.0
a=sendonly
a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
a=extmap:2/recvonly urn:ietf:params:rtp-hdrext:csrc-audio-level
a=extmap:3 urn:ietf:params:rtp-hdrext:sdes:mid
a=fmtp:109 maxplaybackrate=48000;stereo=1;useinbandfec=1
a=ice-pwd:fb0bb6bf0a5b3d5d
a=ice-ufrag:e3f4
a=mid:0
a=msid:{{a}} {{b}}
a=rtpmap:109 opus/48000/2
a=rtpmap:9 G722/8000/1
a=ssrc:1111 cname:x
m=video 9 UDP/TLS/RTP/SAVPF 120 124 126
c=IN IP4 0.0.0.0
a=sendonly
a=extmap:3 urn:ietf:params:rtp-hdrext:sdes:mid
a=extmap:4 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
a=fmtp:120 max-fs=12288;max-fr=60
a=fmtp:124 apt=120
a=ice-pwd:fb0bb6bf0a5b3d5d
a=ice-ufrag:e3f4
a=mid:1
a=rtcp-fb:120 nack
a=rtcp-fb:120 transport-cc
a=rtpmap:120 VP8/90000
a=rtpmap:124 rtx/90000
a=rtpmap:126 H264/90000
a=ssrc-group:FID 2222 3333
a=ssrc:2222 cname:x
m=video 9 UDP/TLS/RTP/SAVPF 120
a=inactive
a=ice-pwd:fb0bb6bf0a5b3d5d
a=ice-ufrag:e3f4
a=mid:2
a=rtpmap:120 VP8/90000
m=application 9 UDP/DTLS/SCTP webrtc-datachannel
a=mid:3
"""


def test_a_publish_offer_is_understood() -> None:
    audio, video, screen = published_tracks(parse(FIREFOX))
    assert (audio.media, audio.payload_type, audio.level_id, audio.mid_id) == ("audio", 109, 1, 3)
    assert audio.ssrcs == (1111,)
    assert (video.media, video.payload_type, video.rtx_payload_type) == ("video", 120, 124)
    assert video.ssrcs == (2222, 3333)
    assert video.send_time_id == 4
    assert (screen.media, screen.active) == ("screen", False)


def test_the_answer_keeps_the_lines_and_says_what_we_want() -> None:
    answer = parse(render(publish_answer(parse(FIREFOX), OURS, 5, 1)))
    assert [s.mid for s in answer.sections] == ["0", "1", "2", "3"]
    assert [s.direction for s in answer.sections] == ["recvonly", "recvonly", "inactive", "inactive"]
    assert [s.port for s in answer.sections] == [9, 9, 9, 0]
    audio, video = answer.sections[:2]
    assert [(c.payload_type, c.parameters) for c in audio.codecs] == [(109, OPUS_PARAMETERS)]
    assert [c.payload_type for c in video.codecs] == [120, 124]
    assert "transport-cc" not in video.codecs[0].feedback
    assert answer.lite
    assert answer.transport == OURS


def test_a_line_that_travels_in_the_bundle_only_is_not_refused() -> None:
    offer = parse(
        FIREFOX.replace(
            "m=video 9 UDP/TLS/RTP/SAVPF 120 124 126\n",
            "m=video 0 UDP/TLS/RTP/SAVPF 120 124\na=bundle-only\n",
        )
    )
    assert [track.media for track in published_tracks(offer)] == ["audio", "video", "screen"]
    assert [s.port for s in publish_answer(offer, OURS, 5, 1).sections] == [9, 9, 9, 0]


# What Chromium and Firefox add for three layers of the camera; Firefox writes a direction into the ids.
LAYERS = """a=extmap:9/sendonly urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id
a=extmap:10/sendonly urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id
a=extmap:11 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
a=rid:q send
a=rid:h send
a=rid:f send
a=simulcast:send q;~h;f
a=mid:1
"""


def test_simulcast_layers_are_known_and_answered() -> None:
    offer = parse(FIREFOX.replace("a=mid:1\n", LAYERS))
    camera = published_tracks(offer)[1]
    assert (camera.rids, camera.rid_id, camera.rrid_id) == (("q", "h", "f"), 9, 10)
    assert camera.ssrcs == (), "layers are told apart by their rid, not by the order of the SSRCs"
    text = render(publish_answer(offer, OURS, 5, 1))
    assert "a=rid:q recv\r\na=rid:h recv\r\na=rid:f recv\r\na=simulcast:recv q;h;f\r\n" in text
    kept = dict(parse(text).sections[1].extensions)
    assert kept[9] == RID
    assert kept[10] == REPAIRED_RID


@pytest.mark.parametrize("layers", ["send q;q", "send " + ";".join("abcdefghi"), "send a b;c\x00"])
def test_a_hostile_list_of_layers_grows_nothing(layers: str) -> None:
    with suppress(HearingError):
        offer = parse(FIREFOX.replace("a=mid:1\n", LAYERS.replace("send q;~h;f", layers)))
        assert len(published_tracks(offer)[1].rids) <= 3


H264_LINES = """a=rtpmap:126 H264/90000
a=fmtp:126 profile-level-id=42e01f;level-asymmetry-allowed=1;packetization-mode=1
a=rtcp-fb:126 nack
a=rtcp-fb:126 nack pli
a=rtpmap:97 H264/90000
a=fmtp:97 profile-level-id=42e01f;level-asymmetry-allowed=1
a=rtpmap:98 rtx/90000
a=fmtp:98 apt=126
"""
WITH_H264 = FIREFOX.replace("a=rtpmap:126 H264/90000\n", H264_LINES).replace(
    "120 124 126", "120 124 97 126 98"
)


def test_a_room_of_h264_takes_it_in_the_one_form_all_browsers_have() -> None:
    offer = parse(WITH_H264)
    camera = published_tracks(offer, "h264")[1]
    assert (camera.codec, camera.payload_type, camera.rtx_payload_type) == ("h264", 126, 98)
    answered = parse(render(publish_answer(offer, OURS, 5, 1, "h264"))).sections[1]
    assert [c.payload_type for c in answered.codecs] == [126, 98]
    assert answered.codecs[0].feedback == ("nack", "nack pli")
    assert "packetization-mode=1" in answered.codecs[0].parameters


def test_without_a_fitting_h264_the_room_takes_vp8() -> None:
    for offer in (FIREFOX, WITH_H264.replace("packetization-mode=1", "packetization-mode=0")):
        assert published_tracks(parse(offer), "h264")[1].codec == "vp8"


def test_each_line_offers_what_its_stream_is() -> None:
    tracks = [
        OfferedTrack("0", "audio", True, "a", (1,)),
        OfferedTrack("1", "video", True, "a", (2, 3), "h264"),
        OfferedTrack("2", "video", True, "b", (4, 5)),
    ]
    lines = parse(render(subscribe_offer(tracks, OURS, 1, 1))).sections
    assert [[c.name for c in s.codecs] for s in lines] == [["opus"], ["H264", "rtx"], ["VP8", "rtx"]]


def test_a_refused_line_of_the_subscriber_counts_as_refused() -> None:
    tracks = [OfferedTrack(str(n), "video", True, "b", (n + 1, n + 100)) for n in range(3)]
    offer = subscribe_offer(tracks, OURS, 1, 1)
    text = render(offer).replace("a=sendonly", "a=recvonly")
    refused = text.replace("m=video 9", "m=video 0", 1)
    answer = parse(refused)
    assert accepted_mids(answer) == {"1", "2"}
    assert answer.transport is not None


@pytest.mark.parametrize(
    "text",
    [
        "v=0\r\nm=audio x UDP/TLS/RTP/SAVPF 1\r\na=mid:0\r\n",
        "v=0\r\nm=audio\r\n",
        "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 1\r\n",
        FIREFOX.replace("a=mid:1", "a=mid:0"),
        FIREFOX.replace("a=mid:1", "a=mid:1 b"),
        FIREFOX.replace(FINGERPRINT, "sha-256 zz"),
        "m=video 9 UDP/TLS/RTP/SAVPF 1\r\na=mid:0\r\n" * 100,
        "a" * 70000,
    ],
)
def test_malformed_descriptions_are_refused(text: str) -> None:
    with pytest.raises(HearingError) as refusal:
        parse(text)
    assert refusal.value.code == MALFORMED_SDP


def test_an_offer_without_opus_and_vp8_is_refused() -> None:
    with pytest.raises(HearingError) as refusal:
        published_tracks(parse(FIREFOX.replace("opus", "speex").replace("VP8", "VP9")))
    assert refusal.value.code == NO_MEDIA


@given(st.text(max_size=400))
def test_no_text_raises_anything_else(text: str) -> None:
    for noise in (text, "m=" + text, FIREFOX + "a=" + text, FIREFOX.replace("109", text[:5])):
        with suppress(HearingError):
            assert isinstance(parse(noise), SessionDescription)


tokens = st.text("abcdefghijklmnopqrstuvwxyzABCXYZ0123456789+/-_.", min_size=1, max_size=20)
codecs = st.builds(
    Codec,
    payload_type=st.integers(0, 127),
    name=tokens.filter(lambda t: "/" not in t),
    clock_rate=st.integers(1, 192000),
    channels=st.integers(1, 8),
    parameters=st.just("") | st.just("apt=96") | st.just("minptime=10;useinbandfec=1"),
    feedback=st.lists(st.sampled_from(["nack", "nack pli", "ccm fir", "goog-remb"]), unique=True).map(tuple),
)
transports = st.builds(
    TransportDescription,
    ufrag=tokens,
    password=tokens,
    fingerprint=st.just(FINGERPRINT),
    setup=st.sampled_from(["actpass", "active", "passive"]),
    candidates=st.lists(st.just("1 1 udp 2130706431 192.0.2.1 5000 typ host"), max_size=2).map(tuple),
)
sections = st.builds(
    MediaSection,
    kind=st.sampled_from(["audio", "video"]),
    mid=tokens,
    port=st.sampled_from([0, 9, 5004]),
    direction=st.sampled_from(DIRECTIONS),
    codecs=st.lists(codecs, max_size=4, unique_by=lambda c: c.payload_type).map(tuple),
    extensions=st.lists(st.tuples(st.integers(1, 14), tokens), max_size=3).map(tuple),
    stream=st.just("") | tokens,
    ssrcs=st.lists(st.integers(1, 2**32 - 1), max_size=2, unique=True).map(tuple),
    rids=st.lists(st.sampled_from("qhf"), unique=True).map(tuple),
    transport=transports,
)
descriptions = st.builds(
    SessionDescription,
    session=st.integers(0, 2**62),
    version=st.integers(0, 2**31),
    sections=st.lists(sections, max_size=5, unique_by=lambda s: s.mid).map(tuple),
    lite=st.booleans(),
)


@given(descriptions)
def test_what_is_written_is_read_again(description: SessionDescription) -> None:
    assert parse(render(description)) == description
