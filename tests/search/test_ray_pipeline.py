"""The pipeline of Ray Data, on this machine."""

import os

import numpy as np
import pytest

from vlprompt.apis import open_index
from vlprompt.cli.dispatch import start
from vlprompt.search.ray_pipeline import build_index_with_ray

pytestmark = pytest.mark.slow


@pytest.fixture(scope='module')
def ray():
    """A cluster of two CPUs, in this process's environment."""
    ray = pytest.importorskip('ray')
    pytest.importorskip('ray.data')
    env = dict(
        env_vars=dict(PYTHONPATH=os.pathsep.join(__import__('sys').path))
    )
    ray.init(
        num_cpus=2,
        include_dashboard=False,
        runtime_env=env,
        object_store_memory=200 << 20,
    )
    yield ray
    ray.shutdown()


def test_its_index_is_that_of_a_single_process(
    ray, made, videos, embedder, model, tmp_path, capsys
):
    (videos / 'bad.mp4').write_text('text')
    index = tmp_path / 'index'
    built = build_index_with_ray(
        videos, index, embedder, 1.0, 0.5, batch_size=3
    )
    assert (built.videos, built.windows, built.embedded) == (4, 24, 4)
    (problem,) = built.problems
    assert problem.line() == 'cannot read bad.mp4 (not a video: text)'
    one, other = open_index(made), open_index(index)
    assert one.paths == other.paths
    assert np.array_equal(one.windows.starts, other.windows.starts)
    difference = one.features().astype('f4') - other.features()
    assert np.abs(difference).max() < 1e-3
    capsys.readouterr()
    words = ['index', videos, '--index', index, '--ray', 1, '--device', 'cpu']
    flags = ['--window', 1, '--model', model, '--template', '{}']
    (videos / 'red_star.mp4').unlink()
    start([*map(str, (*words, *flags))])
    out = capsys.readouterr().out
    assert '3 videos, 17 windows, 0 new, 1 forgotten' in out
    again = build_index_with_ray(videos, index, embedder, 1.0, 0.5)
    assert again.embedded == 0
