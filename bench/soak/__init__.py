"""Hours of hearings in minutes: people come and go at random, and nothing may grow (docs/performance.md)."""
