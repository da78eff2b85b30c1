"""Stands in for the media process: says it is ready, its process id for a port, and ends with its input.

With ``stubborn`` it ends by nothing but SIGKILL.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time

door = f"http://127.0.0.1:{os.getpid()}"
stubborn = "stubborn" in sys.argv
if stubborn:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
print(
    json.dumps({"name": str(os.getpid()), "door": door, "udp_port": 1, "addresses": ["127.0.0.1"]}),
    flush=True,
)
if stubborn:
    time.sleep(60)
else:
    sys.stdin.read()
