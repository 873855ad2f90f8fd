"""The files of records."""

import json
from pathlib import Path
from typing import Any

from vlprompt.errors import UserError
from vlprompt.whole_files import write_text

PREDICTIONS = 'predictions.json'
TEST = 'test.json'  # what a test was of
TRAINING = 'training.json'  # what a training was of


def write_json(path: Path, content: Any) -> None:
    """Write a file that is whole or not there."""
    text = json.dumps(content, ensure_ascii=False, separators=(',', ':'))
    write_text(path, f'{text}\n')


def read_json(path: Path) -> Any:
    """The content of a file; None if there is no such file.

    Raises:
        UserError: If it is damaged.
    """
    if not path.is_file():
        return None
    try:
        return json.loads(path.read_text(encoding='utf-8'))
    except ValueError as error:  # UnicodeDecodeError is one
        raise UserError(f'{path} is damaged: {error}') from error
