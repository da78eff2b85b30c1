"""Our media engine and Janus on the same bad lines: see docs/performance.md."""
