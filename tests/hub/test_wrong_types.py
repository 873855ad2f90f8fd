"""JSON of folders with values of other types: one line, never a trace."""

import copy
import json
from functools import reduce
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vlprompt import hub
from vlprompt.errors import UserError

TOWER = dict(hidden_size=64, num_attention_heads=2, hidden_act='quick_gelu')
XCLIP = {
    'config.json': dict(
        model_type='xclip',
        projection_dim=512,
        text_config=TOWER,
        vision_config={**TOWER, 'mit_hidden_size': 512, 'num_frames': 8},
        text_config_dict=None,
        vision_config_dict=dict(image_size=224),
        prompt_layers=2,
        prompt_num_attention_heads=8,
    ),
    'preprocessor_config.json': dict(
        do_resize=True,
        size=dict(shortest_edge=224),
        crop_size=dict(height=224, width=224),
        image_mean=[0.5, 0.5, 0.5],
        image_std=[0.5, 0.5, 0.5],
        resample=3,
        rescale_factor=1 / 255,
    ),
    'model.safetensors': None,
}
CLIP = copy.deepcopy(XCLIP)
CLIP['config.json']['model_type'] = 'clip'
OPEN_CLIP = {
    'open_clip_config.json': dict(
        model_cfg=dict(
            embed_dim=48,
            vision_cfg=dict(image_size=32, layers=2, width=64),
            text_cfg=dict(context_length=77, width=64),
        ),
        preprocess_cfg=dict(
            mean=[0.5, 0.5, 0.5],
            std=[0.5, 0.5, 0.5],
            interpolation='bicubic',
            resize_mode='squash',
        ),
    ),
    'open_clip_model.safetensors': None,
}
LAYOUTS = dict(xclip=XCLIP, clip=CLIP, open_clip=OPEN_CLIP)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False)
    | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)  # fmt: skip


def places(value: Any, path: tuple = ()) -> list[tuple]:
    """The paths to all values inside."""
    inner = value.items() if isinstance(value, dict) else ()
    inner = enumerate(value) if isinstance(value, list) else inner
    found = [p for key, v in inner for p in places(v, (*path, key))]
    return [path, *found] if path else found


@pytest.mark.parametrize('layout', LAYOUTS)
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_wrong_types_get_one_line(layout, data):
    files = copy.deepcopy(LAYOUTS[layout])
    name = data.draw(st.sampled_from([n for n in files if files[n]]))
    *front, last = data.draw(st.sampled_from(places(files[name])))
    reduce(lambda part, key: part[key], front, files[name])[last] = data.draw(
        VALUES
    )
    with TemporaryDirectory() as folder:
        for file, content in files.items():
            text = '' if content is None else json.dumps(content)
            (Path(folder) / file).write_text(text)
        try:
            hub.read_folder(folder)
        except UserError as error:
            assert '\n' not in str(error)


@pytest.mark.parametrize('layout', LAYOUTS)
def test_right_types_are_read(layout, tmp_path):
    for file, content in LAYOUTS[layout].items():
        text = '' if content is None else json.dumps(content)
        (tmp_path / file).write_text(text)
    assert hub.read_folder(tmp_path).config.model.type
