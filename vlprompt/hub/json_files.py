"""JSON files of folders that others have made."""

import json
from pathlib import Path
from typing import Any

from vlprompt.errors import UserError
from vlprompt.whole_files import write_text


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object.

    Raises:
        UserError: If there is none, or the file holds anything else.
    """
    if not path.is_file():
        raise UserError(f'{path.parent} has no {path.name}')
    try:
        content = json.loads(
            path.read_text(encoding='utf-8'), parse_constant=_refuse
        )
    except (ValueError, RecursionError) as error:
        raise UserError(f'{path} is not JSON ({error})') from error
    if not isinstance(content, dict):
        raise UserError(f'{path}: a JSON object expected')
    return content


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write a JSON object, for people and for programs."""
    text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)
    write_text(path, f'{text}\n')


def _refuse(constant: str) -> None:
    raise ValueError(f'{constant} is no number of JSON')
