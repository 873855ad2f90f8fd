"""What CLIP's parameters are called here, in open_clip and by OpenAI."""

# Where a recognizer has them, and where open_clip's CustomTextCLIP does.
PREFIXES = {
    'backbone.visual.': 'visual.',
    'text_encoder.text.': 'text.',
    'cls_head.logit_scale': 'logit_scale',
    'cls_head.logit_bias': 'logit_bias',
}
# What OpenAI's files have at the top, and open_clip below ``text.``.
TEXT_PARTS = (
    'positional_embedding',
    'text_projection',
    'token_embedding.',
    'transformer.',
    'ln_final.',
)


def is_clip(name: str) -> bool:
    """Whether a parameter of a recognizer is one of its CLIP."""
    return name.startswith(tuple(PREFIXES))


def to_recognizer(name: str) -> str:
    """open_clip's name to that of a recognizer."""
    for prefix, open_clip in PREFIXES.items():
        if name.startswith(open_clip):
            return prefix + name.removeprefix(open_clip)
    return name


def to_open_clip(name: str) -> str:
    """The name in a recognizer or a file of OpenAI to open_clip's."""
    for prefix, open_clip in PREFIXES.items():
        if name.startswith(prefix):
            return open_clip + name.removeprefix(prefix)
    return f'text.{name}' if name.startswith(TEXT_PARTS) else name


def to_openai(name: str) -> str:
    """The name in a recognizer or in open_clip to OpenAI's."""
    name = to_open_clip(name)
    stripped = name.removeprefix('text.')
    return stripped if stripped.startswith(TEXT_PARTS) else name
