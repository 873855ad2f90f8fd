"""MMEngine wants one OpenCV and MMAction2 another: both write ``cv2``."""

from .remedy import Remedy
from .versions import TESTED, installed

NAMES = (
    'opencv-python',
    'opencv-contrib-python',
    'opencv-python-headless',
    'opencv-contrib-python-headless',
)
PINS = ' '.join(f'{name}=={TESTED[name]}' for name in NAMES[:2])


def is_needed() -> bool:
    """Whether their versions differ."""
    return len({installed(name) for name in NAMES} - {None}) > 1


REMEDY = Remedy(
    package='opencv-python',
    reason='it and opencv-contrib-python overwrite each other, and differ',
    is_needed=is_needed,
    advice=f'pip install --force-reinstall {PINS}',
)
