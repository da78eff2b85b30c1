"""The packet path: RTP in from a publisher, rewritten and out to each receiver.

Nothing here waits, starts a task or raises on hostile bytes beyond IndexError and struct.error, which the
connection counts. Times are monotonic seconds handed in by the caller.
"""
