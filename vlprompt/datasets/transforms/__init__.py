"""Transforms that MMAction2 lacks or computes otherwise."""

from vlprompt.late import late_getattr

# They import MMAction2's, which takes longer than reading a list.
LATE = {
    'ClipColorJitter': '.clip_color_jitter',
    'ClipGrayscale': '.clip_grayscale',
    'ClipRandAugment': '.clip_rand_augment',
    'DecordDecode': '.decord_decode',
    'DecordInit': '.decord_init',
    'FixedFPSSample': '.fixed_fps_sample',
    'KeepFirstSeconds': '.keep_first_seconds',
    'LoadFrameFeatures': '.load_frame_features',
    'MultiViewSegmentSample': '.multi_view_segment_sample',
    'PILResize': '.pil_resize',
    'VideoDecode': '.video_decode',
    'VideoInit': '.video_init',
}
__all__ = [*LATE]
__getattr__ = late_getattr(__name__, LATE)
