"""What the config of a ZeroI2V release says that its file does not."""

import published_sharing
import pytest
import torch

from vlprompt import converters


@pytest.mark.parametrize('classes', [51, 174])
def test_settings_are_those_of_the_published_configs(classes):
    """Something-Something v2 is the one of 174 classes."""
    release = published_sharing.zeroi2v(classes=classes)
    conversion = converters.convert('zeroi2v', release.content)
    shift, linear = conversion.model['backbone']['adapters']
    head = dict(type='LinearHead', num_classes=classes)
    if classes == 174:
        assert shift['offsets'] == [-1, 1, -2, 2]
        assert (linear['scale'], linear['dropout']) == (1.0, 0.0)
        head['label_smooth_eps'] = 0.1
    else:
        assert shift == dict(type='HeadShift')
        assert not {'scale', 'dropout'} & linear.keys()
    assert conversion.model['cls_head'] == head


def test_a_file_of_merged_weights_has_no_adapters():
    release = published_sharing.zeroi2v(places=0)
    conversion = converters.convert('zeroi2v', release.content)
    assert conversion.model['backbone']['adapters'] == [dict(type='HeadShift')]
    weight = conversion.clip['visual.transformer.resblocks.0.ln_1.weight']
    name = 'backbone.transformer.resblocks.0.ln_1.weight'
    assert torch.equal(weight, release.state[name])
