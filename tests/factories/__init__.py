"""Makers of rows for tests, a module per subject."""
