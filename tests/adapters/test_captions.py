"""What keeps a house from having captions is known before anybody turns them on."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.adapters import captions


@pytest.mark.parametrize(("library", "folder"), [(True, True), (True, False), (False, True)])
def test_what_lacks_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, library: bool, folder: bool
) -> None:
    monkeypatch.setattr(captions, "find_spec", lambda name: name if library else None)
    model = tmp_path / "model"
    if folder:
        model.mkdir()
    lacks = captions.NO_LIBRARY if not library else "" if folder else captions.NO_FOLDER
    assert captions.trouble(f"vosk:{model}") == lacks


def test_no_model_is_no_captions() -> None:
    assert captions.trouble("") == captions.OFF
