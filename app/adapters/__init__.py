"""Side effects behind small protocols: what the outside world does to us and we to it.

Each module has a Protocol that services type against, the real implementation that ``app.factory``
joins in, and a fake for tests where the real one is slow or needs a server.
"""
