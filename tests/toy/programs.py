"""Programs, run from the root of the repository."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
EPOCHS = 3  # enough to see that it learns


def call(*command: str) -> subprocess.CompletedProcess:
    """Run a program from the root of the repository."""
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, capture_output=True, text=True
    )
