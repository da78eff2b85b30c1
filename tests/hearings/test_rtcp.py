"""RTCP as written by us is read by an independent parser."""

from aiortc import rtp
from hypothesis import given
from hypothesis import strategies as st

from hearings.forwarding import rtcp


@given(st.integers(0, 65535), st.lists(st.integers(1, 40), max_size=60))
def test_a_nack_names_every_missing_packet(start: int, steps: list[int]) -> None:
    numbers = [start]
    for step in steps:
        numbers.append(numbers[-1] + step)
    wanted = [number & 0xFFFF for number in numbers]
    (packet,) = rtp.RtcpPacket.parse(rtcp.nack(7, wanted))
    assert packet.media_ssrc == 7
    assert [number & 0xFFFF for number in packet.lost] == wanted


@given(st.integers(1, 2**31), st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=3))
def test_a_bandwidth_limit_is_read_back(limit: int, ssrcs: list[int]) -> None:
    (packet,) = rtp.RtcpPacket.parse(rtcp.bandwidth_limit(limit, ssrcs))
    read, named = rtp.unpack_remb_fci(packet.fci)
    assert named == ssrcs
    assert limit * 0.99999 <= read + 1
    assert read <= limit


def test_a_sender_report_with_its_name() -> None:
    report, names = rtp.RtcpPacket.parse(rtcp.sender_report(5, 2**40 + 3, 2**32 + 9, 10, 20, "seat-1"))
    assert report.ssrc == 5
    assert report.sender_info.ntp_timestamp == 2**40 + 3
    assert report.sender_info.rtp_timestamp == 9
    assert (report.sender_info.packet_count, report.sender_info.octet_count) == (10, 20)
    assert names.chunks[0].items == [(1, b"seat-1")]


def test_a_receiver_report() -> None:
    block = rtcp.report_block(9, 300, -4, 70000, 90, 11, 65536)
    (report,) = rtp.RtcpPacket.parse(rtcp.receiver_report([block]))
    read = report.reports[0]
    assert (read.ssrc, read.fraction_lost, read.packets_lost) == (9, 255, 0)
    assert (read.highest_sequence, read.jitter, read.lsr, read.dlsr) == (70000, 90, 11, 65536)


@given(st.binary(max_size=80))
def test_no_bytes_raise_anything_but_value_error(data: bytes) -> None:
    try:
        packets = rtcp.read(data)
    except ValueError:
        return
    assert isinstance(packets, list)
