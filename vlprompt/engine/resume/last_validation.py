"""Which epoch a run has validated last.

MMEngine writes the checkpoint of an epoch before it validates it: a run that
is killed in between would go on without that validation.
"""

from pathlib import Path
from typing import Any

from vlprompt.whole_files import write_text

NOTE = '.last_validation'


def note_validation(folder: str | Path, step: int) -> None:
    """Note that the validation after an epoch, or iteration, is done."""
    write_text(Path(folder, NOTE), str(step))


def forget_validations(folder: str | Path) -> None:
    """Begin anew in a folder."""
    Path(folder, NOTE).unlink(missing_ok=True)


def is_owed(loop: dict[str, Any], step: int, checkpoint: str) -> bool:
    """Whether the validation after an epoch is still to be done.

    Args:
        loop: ``max``, ``val_begin`` and ``val_interval`` of the training, in
            epochs, or all in iterations.
        step: The epochs or iterations that are done.
        checkpoint: The file that a run goes on from.
    """
    due = step == loop['max'] or step % loop['val_interval'] == 0
    if not due or step < max(1, loop['val_begin']):
        return False
    note = Path(checkpoint).parent / NOTE
    text = note.read_text() if note.is_file() else ''
    return not text.isdecimal() or int(text) < step
