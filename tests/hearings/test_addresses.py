"""Which addresses are announced."""

import pytest

from hearings.addresses import MediaAddress, media_addresses, own_addresses


def test_own_addresses_end_with_loopback() -> None:
    own = own_addresses()
    assert own[-1] == "127.0.0.1"
    assert own.count("127.0.0.1") == 1
    assert not any(text.startswith(("169.254.", "fe80:")) for text in own)


def test_configured_addresses_stand_alone() -> None:
    chosen = media_addresses(["203.0.113.5=10.0.0.5", "2001:db8::1"])
    assert chosen == (MediaAddress("203.0.113.5", "10.0.0.5"), MediaAddress("2001:db8::1", "2001:db8::1"))


@pytest.mark.parametrize("text", ["", "example.org", "1.2.3.4=x"])
def test_names_are_no_addresses(text: str) -> None:
    with pytest.raises(ValueError):
        media_addresses([text])
