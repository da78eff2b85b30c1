"""Which characters the documents' fonts can draw.

PDF/A forbids a character without a glyph, and the compiler refuses the whole document for one emoji. The
ranges were measured with the fonts that come with Typst; a test compiles every one of their characters.
"""

from __future__ import annotations

from bisect import bisect_right

RANGES = (
    (0x0020, 0x007E),  # Basic Latin
    (0x00A0, 0x00AC),  # Latin-1 up to the soft hyphen
    (0x00AE, 0x02FF),  # the rest of Latin-1, Latin Extended, phonetics, modifiers
    (0x0384, 0x038A),  # Greek
    (0x038E, 0x03A1),
    (0x03A3, 0x0482),  # Greek and Cyrillic
    (0x048A, 0x04FF),
    (0x1E00, 0x1EFF),  # Latin Extended Additional
    (0x2000, 0x200A),  # spaces
    (0x2010, 0x2027),  # dashes, quotation marks, bullets
    (0x202F, 0x2040),  # per mille, primes, angle quotes
    (0x2044, 0x2052),
    (0x2070, 0x2071),  # superscripts and subscripts
    (0x2074, 0x208E),
    (0x20A0, 0x20BF),  # currencies
    (0x2100, 0x211E),  # letter-like symbols
    (0x2126, 0x2151),
    (0x2153, 0x2184),  # fractions, Roman numerals
    (0x2190, 0x21FF),  # arrows
    (0x2200, 0x22FF),  # mathematics
    (0x2500, 0x25FF),  # boxes and shapes
    (0x2713, 0x2714),  # ticks
)
_STARTS = tuple(start for start, _ in RANGES)


def has_glyph(character: str) -> bool:
    """Whether the character can be printed."""
    code = ord(character)
    at = bisect_right(_STARTS, code) - 1
    return at >= 0 and code <= RANGES[at][1]
