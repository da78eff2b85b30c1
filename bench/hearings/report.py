"""The table of a run, and its last line."""

from __future__ import annotations

import json
from collections.abc import Sequence
from statistics import median

from bench.hearings.rounds import MAIN, Cell, Series
from bench.hearings.servers import SIDES

_HEAD = (
    f"{'':24}{'CPU s per room-minute':>24}{'us/packet':>11}{'delivered':>11}{'p50 ms':>9}{'p99 ms':>9}"
    f"{'MB':>6}{'load':>6}{'late ms':>9}{'feedback/s':>12}{'repairs/s':>11}"
)
_FOOT = """
Median (lowest..highest round). us/packet: processor time of a forwarded packet. load: the share of its
own core that the load used. late: how late its sends were (p99). feedback/s: transport-wide feedback of a
person, to and from the server. repairs/s: lost packets that came by NACK, to and from the server."""
CPU_LIMIT, RELAY_LEAST, P50_LIMIT = 1.2, 10.0, 1.0
"""What must be reached: times Janus with one event loop, times less than MediaRelay, milliseconds."""
QUIET_LATE_MS, QUIET_LOAD = 25.0, 0.8
"""Beyond these the load itself was held up, and its round says little about the server."""


def table(cells: Sequence[Cell]) -> str:
    """Every server's rounds under every scenario, medians with the lowest and highest, and the ratios."""
    lines = [_HEAD]
    for cell in cells:
        lines.append(cell.scenario.title)
        lines += [_line(side.title, cell.series[side.key]) for side in SIDES if side.key in cell.series]
        lines += [text for text in (_ratio(cell, to.key, to.title) for to in SIDES[1:]) if text]
    return "\n".join([*lines, _FOOT])


def last_line(cells: Sequence[Cell], rounds: int, seconds: float) -> str:
    """The figures as JSON: those of six rooms of three at the top, all scenarios below `scenarios`."""
    main = next((cell for cell in cells if cell.scenario == MAIN), cells[0])
    relayed = next((cell for cell in cells if "mediarelay" in cell.series), None)
    cpu = _cpu(main)
    if relayed is not None:
        cpu["mediarelay"] = _cpu(relayed)["mediarelay"]
    to_janus = main.ratio("ours", "janus_el1")
    to_relay = relayed.ratio("mediarelay", "ours") if relayed is not None else None
    lossless = [cell.series["ours"] for cell in cells if not cell.scenario.loss and "ours" in cell.series]
    delivered = min((series.delivered for series in lossless), default=None)
    p50 = _middle(main, "p50")
    result = {
        "rooms": main.scenario.rooms,
        "per_room": main.scenario.per_room,
        "cpu_s_per_room_min": cpu,
        "ratio_janus_el1": _rounded(to_janus, 2),
        "ratio_janus_el1_noise": _noise(main),
        "ratio_mediarelay": _rounded(to_relay, 1),
        "delivered": delivered,
        "p50_ms": p50,
        "p99_ms": _middle(main, "p99"),
        "met": {
            "cpu": to_janus is not None and to_janus <= CPU_LIMIT,
            "mediarelay": to_relay is not None and to_relay >= RELAY_LEAST,
            "delivered": delivered == 1.0,
            "p50": p50 is not None and p50 < P50_LIMIT,
        },
        "rounds": rounds,
        "seconds": seconds,
        "scenarios": {cell.scenario.name: _scenario(cell) for cell in cells},
    }
    return json.dumps(result)


def _line(title: str, series: Series) -> str:
    cpu = series.cpu
    per_packet = series.middle(lambda o: o.cpu_seconds / max(1, o.counts.packets_out) * 1e6)
    figures = [
        f"{median(cpu):9.2f} ({min(cpu):.2f}..{max(cpu):.2f})".rjust(24),
        f"{per_packet or 0:11.1f}",
        f"{series.delivered:11.2%}",
        _milliseconds(series.middle(lambda o: o.p50)),
        _milliseconds(series.middle(lambda o: o.p99)),
        f"{max(o.resident for o in series.outcomes) / 1e6:6.0f}",
        f"{max(o.load_cpu for o in series.outcomes):6.0%}",
        f"{max(o.late_p99 for o in series.outcomes):9.1f}",
        f"{_feedback(series):>12}",
        f"{_repairs(series):>11}",
    ]
    remarks = ["core saturated"] if series.saturated else []
    if any(o.late_p99 > QUIET_LATE_MS or o.load_cpu > QUIET_LOAD for o in series.outcomes):
        remarks.append("load held up")
    return f"  {title:22}" + "".join(figures) + "  " + ", ".join(remarks)


def _milliseconds(value: float | None) -> str:
    return f"{'-':>9}" if value is None else f"{value:9.2f}"


def _feedback(series: Series) -> str:
    people = series.scenario.rooms * series.scenario.per_room
    up = series.middle(lambda o: o.counts.feedback_up / o.seconds / people)
    down = series.middle(lambda o: o.counts.feedback_down / o.seconds / people)
    return f"{up:.1f} / {down:.1f}"


def _repairs(series: Series) -> str:
    up = series.middle(lambda o: o.counts.resent_up / o.seconds)
    down = series.middle(lambda o: o.counts.resent_down / o.seconds)
    return f"{up:.0f} / {down:.0f}"


def _ratio(cell: Cell, to: str, title: str) -> str | None:
    ratio = cell.ratio("ours", to)
    if ratio is None:
        return None
    low, high = cell.noise("ours", to)
    return f"  ours / {title}: {ratio:.2f} (single rounds {low:.2f}..{high:.2f})"


def _scenario(cell: Cell) -> dict[str, object]:
    series = cell.series.items()
    figures = {
        "p50_ms": {key: _rounded(s.middle(lambda o: o.p50), 3) for key, s in series},
        "p99_ms": {key: _rounded(s.middle(lambda o: o.p99), 2) for key, s in series},
        "delivered": {key: round(s.delivered, 5) for key, s in series},
        "load_late_ms": {key: round(max(o.late_p99 for o in s.outcomes), 1) for key, s in series},
        "load_cpu": {key: round(max(o.load_cpu for o in s.outcomes), 2) for key, s in series},
    }
    ratio = _rounded(cell.ratio("ours", "janus_el1"), 2)
    return {"cpu_s_per_room_min": _cpu(cell), "ratio_janus_el1": ratio, "noise": _noise(cell), **figures}


def _cpu(cell: Cell) -> dict[str, float | None]:
    return {
        side.key: round(median(cell.series[side.key].cpu), 3) if side.key in cell.series else None
        for side in SIDES
    }


def _noise(cell: Cell) -> list[float] | None:
    if not {"ours", "janus_el1"} <= set(cell.series):
        return None
    return [round(ratio, 2) for ratio in cell.noise("ours", "janus_el1")]


def _middle(cell: Cell, name: str) -> float | None:
    series = cell.series.get("ours")
    return _rounded(series.middle(lambda o: getattr(o, name)), 3) if series else None


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
