"""The hearing's media engine: a selective forwarding unit in a process of its own.

It knows WebRTC and rooms of seats; it knows no web, no database and no person. The web reaches it through
`hearings.door` (see docs/hearing-protocol.md).
"""
