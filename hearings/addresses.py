"""Which addresses this machine can be reached at for media.

A socket is bound per address, never to the wildcard, because an answer must leave from the very address the
browser asked (RFC 8445 section 7.2.5.2.1); with a wildcard socket the kernel chooses by route.
"""

import ipaddress
import socket
from collections.abc import Iterable
from dataclasses import dataclass

import ifaddr

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class MediaAddress:
    """`announced` goes into SDP candidates; `local` is what the socket binds."""

    announced: str
    local: str

    @property
    def family(self) -> socket.AddressFamily:
        return socket.AF_INET6 if ":" in self.local else socket.AF_INET


def parse_address(text: str) -> MediaAddress:
    """Read `ADDRESS` or `ADDRESS=LOCAL`; raises ValueError when either is not an IP address."""
    announced, _, local = text.partition("=")
    local = local or announced
    return MediaAddress(str(ipaddress.ip_address(announced)), str(ipaddress.ip_address(local)))


def media_addresses(configured: Iterable[str]) -> tuple[MediaAddress, ...]:
    """The configured addresses, or else every own address, loopback last.

    Loopback is announced only when nothing is configured: it is what lets a laptop without any network hold
    a hearing with itself, and a browser elsewhere merely fails one extra check.
    """
    chosen = tuple(parse_address(text) for text in configured)
    return chosen or tuple(MediaAddress(text, text) for text in own_addresses())


def own_addresses() -> tuple[str, ...]:
    """The machine's unicast addresses, IPv4 before IPv6, loopback last; needs no internet."""
    found = {str(ip.ip if ip.is_IPv4 else ip.ip[0]) for card in ifaddr.get_adapters() for ip in card.ips}
    usable = [ipaddress.ip_address(text.partition("%")[0]) for text in found]
    outside = sorted(
        (a for a in usable if not (a.is_loopback or a.is_link_local or a.is_multicast or a.is_unspecified)),
        key=lambda a: (a.version, int(a)),
    )
    return (*(str(a) for a in outside), LOOPBACK)
