"""Vosk: Kaldi's recogniser, with streaming models of many languages for ordinary processors (ADR 0051)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hearings.captions.recogniser import RATE, Heard, ModelUnusable, Recogniser


class VoskModel:
    """A folder with a model as the Vosk project publishes them, unpacked."""

    def __init__(self, place: str) -> None:
        try:
            import vosk  # an extra: requirements/captions.txt
        except ImportError as error:
            raise ModelUnusable("vosk is not installed: requirements/captions.txt") from error
        if not Path(place).is_dir():
            raise ModelUnusable(f"no model at {place}")
        vosk.SetLogLevel(-1)
        self._vosk = vosk
        try:
            self._model = vosk.Model(place)
        except Exception as error:  # the library raises the bare class
            raise ModelUnusable(f"not a Vosk model: {place}") from error

    def recogniser(self) -> Recogniser:
        """One for another person."""
        return _Vosk(self._vosk.KaldiRecognizer(self._model, RATE))


class _Vosk:
    def __init__(self, engine: Any) -> None:
        self._engine = engine
        self._said = ""

    def hear(self, samples: bytes) -> Heard | None:
        if self._engine.AcceptWaveform(samples):
            return self._final(self._engine.Result())
        text = str(json.loads(self._engine.PartialResult()).get("partial", ""))
        if text == self._said:
            return None
        self._said = text
        return Heard(text, final=False)

    def finish(self) -> Heard | None:
        return self._final(self._engine.FinalResult())

    def _final(self, result: str) -> Heard | None:
        self._said = ""
        text = str(json.loads(result).get("text", ""))
        return Heard(text, final=True) if text else None
