"""The table of a run, and its last line."""

from __future__ import annotations

import json
from dataclasses import asdict

from bench.soak.run import Result


def table(result: Result) -> str:
    """The figures at the ebbs, what happened meanwhile, and what is wrong."""
    lines = [f"{'at the ebbs':18}{'first':>10}{'last':>10}{'highest':>10}{'growth':>10}{'per hour':>12}"]
    for name, trend in result.trends.items():
        numbers = (trend.first, trend.last, trend.highest, trend.growth)
        cells = "".join(f"{number:10.6g}" for number in numbers)
        lines.append(f"{name:18}{cells}{trend.slope:12.3g}" + ("" if trend.flat else "  grows"))
    acts = ", ".join(f"{name} {count}" for name, count in result.acts.items())
    seen = result.seen
    lines.append(f"{sum(result.acts.values())} acts in {result.seconds / 60:.1f} min: {acts}")
    lines += [
        f"{seen.packets} packets received, {seen.lost} lost ({result.dropped} dropped by the kernel)",
        f"sequence numbers wrapped {seen.wraps_sent} times when sent, {seen.wraps_received} when received",
    ]
    lines += [f"the engine said: {complaint}" for complaint in result.complaints]
    lines += [f"PROBLEM: {problem}" for problem in result.problems]
    return "\n".join(lines)


def last_line(result: Result, minutes: float, seed: int) -> str:
    """The run as JSON: `verdict` is "flat" or "problems"."""
    return json.dumps(
        {
            "minutes": minutes,
            "seed": seed,
            "verdict": "problems" if result.problems else "flat",
            "problems": result.problems,
            "figures": {
                name: {key: round(value, 3) for key, value in asdict(trend).items()}
                for name, trend in result.trends.items()
            },
            "ebbs": sum(sample.ebb for sample in result.samples),
            "samples": len(result.samples),
            "acts": result.acts,
            **asdict(result.seen),
            "dropped_by_kernel": result.dropped,
            "deaf": result.deaf,
            "failures": result.failures,
            "errors": result.errors,
        }
    )
