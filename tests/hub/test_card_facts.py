"""What a pushed model says of itself, and the CLIP that goes with it."""

import hashlib
from types import SimpleNamespace

import pytest
import torch
from torch import nn

from vlprompt.exporting.facts import _sha256
from vlprompt.hub.card import _templates
from vlprompt.hub.facts import template_of
from vlprompt.hub.writer import _clip_of
from vlprompt.models.texts.caption_texts import CaptionTexts
from vlprompt.models.texts.class_texts import ClassTexts


@pytest.mark.parametrize(
    ('part', 'given', 'expected', 'row'),
    [
        (ClassTexts, {}, 'a photo of a {}.', '`a photo of a {}.`'),
        (CaptionTexts, {}, '{}', '`{}`'),
        (ClassTexts, dict(template='{}'), '{}', '`{}`'),
        (
            ClassTexts,
            dict(template=['{}', 'a {}']),
            ['{}', 'a {}'],
            '`{}`, `a {}`',
        ),
        (None, None, None, 'none'),
    ],
)
def test_the_template_is_told_where_the_config_has_none(
    part, given, expected, row
):
    from open_clip import SimpleTokenizer

    texts = part and part(SimpleTokenizer(), **given)
    found = template_of(SimpleNamespace(texts=texts), dict(texts=given))
    assert found == expected
    assert _templates(found) == row


@pytest.mark.parametrize('place', ['', '::state_dict'])
def test_a_model_without_texts_takes_its_whole_clip_along(
    place, tmp_path, monkeypatch
):
    """From wherever a config may say that it is."""
    stored = {'visual.proj': torch.ones(2, 2), 'logit_scale': torch.ones(())}
    torch.save(dict(state_dict=stored), tmp_path / 'clip.pth')
    monkeypatch.setenv('HOME', str(tmp_path))
    model = nn.Module()
    model._frozen_clip = {'backbone.visual.proj'}
    clip = dict(arch={}, pretrained=f'~/clip.pth{place}')
    assert _clip_of(model, clip).keys() == stored.keys()


def test_the_checksum_of_a_file_is_told_wherever_its_weights_lie(tmp_path):
    (tmp_path / 'a.pth').write_bytes(b'a')
    expected = hashlib.sha256(b'a').hexdigest()
    for given in (tmp_path / 'a.pth', f'{tmp_path}/a.pth::ema'):
        assert _sha256(given) == expected
    assert _sha256('hf://me/toy') is None
