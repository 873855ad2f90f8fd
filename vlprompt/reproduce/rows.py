"""What declarations of tables have in common."""

from .tables import Run

IMAGE = {'model.trainable': "['backbone.*']"}
TEXT = {
    'model.trainable': "['text_encoder.text.transformer.*', "
    "'text_encoder.text.positional_embedding', "
    "'text_encoder.text.ln_final.*', 'text_encoder.text.text_projection']"
}
CLIP = 'clip/clip_b16_k400'
NO_CONFIG = 'there is no config of it in this setting'
NO_RECIPE = 'the paper does not say how this variation was trained'
NO_PRETRAINED = 'its Kinetics-400 model is trained by its own code alone'
NO_TINY = 'the "tiny" list of Kinetics-400 was not published'


def zero_shot(method: str, config: str, **others) -> Run:
    """Train on Kinetics-400, then test on others."""
    return Run(method, config, 'zero-shot', trained_by=config, **others)


def second_stage(method: str, config: str, word: str) -> Run:
    """Learn on top of a CLIP that ViFi-CLIP has fine-tuned."""
    first = 'vifi/vifi_b16_k400_zs'
    return Run(method, config, word, second_stage_of=first)


def supervised(method: str, config: str, *flags: str) -> Run:
    """Train and test on all classes of a data set."""
    return Run(method, config, 'fully-supervised', flags=('--train', *flags))


FEW, B2N = 'few-shot', 'base-to-novel'
OF_VIFI = ('labels', 'dropped', 'epoch')


def retrieval(method: str, config: str) -> Run:
    """Train and test on captions."""
    return Run(method, config, 'retrieval', flags=('--train',))
