"""Every test runs in a folder of its own."""

import pytest


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """The working folder, empty."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def said(monkeypatch) -> list[str]:
    """The lines in which the reader has told what it chose."""
    lines = []
    monkeypatch.setattr(
        'mmengine.logging.print_log', lambda text, **_: lines.append(text)
    )
    return lines
