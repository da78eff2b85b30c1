"""A room: its seats, and the links between them kept as `permission` says."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from hearings.activity import SeatActivity
from hearings.clip import Clip
from hearings.connection import ConnectionState
from hearings.distribution import Distribution
from hearings.errors import ROOM_FULL, SEAT_UNKNOWN, HearingError
from hearings.negotiation import AUDIO, VP8
from hearings.observation import Observation
from hearings.participant import PUBLISH, SUBSCRIBE, Participant
from hearings.permission import Standing, may_flow, may_receive
from hearings.player import Player
from hearings.port import MediaPort
from hearings.publisher import Publisher
from hearings.subscriber import Offer, Stream, Subscriber
from hearings.taps import Recorder, Taps

MAX_SEATS = 8

Tell = Callable[[str, str, dict[str, Any]], None]
"""tell(link, event, payload): hand an event to the link that joined the seat."""


class Room:
    """Up to MAX_SEATS seats. Every change ends in `refresh`, which makes the links what they should be."""

    def __init__(self, name: str, port: MediaPort, tell: Tell, codec: str = VP8) -> None:
        self.name = name
        self.codec = codec
        self.seats: dict[str, Participant] = {}
        self._port = port
        self._tell = tell
        self._taps: Taps | None = None
        self._ears: Taps | None = None
        self._observation = Observation()
        self._distribution = Distribution(self.seats)

    @property
    def activity(self) -> Mapping[str, SeatActivity]:
        """What is heard and seen of each seat, as of the last observation."""
        return self._observation.activity

    def seat(self, name: str) -> Participant:
        """The participant on a seat."""
        try:
            return self.seats[name]
        except KeyError:
            raise HearingError(SEAT_UNKNOWN) from None

    def join(self, standing: Standing, link: str) -> None:
        """Take a seat, or say anew what holds of it; its events go to `link` from now on."""
        held = self.seats.get(standing.seat)
        if held is None:
            if len(self.seats) >= MAX_SEATS:
                raise HearingError(ROOM_FULL)
            self.seats[standing.seat] = Participant(standing, link)
        else:
            held.standing = standing
            held.link = link
        self._observation.forget_told()
        self.refresh()

    def set_admitted(self, seat: str, admitted: bool) -> None:
        """Let the seat in, or send it out to wait."""
        held = self.seat(seat)
        held.standing = replace(held.standing, admitted=admitted)
        self.refresh()

    def set_muted(self, seat: str, muted: bool) -> None:
        """Silence the seat here, whatever its browser does."""
        held = self.seat(seat)
        held.standing = replace(held.standing, muted=muted)
        self.refresh()

    def leave(self, seat: str) -> None:
        """Give up the seat."""
        self.seat(seat).close()
        del self.seats[seat]
        self.refresh()

    def record(self, recorder: Recorder) -> None:
        """Begin to record; another recorder than the present one takes over from it."""
        self.stop_recording()
        self._taps = Taps(recorder)
        self.refresh()
        recorder.speaker(self._observation.speaker)

    def stop_recording(self) -> None:
        """End the recording, if there is one."""
        if self._taps is not None:
            self._taps.close(self._port.clock())
            self._taps = None

    def listen(self, recorder: Recorder | None) -> None:
        """Give all sound that may go into the recording to captions as well; None ends that."""
        if self._ears is not None:
            self._ears.close(self._port.clock())
            self._ears = None
        if recorder is not None:
            self._ears = Taps(recorder, frozenset({AUDIO}))
            self.refresh()

    def close(self) -> None:
        """End every connection of the room."""
        self.stop_recording()
        self.listen(None)
        for seat in self.seats.values():
            seat.close()
        self.seats.clear()

    def publish(self, seat: str, generation: int, sdp: str) -> str:
        """An offer of the seat's publish connection; a new generation replaces the old connection."""
        held = self.seat(seat)
        held.check_publish(generation)
        if held.publisher is None or generation > held.publish_generation:
            fresh = Publisher(self._port, self._watch(seat, PUBLISH), self.codec)
            try:
                answer = fresh.offer(sdp)
            except HearingError:
                fresh.close()
                raise
            if held.publisher is not None:
                held.publisher.close()
            held.publisher, held.publish_generation = fresh, generation
        else:
            answer = held.publisher.offer(sdp)
        self.refresh()
        return answer

    def play(self, seat: str, clip: Clip, *, speaks: bool) -> None:
        """Let the seat's picture and sound come from a clip; again: whether it speaks now."""
        held = self.seat(seat)
        if isinstance(held.publisher, Player):
            held.publisher.speaks = speaks
            return
        if held.publisher is not None:
            held.publisher.close()
        held.publisher = Player(self._port, clip, speaks=speaks)
        self.refresh()

    def subscribe(self, seat: str, generation: int) -> Offer:
        """A new subscribe connection for the seat."""
        held = self.seat(seat)
        held.check_subscribe(generation)
        if held.subscriber is not None:
            held.subscriber.close()
        held.subscribe_generation = generation

        def offered(subscriber: Subscriber, offer: Offer) -> None:
            self._tell_seat(seat, "offer", {"generation": generation, **offer.payload()})

        held.subscriber = Subscriber(self._port, offered, self._watch(seat, SUBSCRIBE))
        held.subscriber.want(self._streams_for(held))
        return held.subscriber.first_offer()

    def answer(self, seat: str, generation: int, version: int, sdp: str) -> None:
        """The seat's answer to an offer."""
        self.seat(seat).current_subscriber(generation).answer(version, sdp)
        self.refresh()

    def refresh(self) -> None:
        """Make m-lines and links what the seats' standing asks for. Doing it twice changes nothing."""
        now = self._port.clock()
        for receiver in self.seats.values():
            subscriber = receiver.subscriber
            if subscriber is None:
                continue
            subscriber.want(self._streams_for(receiver))
            for slot in subscriber.slots:
                if slot.stream is None or slot.out is None:
                    continue
                seat, media = slot.stream
                sender = self.seats[seat]
                flows = (
                    slot.accepted
                    and not subscriber.gone  # the seat is held, but nobody takes what is sealed for it
                    and may_flow(receiver.standing, sender.standing, media)
                )
                source = sender.publisher.sources.get(media) if sender.publisher and flows else None
                self._port.forwarder.link(slot.out, source, now)
            subscriber.negotiate(now)
        for taps in (self._taps, self._ears):
            if taps is not None:
                taps.refresh(self.seats, now)
        self._distribution.review(self._observation.speaker, now)

    def tick(self, now: float) -> None:
        """Every 20 ms: feedback to those who publish, layers and padding to those who receive."""
        for seat in self.seats.values():
            if seat.publisher is not None:
                seat.publisher.tick(now)
            if seat.subscriber is not None:
                seat.subscriber.tick(now)
        if self._observation.fell_silent(self.seats, now):
            self.observe(now)
        self._distribution.tick(self._observation.speaker, now)

    def report(self, now: float) -> None:
        """Each second: RTCP reports, and offers that nobody answered."""
        for seat in self.seats.values():
            if seat.publisher is not None:
                seat.publisher.report(now)
            if seat.subscriber is not None:
                seat.subscriber.negotiate(now)

    def observe(self, now: float) -> None:
        """Each half second, and when a microphone falls silent: who speaks; told to the room's links when it
        changed."""
        before = self._observation.speaker
        self._observation.look(self.seats, now)
        speaker = self._observation.speaker
        if speaker != before:
            self._distribution.review(speaker, now)
            if self._taps is not None:
                self._taps.recorder.speaker(speaker)
        news = self._observation.news()
        if news is not None:
            self.tell("activity", news)

    def _streams_for(self, receiver: Participant) -> dict[Stream, str]:
        return {
            (name, media): source.codec
            for name, sender in self.seats.items()
            if sender.publisher is not None and may_receive(receiver.standing, sender.standing)
            for media, source in sender.publisher.sources.items()
        }

    def _watch(self, seat: str, connection: str) -> Callable[[Publisher | Subscriber, ConnectionState], None]:
        def changed(side: Publisher | Subscriber, state: ConnectionState) -> None:
            held = self.seats.get(seat)
            if held is None or side not in (held.publisher, held.subscriber):
                return  # a connection already replaced
            generation = held.publish_generation if connection == PUBLISH else held.subscribe_generation
            self._tell_seat(
                seat,
                "connection",
                {"connection": connection, "generation": generation, "state": state.value},
            )
            if state is ConnectionState.CONNECTED:
                self._wake(side)
            elif side is held.subscriber and state is ConnectionState.GONE:
                self.refresh()

        return changed

    def _wake(self, side: Publisher | Subscriber) -> None:
        """Only now can the receiver be given its first keyframe, or the publisher be asked for one."""
        now = self._port.clock()
        if isinstance(side, Subscriber):
            for slot in side.slots:
                if slot.out is not None:
                    slot.out.begin(now)
        else:
            for source in side.sources.values():
                source.request_keyframe(now)

    def tell(self, event: str, payload: dict[str, Any]) -> None:
        """Hand an event of the room to all its links."""
        for link in {seat.link for seat in self.seats.values()}:
            self._tell(link, event, {"room": self.name, **payload})

    def _tell_seat(self, seat: str, event: str, payload: dict[str, Any]) -> None:
        held = self.seats.get(seat)
        if held is not None:
            self._tell(held.link, event, {"room": self.name, "seat": seat, **payload})
