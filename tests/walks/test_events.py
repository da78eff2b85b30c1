"""Every event is in the catalogue, in docs/events.md and has its words; every state and action too."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from app.services import event_words, wording
from models.rules.case_machine import State
from models.rules.events import EVENTS, HEARING_EVENTS
from models.rules.people import Side

ROOT = Path(__file__).parents[2]
SIGNS = {Side.CONSUMER: "C", Side.COMPANY: "E", Side.STAFF: "P"}
ROW = re.compile(r"^\| `([a-z_]+)` \| ([CEP ]+) \|", re.MULTILINE)


def test_the_document_lists_every_event_and_who_may_know_it() -> None:
    text = (ROOT / "docs" / "events.md").read_text("utf-8")
    documented = {name: set(who.split()) for name, who in ROW.findall(text)}
    assert documented == {name: {SIGNS[side] for side in sides} for name, sides in EVENTS.items()}


def test_events_and_states_have_words() -> None:
    said = {name: event_words.event_text(name, {"state": "draft"}) for name in EVENTS}
    assert all(text and text != name for name, text in said.items())
    assert all(wording.state_label(state) for state in State)


def test_the_catalogue_is_what_is_recorded() -> None:
    constants = {
        node.value
        for path in sorted((ROOT / "app" / "services").glob("*.py"))
        if path.name != "event_words.py"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert not EVENTS.keys() - constants
    assert EVENTS.keys() >= HEARING_EVENTS
