"""The JSON API, version 1: what a program may read with its person's session; see /api/v1/openapi.json."""
