"""Stands in for the media process: says it is ready, its process id for a port, and ends with its input.

Every tenth of a second it says what it carries. With ``--spare`` it begins when a line comes; with
``stubborn`` it ends by nothing but SIGKILL; with ``silent`` it says nothing after it is ready.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import time

stubborn = "stubborn" in sys.argv
if stubborn:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if "--spare" in sys.argv and not sys.stdin.readline():
    sys.exit()
door = f"http://127.0.0.1:{os.getpid()}"
ready = {"name": str(os.getpid()), "door": door, "udp_port": 1, "addresses": ["127.0.0.1"]}
print(json.dumps(ready), flush=True)
if stubborn:
    time.sleep(60)
while not select.select([sys.stdin], [], [], 0.1)[0]:
    if "silent" not in sys.argv:
        print(json.dumps({"rooms": 1, "seats": 2}), flush=True)
