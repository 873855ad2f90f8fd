"""Every kind of video file that PyAV can make."""

from itertools import product

from .clips import Clip

# Encoders: containers, pixel formats, and whether they can make B frames.
KINDS = {
    'libx264': (
        ('.mp4', '.mov', '.mkv', '.ts', '.m2ts', '.avi', '.flv'),
        ('yuv420p', 'yuv444p', 'yuv420p10le'),
        True,
    ),
    'libx265': (('.mp4', '.mkv', '.ts'), ('yuv420p', 'yuv420p10le'), True),
    'mpeg4': (('.mp4', '.avi', '.mkv', '.ts'), ('yuv420p',), True),
    'mpeg2video': (('.mpg', '.ts', '.mkv'), ('yuv420p',), True),
    'mpeg1video': (('.mpg', '.mkv'), ('yuv420p',), True),
    'libvpx': (('.webm', '.mkv', '.ogv'), ('yuv420p',), False),
    'libvpx-vp9': (('.webm', '.mp4'), ('yuv420p', 'yuv444p'), False),
    'libsvtav1': (('.mp4', '.mkv'), ('yuv420p', 'yuv420p10le'), False),
    'mjpeg': (('.avi', '.mov', '.mkv'), ('yuvj420p',), False),
    'ffv1': (('.avi', '.mkv'), ('yuv420p', 'bgr0'), False),
    'prores_ks': (('.mov',), ('yuv422p10le',), False),
    'flv': (('.flv', '.avi'), ('yuv420p',), False),
    'wmv2': (('.wmv', '.avi'), ('yuv420p',), False),
    'msmpeg4': (('.avi',), ('yuv420p',), False),
    'huffyuv': (('.avi',), ('yuv422p',), False),
    'gif': (('.gif',), ('rgb8',), False),
    'apng': (('.apng',), ('rgb24', 'rgba'), False),
}
EXTRAS = {
    'libx264': ('', 'open-gop=1:scenecut=0', 'intra-refresh=1', 'tff=1'),
    'libx265': ('', 'open-gop=0'),
}
CONSTANT_RATE = ('.avi', '.mpg', 'mpeg1video', 'mpeg2video')
CUT = ('.mp4', '.mov')
SEEKABLE = ('libx264', 'libx265', 'mpeg4')  # key frames are in MP4's index
VARIABLE = tuple(0.02 * i + 0.3 * (i // 7) for i in range(24))


def make(
    codec: str,
    suffix: str,
    pix_fmt: str,
    gop: int,
    b_frames: int,
    extra: str,
    *,
    size: tuple[int, int],
    variable: bool,
    cut: bool,
) -> Clip:
    """A clip that the encoder and the container can hold."""
    options = [('x265-params', f'log-level=none:{extra}'.rstrip(':'))]
    if codec != 'libx265':
        options = [('x264-params', extra)] if extra else []
    if codec == 'libsvtav1':
        options, size = [('preset', '12')], (64, 64)
    if codec == 'libvpx-vp9':
        options = [('deadline', 'realtime'), ('cpu-used', '8')]
    if pix_fmt == 'yuv420p' and codec not in ('libx264', 'libx265'):
        size = tuple(side + side % 2 for side in size)
    if extra == 'tff=1':
        size = size[0], size[1] - size[1] % 4
    may_vary = suffix not in CONSTANT_RATE and codec not in CONSTANT_RATE
    may_cut = cut and suffix in CUT and codec in SEEKABLE
    return Clip(
        suffix,
        codec,
        24,
        gop,
        b_frames if KINDS[codec][2] else 0,
        size=size,
        pix_fmt=pix_fmt,
        times=VARIABLE if variable and may_vary else (),
        options=tuple(options),
        start=0.36 if may_cut else 0.0,
        container='ogg' if suffix == '.ogv' else None,
    )


def matrix() -> list[Clip]:
    """Every codec in every container, depth, GOP and reordering."""
    clips = {}
    for codec, (suffixes, formats, has_b) in KINDS.items():
        for case in product(
            suffixes,
            formats,
            (4, 250),
            (0, 2) if has_b else (0,),
            EXTRAS.get(codec, ('',)),
        ):
            turn = len(clips)
            clip = make(
                codec,
                *case,
                size=((64, 48), (66, 50), (96, 80))[turn % 3],
                variable=turn % 5 == 4,
                cut=turn % 2 == 1,
            )
            clips[str(clip)] = clip
    return list(clips.values())
