"""How much a line carries and who gets what of it.

Arrivals of published packets become feedback (`arrivals`, `feedback`); feedback of receivers becomes an
estimate (`estimator`, from `delay`, `aimd`, `loss` and `probing`); an estimate becomes layers (`allocation`).
Nothing here reads a clock, a socket or a task: monotonic seconds and packets' facts are handed in. See
docs/adr/0041-bandwidth.md.
"""

WIRE_OVERHEAD = 28
"""IPv4 and UDP headers in bytes. A packet of sound is nearly half header: a rate without them would lie."""
