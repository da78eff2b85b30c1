"""The composed picture, drawn plane by plane: pictures fitted into boxes, names and times in plain letters.

Three grey Pillow images are the planes of a yuv420p frame, so nothing is converted back and forth, and only
what changed is drawn again.
"""

from __future__ import annotations

from pathlib import Path

import av
from av.video.reformatter import VideoReformatter
from PIL import Image, ImageDraw, ImageFont

from hearings.recording.layout import HEIGHT, WIDTH, Box, fit

Colour = tuple[int, int, int]
"""Y, Cb, Cr in the range of television (ITU-R BT.601)."""

BLACK: Colour = (16, 128, 128)
SLATE: Colour = (38, 132, 124)
BLUE: Colour = (54, 150, 110)
GREEN: Colour = (150, 80, 70)
WHITE = 235
EDGE = 4
LABEL = 28
_SIZE = 18


class Canvas:
    """A picture of WIDTH x HEIGHT that is drawn upon and taken frame by frame.

    `font` is a file that FreeType reads; raises OSError when it does not.
    """

    def __init__(self, font: Path) -> None:
        self._planes = (
            Image.new("L", (WIDTH, HEIGHT)),
            Image.new("L", (WIDTH // 2, HEIGHT // 2)),
            Image.new("L", (WIDTH // 2, HEIGHT // 2)),
        )
        self._pen = ImageDraw.Draw(self._planes[0])
        self._font = ImageFont.truetype(font, _SIZE)
        self._fonts = {_SIZE: self._font}

    def fill(self, box: Box, colour: Colour) -> None:
        """One colour."""
        for number, (plane, value) in enumerate(zip(self._planes, colour, strict=True)):
            plane.paste(value, _corners(box, 1 if number == 0 else 2))

    def frame(self, box: Box, colour: Colour) -> None:
        """An edge inside a box."""
        for side in (
            Box(box.x, box.y, box.width, EDGE),
            Box(box.x, box.y + box.height - EDGE, box.width, EDGE),
            Box(box.x, box.y, EDGE, box.height),
            Box(box.x + box.width - EDGE, box.y, EDGE, box.height),
        ):
            self.fill(side, colour)

    def show(self, picture: av.VideoFrame, box: Box, scaler: VideoReformatter) -> None:
        """A picture, whole, in the middle of a box; what surrounds it stays."""
        place = fit(picture.width, picture.height, box)
        scaled = scaler.reformat(picture, place.width, place.height, "yuv420p", interpolation="BILINEAR")
        for number, (plane, source) in enumerate(zip(self._planes, scaled.planes, strict=True)):
            part = 1 if number == 0 else 2
            size = (place.width // part, place.height // part)
            seen = Image.frombuffer("L", size, source, "raw", "L", source.line_size, 1)  # type: ignore[arg-type]  # it takes any buffer
            plane.paste(seen, (place.x // part, place.y // part))

    def write(self, text: str, box: Box, size: int, *, middle: bool = False, colour: Colour = SLATE) -> None:
        """A line of text on `colour`, from the box's left edge or in its middle; what is too long is cut."""
        self.fill(box, colour)
        font = self._sized(size)
        text = self._cut(text, font, box.width - size)
        wide = self._pen.textlength(text, font)
        x = box.x + (box.width - wide) / 2 if middle else box.x + size / 2
        self._pen.text((x, box.y + box.height / 2), text, WHITE, font, anchor="lm")

    def label(self, text: str, box: Box) -> None:
        """A name at the lower left of a box, as wide as it needs to be."""
        wide = min(box.width, (round(self._pen.textlength(text, self._font)) + _SIZE + 2) // 2 * 2)
        self.write(text, Box(box.x, box.y + box.height - LABEL, wide, LABEL), _SIZE, colour=BLACK)

    def taken(self) -> av.VideoFrame:
        """The picture as it is now, as a frame of its own."""
        frame = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
        for plane, drawn in zip(frame.planes, self._planes, strict=True):
            data = drawn.tobytes()
            if plane.line_size != drawn.width:
                data = b"".join(
                    data[at : at + drawn.width].ljust(plane.line_size, b"\0")
                    for at in range(0, len(data), drawn.width)
                )
            plane.update(data)
        return frame

    def _sized(self, size: int) -> ImageFont.FreeTypeFont:
        if size not in self._fonts:
            self._fonts[size] = self._font.font_variant(size=size)
        return self._fonts[size]

    def _cut(self, text: str, font: ImageFont.FreeTypeFont, width: float) -> str:
        if self._pen.textlength(text, font) <= width:
            return text
        while text and self._pen.textlength(f"{text}…", font) > width:
            text = text[:-1]
        return f"{text}…"


def _corners(box: Box, part: int) -> tuple[int, int, int, int]:
    return (
        box.x // part,
        box.y // part,
        (box.x + box.width) // part,
        (box.y + box.height) // part,
    )
