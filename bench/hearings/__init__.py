"""Our engine, Janus and MediaRelay under the same load on the same core (docs/performance.md)."""
