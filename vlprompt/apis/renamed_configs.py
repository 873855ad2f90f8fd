"""Configs that have other names now, and what is typed in their place."""

import re

SETS = '(hmdb51|ucf101|ssv2)'
# The end of an old path, and what it is now; @ is what comes before the end:
# a folder, or the name of the package.
RENAMED = (
    (
        rf'(vilt|vifi|a5|maple|xclip)/(\w+)_b16_{SETS}_(\d+)shot',
        r'vlprompt eval few-shot @\1/\2_b16_few_shot.py --datasets \3 '
        r'--shots \4',
    ),
    (
        r'vifi/vifi_b16_hmdb51_16shot_(decision|image)',
        r'@vifi/vifi_b16_few_shot_\1.py',
    ),
    (
        r'(vilt|vifi)/(\w+)_b16_(hmdb51|ucf101|ssv2|k400)_b2n',
        r'vlprompt eval base-to-novel @\1/\2_b16_b2n.py --datasets \3',
    ),
    (
        rf'clip/clip_b16_{SETS}',
        r'vlprompt eval zero-shot @clip/clip_b16_k400.py none --datasets \1',
    ),
    (
        r'(vilt/vilt_b16|vifi/vifi_b16|clip4clip/clip4clip_b32)_'
        r'(msvd|lsmdc|msrvtt7k)',
        r'vlprompt eval retrieval @\1_retrieval.py --datasets \2 --train',
    ),
    (r'(vilt/vilt_b16|vifi/vifi_b16)_msrvtt9k', r'@\1_retrieval.py'),
    (
        r'(clip4clip/clip4clip_b16|clip4clip/clip4clip_b32)_msrvtt9k'
        r'((?:_lstm|_transf|_tight)?)',
        r'@\1_retrieval\2.py',
    ),
    (r'_base_/models/clip_b16_plain', '@_base_/models/clip_b16.py'),
    (
        r'_base_/datasets/(ucf101|ssv2)_few_shot',
        '@_base_/datasets/hmdb51_few_shot.py',
    ),
    (
        r'_base_/datasets/(kinetics400|ucf101|ssv2)_base_to_novel',
        '@_base_/datasets/hmdb51_base_to_novel.py',
    ),
    (
        r'_base_/datasets/(kinetics400|ssv2|didemo)_'
        r'(segments\d+|aim\d+|dense8)',
        r'@_base_/datasets/\1.py with a pipeline of @_base_/pipelines/',
    ),
    (
        r'_base_/datasets/(msrvtt9k|msvd|lsmdc)_segments16',
        r'@_base_/datasets/msrvtt9k.py with '
        r'@_base_/pipelines/caption_segments16.py',
    ),
    (
        r'_base_/datasets/(msrvtt7k|msvd|lsmdc)',
        r'@_base_/datasets/msrvtt9k.py with '
        r'@_base_/pipelines/seconds12.py',
    ),
)


def present_name(path: str) -> str | None:
    """What is typed today in the place of an old config, if it is one.

    Args:
        path: A file, or ``package::path``; the file need not exist.

    Example:
        >>> present_name('configs/vilt/vilt_b16_msrvtt9k.py')
        'configs/vilt/vilt_b16_retrieval.py'
    """
    stem = path.removesuffix('.py')
    for old, now in RENAMED:
        if found := re.search(rf'(?<![^/:]){old}$', stem):
            before = stem[: found.start()]
            return found.expand(now).replace('@', before)
    return None
