"""``--clip``, checked before anything that is slow to import."""

from pathlib import Path

from vlprompt.errors import UserError


def check_clip_flag(clip: str | None) -> None:
    """Refuse a file of CLIP weights that is not there.

    Args:
        clip: ``'a.pt'``, or ``'a.pt::ema'`` for a place in it; nothing is
            checked if not given.

    Raises:
        UserError: If there is no such file.
    """
    if clip is None:
        return
    names = (clip, clip.partition('::')[0])
    if not any(Path(name).expanduser().is_file() for name in names):
        raise UserError(f'no file of CLIP weights at {clip} (--clip)')
