"""What the log of a command says of it."""

import re
from pathlib import Path

# What a log of MMEngine says about how far a job is.
POSITION = re.compile(r'Epoch\(\w+\)\s+(\[.*?\])+')
TIME_LEFT = re.compile(r'eta: ((?:\d+ days?, )?[\d:]+)')
LONGEST = 300  # characters of a line that is no message of ours


def position(line: str) -> str:
    """How far a line of MMEngine's log says a job is, or nothing."""
    found, left = POSITION.search(line), TIME_LEFT.search(line)
    if found is None:
        return ''
    return f'{found[0]}{f" {left[1]} left" if left else ""}'


def failure(log: Path) -> str:
    """Why a command failed: its error message, else its last line."""
    text = log.read_text(errors='replace') if log.is_file() else ''
    lines = [line for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith('error: ')]
    if errors:
        return errors[-1].removeprefix('error: ')
    return ' '.join(lines[-1:])[:LONGEST] or 'no output'
