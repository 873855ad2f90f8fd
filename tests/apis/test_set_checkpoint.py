"""Which weights are evaluated."""

import pytest
from mmengine.config import Config

from vlprompt.apis import set_checkpoint


@pytest.mark.parametrize(
    ('given', 'loaded'),
    [('epoch_2.pth', 'epoch_2.pth'), ('none', None), (None, 'before.pth')],
)
def test_the_config_of_a_resumed_training_evaluates_what_is_asked(
    given, loaded
):
    """MMEngine would look for a checkpoint to resume, with an optimizer."""
    config = Config(
        dict(model=dict(trainable=[]), load_from='before.pth', resume=True)
    )
    set_checkpoint(config, given)
    assert config.load_from == loaded
    assert not config.resume
