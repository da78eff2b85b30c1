"""Every error code that is raised anywhere has a sentence, and every sentence a code that is raised."""

from __future__ import annotations

import ast
import re
import string
from functools import cache
from pathlib import Path

from app.web.errors import SENTENCES
from app.web.failures import HTTP_CODES, TITLES

ROOT = Path(__file__).parents[2]
PACKAGES = ("app", "models", "realtime")
ERRORS = {"DomainError", "Refused", "Conflict", "NotFound", "BadFile"}
OTHER_TREES = {"inspect_worker.py", "cage_entry.py", "seal_worker.py"}
"""Programs of their own processes; what they refuse comes back through BadFile's list of codes."""


@cache
def modules() -> tuple[tuple[Path, ast.Module], ...]:
    """Every module of the packages that a person's errors come from."""
    return tuple(
        (path, ast.parse(path.read_text("utf-8")))
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        if path.name not in OTHER_TREES and "migrations" not in path.parts
    )


def written() -> set[str]:
    """The codes that stand as text anywhere but in the table, those made as ``f"{kind}_missing"`` too."""
    texts, endings = set(), set()
    for path, tree in modules():
        if path.name == "errors.py" and path.parent.name == "web":
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.add(node.value)
            elif isinstance(node, ast.JoinedStr) and isinstance(node.values[-1], ast.Constant):
                endings.add(str(node.values[-1].value))
    made = {code for code in SENTENCES for end in endings if end.startswith("_") and code.endswith(end)}
    return texts | made


def raised() -> dict[str, str]:
    """Each code that is written where an error is made, and the module: of Invalid, the fields' codes."""
    found = {}
    for path, tree in modules():
        collections = _names_given_to_invalid(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign | ast.AnnAssign):
                found |= dict.fromkeys(_kept_codes(node, collections), path.name)
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                for code in _codes(name, node.args):
                    found[code] = path.name
            if isinstance(node, ast.ClassDef) and node.name == "BadFile":
                codes = next(item for item in node.body if isinstance(item, ast.AnnAssign))
                found |= {c.value: path.name for c in ast.walk(codes) if _is_code(c)}
    return found


def _names_given_to_invalid(tree: ast.Module) -> set[str]:
    """The variables in which a module gathers wrong fields before it raises Invalid."""
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    first = (call.args[0] for call in calls if getattr(call.func, "id", "") == "Invalid" and call.args)
    return {argument.id for argument in first if isinstance(argument, ast.Name)}


def _kept_codes(node: ast.Assign | ast.AnnAssign, collections: set[str]) -> list[str]:
    """The codes of ``wrong["field"] = "code"`` and ``wrong = {"field": "code"}``."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    names = {getattr(t.value if isinstance(t, ast.Subscript) else t, "id", "") for t in targets}
    value = node.value.value if isinstance(node.value, ast.DictComp) else node.value
    if not names & collections or value is None:
        return []
    written = value.values if isinstance(value, ast.Dict) else [value]
    return [c.value for c in written if c is not None and _is_code(c)]


def _codes(name: str, arguments: list[ast.expr]) -> list[str]:
    if not arguments:
        return []
    if name in ERRORS:
        return [c.value for c in ast.walk(arguments[0]) if _is_code(c)]
    if name == "Invalid" and isinstance(arguments[0], ast.Dict):
        return [c.value for value in arguments[0].values for c in ast.walk(value) if _is_code(c)]
    return []


def _is_code(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.fullmatch(r"[a-z]+(_[a-z]+)*", node.value) is not None
    )


def test_every_code_has_a_sentence() -> None:
    missing = {code: module for code, module in raised().items() if code not in SENTENCES}
    assert not missing


def test_every_sentence_is_used() -> None:
    used = {*written(), *HTTP_CODES.values(), "invalid", "not_found", "internal"}
    assert sorted(SENTENCES.keys() - used) == []


def test_sentences_are_sentences_and_statuses_have_titles() -> None:
    for code, (status, text) in SENTENCES.items():
        assert text[0].isupper(), code
        assert text.endswith((".", "?")), code
        assert status in TITLES, code
        assert all(name != "" for _, name, _, _ in string.Formatter().parse(text) if name is not None), code


def test_the_table_is_in_order() -> None:
    assert list(SENTENCES) == sorted(SENTENCES)
