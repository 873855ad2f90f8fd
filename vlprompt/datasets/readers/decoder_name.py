"""What decodes the videos of a run, for its records."""

from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any

PACKAGES = {  # by the step that opens a video, without Init
    'Video': 'av',
    'LeanPyAV': 'av',
    'PyAV': 'av',
    'Decord': 'decord',
    'OpenCV': 'opencv-python',
    'PIMS': 'pims',
}

TITLES = {'av': 'PyAV', 'opencv-python': 'OpenCV'}


def decoder_name(pipeline: Iterable[Any]) -> str:
    """Package and version of what a pipeline opens videos with.

    Args:
        pipeline: Transforms, built or as in a config.

    Returns:
        Such as ``'VideoInit, PyAV 18.1.0, FFmpeg 8.1.2'``; nothing if no step
        opens a video.
    """
    for step in pipeline:
        kind = step['type'] if isinstance(step, Mapping) else step
        name = kind if isinstance(kind, str) else _class(kind).__name__
        opener = name.rpartition('.')[2]
        package = PACKAGES.get(opener.removesuffix('Init'))
        if package and opener.endswith('Init'):
            return ', '.join([name, *_versions(package)])
    return ''


def _class(step: Any) -> type:
    return step if isinstance(step, type) else type(step)


def _versions(package: str) -> list[str]:
    title = TITLES.get(package, package)
    try:
        found = [f'{title} {version(package)}']
    except PackageNotFoundError:
        return [title]
    if package == 'av':
        import av

        found.append(f'FFmpeg {av.ffmpeg_version_info}')
    return found
