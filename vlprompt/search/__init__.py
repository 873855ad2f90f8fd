"""Indexes of videos: made from folders, asked by text, video or vector."""

from vlprompt.late import late_getattr

LATE = {  # they import all models
    'Built': '.build',
    'Hit': '.windows',
    'VideoIndex': '.video_index',
    'build_index': '.build',
    'build_index_with_ray': '.ray_pipeline',
    'embed_to_files': '.embed_files',
    'open_index': '.video_index',
}
__all__ = [*LATE]
__getattr__ = late_getattr(__name__, LATE)
