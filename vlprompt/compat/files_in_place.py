"""MMEngine writes files in place: checkpoints, predictions, metrics.

A process that is killed, or a full drive, leaves half of one that has the
name of a whole one, and has lost what was there before.
"""

from pathlib import Path

from .remedy import Remedy


def is_needed() -> bool:
    """Whether its functions for local files are its own."""
    from mmengine.fileio import LocalBackend

    return LocalBackend.put is not put


def apply() -> None:
    """Write files under another name first."""
    from mmengine.fileio import LocalBackend

    LocalBackend.put = put
    LocalBackend.put_text = put_text


def put(self, obj: bytes, filepath: str | Path) -> None:
    """Write bytes to a file, whose folder is made."""
    from vlprompt.whole_files import write_bytes

    Path(filepath).parent.mkdir(parents=True, exist_ok=True)
    write_bytes(filepath, obj)


def put_text(
    self, obj: str, filepath: str | Path, encoding: str = 'utf-8'
) -> None:
    """Write a text to a file, whose folder is made."""
    put(self, obj.encode(encoding), filepath)


REMEDY = Remedy(
    package='mmengine',
    reason='a run that is killed leaves half a checkpoint',
    is_needed=is_needed,
    apply=apply,
    advice='go on from the checkpoint before',
    after='mmengine.fileio',
)
