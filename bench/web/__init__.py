"""Pages per second: the case list, one case and sign-in, ours beside a peer (docs/performance.md)."""
