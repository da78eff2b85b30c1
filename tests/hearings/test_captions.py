"""Live captions: a room's sound as words, from a listening process, and never what is said in private."""

from __future__ import annotations

import asyncio
import json
import math
import os
import subprocess
import sys
from array import array
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import psutil
import pytest
from av import AudioFrame, AudioResampler, CodecContext

from hearings.captions.captions import CaptionedRooms
from hearings.captions.fake import FakeModel
from hearings.captions.recogniser import RATE, Heard, ModelUnusable, engine_of, load
from hearings.captions.speech import PAUSE_S, Speech
from hearings.errors import HearingError
from hearings.permission import Standing
from tests.hearings.house import House
from tests.hearings.peer import Peer, audio_packet
from tests.hearings.waiting import until

pytestmark = pytest.mark.timeout(60)

MODEL = os.environ.get("PROCON_TEST_CAPTIONS_MODEL", "")
"""The folder of an unpacked Vosk model, of the language that ``VOICE`` of espeak-ng speaks."""
VOICE = os.environ.get("PROCON_TEST_CAPTIONS_VOICE", "pt-br")
SPOKEN = os.environ.get(
    "PROCON_TEST_CAPTIONS_SPOKEN", "Bom dia. A empresa devolve o valor pago até sexta-feira."
)
FRAME = 960
"""Samples of 20 ms at 48 kHz."""


def opus(seconds: float, volume: int = 8000, silent: float = math.inf) -> list[bytes]:
    """A tone of 300 Hz as a browser would send it, 50 packets a second; from ``silent`` on, silence."""
    encoder = CodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.layout, encoder.format = 48_000, "mono", "s16"
    packets = []
    for number in range(int(seconds * 50)):
        loud = volume if number / 50 < silent else 0
        tone = (loud * math.sin(2 * math.pi * 300 * (number * FRAME + at) / 48_000) for at in range(FRAME))
        frame = AudioFrame(format="s16", layout="mono", samples=FRAME)
        frame.planes[0].update(array("h", map(int, tone)).tobytes())
        frame.sample_rate, frame.pts = 48_000, number * FRAME
        packets += [bytes(packet) for packet in encoder.encode(frame)]
    return packets


def test_sound_becomes_words_and_a_pause_ends_the_sentence() -> None:
    speech = Speech(FakeModel().recogniser())
    heard = [said for at, one in enumerate(opus(1.6)) for said in speech.packet(at, one, at / 50)]
    assert heard == [Heard("fala", False), Heard("fala fala", False), Heard("fala fala fala", False)]
    assert speech.tick(1.6) is None
    assert speech.tick(1.6 + PAUSE_S) == Heard("fala fala fala", True)
    assert speech.tick(9) is None


def test_silence_that_a_browser_hardly_sends_ends_the_sentence_too() -> None:
    speech = Speech(FakeModel().recogniser())
    packets = opus(3.0, silent=1.2)
    sent = [*range(65), 80, 100, 120]  # with one packet in 400 ms from then on
    heard = [said for number, at in enumerate(sent) for said in speech.packet(number, packets[at], at / 50)]
    assert heard[-1] == Heard("fala fala", True)
    assert [said.final for said in heard].count(True) == 1
    assert speech.tick(2.4 + PAUSE_S) is None, "the rest is silence"


def test_late_packets_and_nonsense_are_left_out() -> None:
    speech = Speech(FakeModel().recogniser())
    packets = opus(1.0)
    heard = [said for at, one in enumerate(packets) for said in speech.packet(at, one, at / 50)]
    again = [said for at, one in enumerate(packets) for said in speech.packet(at, one, at / 50)]
    assert heard
    assert again == []
    assert list(speech.packet(10_000, b"\xff" * 40, 1.0)) in ([], [Heard("fala fala", False)])
    quiet = Speech(FakeModel().recogniser())
    assert [s for at, one in enumerate(opus(1.0, volume=0)) for s in quiet.packet(at, one, at / 50)] == []


def test_a_model_is_named_by_its_engine_and_one_that_is_not_there_is_said() -> None:
    assert engine_of("vosk:/srv/model") == ("vosk", "/srv/model")
    for wrong in ("", "vosk", "whisper:/srv/model", ":/srv"):
        with pytest.raises(ValueError, match=f"^{wrong}$"):
            engine_of(wrong)
    with pytest.raises(ModelUnusable):
        load("vosk:/no/such/model")
    assert RATE == 16_000


class Scripted:
    """In the place of the library's recogniser: what it answers, in the forms that it answers in."""

    def __init__(self, model: object, rate: int) -> None:
        assert rate == RATE
        self.steps = iter([("", "bom"), ("", "bom"), ("bom dia", ""), ("", "")])
        self.text = self.partial = ""

    def AcceptWaveform(self, samples: bytes) -> bool:  # noqa: N802
        self.text, self.partial = next(self.steps)
        return bool(self.text)

    def PartialResult(self) -> str:  # noqa: N802
        return json.dumps({"partial": self.partial})

    def Result(self) -> str:  # noqa: N802
        return json.dumps({"text": self.text})

    FinalResult = Result


def test_what_vosk_answers_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = SimpleNamespace(SetLogLevel=lambda level: None, Model=str, KaldiRecognizer=Scripted)
    monkeypatch.setitem(sys.modules, "vosk", library)
    recogniser = load(f"vosk:{tmp_path}").recogniser()
    assert [recogniser.hear(b"") for _ in range(4)] == [
        Heard("bom", False),
        None,
        Heard("bom dia", True),
        None,
    ]
    assert recogniser.finish() is None

    library.Model = lambda place: 1 / 0
    with pytest.raises(ModelUnusable, match="not a Vosk model"):
        load(f"vosk:{tmp_path}")
    monkeypatch.setitem(sys.modules, "vosk", None)
    with pytest.raises(ModelUnusable, match="not installed"):
        load(f"vosk:{tmp_path}")


@pytest.mark.timeout(180)
@pytest.mark.skipif(not MODEL, reason="PROCON_TEST_CAPTIONS_MODEL names no model")
async def test_a_real_model_hears_a_voice_over_the_whole_way(house: House, tmp_path: Path) -> None:
    """The library, its model, the listening process and its taps; the voice is a synthetic one."""
    wav = tmp_path / "voice.wav"
    subprocess.run(["espeak-ng", "-v", VOICE, "-w", wav, SPOKEN], check=True)  # noqa: ASYNC221
    with_model(house, f"vosk:{MODEL}")
    peer = await house.publish("heard")
    await house.connected("heard")
    house.registry.captions.turn(house.room, True)
    await until(lambda: house.registry.captions.ready("sala"), within=120)
    await speak([peer], recorded(wav))
    await until(lambda: any(said["final"] for said in captions(house, "heard")), within=30)
    assert all(said["text"] for said in captions(house, "heard"))


def recorded(wav: Path) -> list[bytes]:
    """A recording as a browser would send it, with a pause at its end."""
    encoder = CodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.layout, encoder.format = 48_000, "mono", "s16"
    resampler = AudioResampler(format="s16", layout="mono", rate=48_000, frame_size=FRAME)
    packets: list[bytes] = []
    with av.open(str(wav)) as file:
        for frame in file.decode(audio=0):
            for part in resampler.resample(frame):
                packets += [bytes(packet) for packet in encoder.encode(part)]
    return packets + opus(2.0, volume=0)


def with_model(house: House, model: str) -> House:
    """A house whose rooms may have captions."""
    house.registry.captions = CaptionedRooms(model, house.registry._caption, house.port.clock)
    return house


async def speak(peers: list[Peer], packets: list[bytes]) -> None:
    """Let each say the same, at the pace of speech."""
    for number, packet in enumerate(packets):
        for peer in peers:
            peer.send(audio_packet(number)[: -len(b"opus")] + packet)
        await asyncio.sleep(0.02)


def captions(house: House, seat: str) -> list[dict[str, Any]]:
    """What was told of a seat."""
    return house.events("caption", seat)


async def test_only_what_all_may_hear_is_told_and_only_while_captions_are_on(house: House) -> None:
    with_model(house, "fake:")
    house.room.join(Standing("apart", True, False, circle="private-1"), "link")
    house.room.join(Standing("silenced", True, True), "link")
    house.room.join(Standing("outside", False, False), "link")
    peers = [await house.publish(seat) for seat in ("heard", "apart", "silenced", "outside")]
    await house.connected("heard", "apart", "silenced", "outside")
    house.registry.captions.turn(house.room, True)
    house.registry.captions.turn(house.room, True)
    await until(lambda: house.registry.captions.ready("sala"))

    await speak(peers, opus(1.2))
    await until(lambda: any(said["final"] for said in captions(house, "heard")))
    final = [said["text"] for said in captions(house, "heard") if said["final"]]
    assert final[-1].startswith("fala")
    assert [captions(house, seat) for seat in ("apart", "silenced", "outside")] == [[], [], []]

    house.registry.captions.turn(house.room, False)
    told = len(captions(house, "heard"))
    await speak(peers[:1], opus(0.8))
    assert len(captions(house, "heard")) == told
    await until(lambda: not psutil.Process().children())


async def test_a_listener_that_dies_is_replaced_and_media_goes_on(house: House) -> None:
    with_model(house, "fake:")
    peer = await house.publish("heard")
    await house.connected("heard")
    house.registry.captions.turn(house.room, True)
    (first,) = psutil.Process().children()
    first.kill()
    await until(lambda: [child for child in psutil.Process().children() if child.pid != first.pid])
    await until(lambda: house.registry.captions.ready("sala"))
    await speak([peer], opus(1.2))
    await until(lambda: bool(captions(house, "heard")))
    house.room.close()
    house.registry.captions.close()
    await until(lambda: not psutil.Process().children())


async def test_without_a_model_there_are_none(house: House) -> None:
    with pytest.raises(HearingError, match="captions_off"):
        house.registry.captions.turn(house.room, True)
    house.registry.captions.turn(house.room, False)
