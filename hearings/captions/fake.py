"""A recogniser that knows one word, for tests: it says for how long somebody has spoken aloud.

Like a real one it ends a sentence by itself when it hears a pause.
"""

from __future__ import annotations

from array import array

from hearings.captions.recogniser import RATE, Heard, Recogniser

LOUD = 300
WORD = "fala"
EACH = RATE // 2
"""A word for each half second of voice."""
PAUSE = RATE * 6 // 10


class FakeModel:
    """Needs nothing."""

    def recogniser(self) -> Recogniser:
        """One for another person."""
        return _Fake()


class _Fake:
    def __init__(self) -> None:
        self._loud = self._told = self._quiet = 0

    def hear(self, samples: bytes) -> Heard | None:
        heard = array("h", samples)
        if max(map(abs, heard), default=0) > LOUD:
            self._loud, self._quiet = self._loud + len(heard), 0
        else:
            self._quiet += len(heard)
        words = self._loud // EACH
        if self._told and self._quiet >= PAUSE:
            return self.finish()
        if words == self._told:
            return None
        self._told = words
        return Heard(" ".join([WORD] * words), final=False)

    def finish(self) -> Heard | None:
        words, self._loud, self._told = self._told, 0, 0
        return Heard(" ".join([WORD] * words), final=True) if words else None
