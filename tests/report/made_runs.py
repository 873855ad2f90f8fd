"""Folders as trainings and tests leave them, made without running any."""

import json
from html.parser import HTMLParser
from pathlib import Path

import cv2
import numpy as np

HOSTILE = '<script>alert("1")</script>'
CLASSES = ['jump', HOSTILE, "a 'b' & c"]
FACTS = dict(
    config='my_config.py',
    list=dict(path='lists/test.txt', sha256='ab' * 32),
    classes=3,
    template='a video of {}.',
    decoder='VideoInit, PyAV 18',
    seed=7,
    views='4x3',
    frames=8,
    size='224x224',
    batch_size=4,
    processes=1,
    device='cpu',
    parameters=123456,
    learned=789,
    seconds=75.0,
    memory_mb=None,
    versions=dict(vlprompt='0', torch='2'),
    checkpoint=dict(path='best.pth', sha256='cd' * 32),
)


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))


def make_clip(path, seed=0):
    """A small clip of ten frames."""
    code = cv2.VideoWriter_fourcc(*'mp4v')
    writer = cv2.VideoWriter(str(path), code, 10, (48, 32))
    for i in range(10):
        frame = np.full((32, 48, 3), 20 * i, np.uint8)
        frame[:, :, seed % 3] = 255
        writer.write(frame)
    writer.release()
    return str(path)


def make_test(
    folder, labels, predicted, videos=None, classes=CLASSES, facts=FACTS
):
    """A test of classification; returns its metrics."""
    labels, predicted = map(list, (labels, predicted))
    top = np.array(labels) == np.array(predicted)
    metrics = {
        'acc/top1': float(top.mean()),
        'acc/top5': 1.0,
        'acc/scored': len(labels),
        'acc/listed': len(labels) + 1,
        'decoder': 'VideoInit, PyAV 18',
    }
    others = [(p + 1) % len(classes) for p in predicted]
    predictions = dict(
        kind='classes',
        videos=videos or [f'videos/{i}.mp4' for i in range(len(labels))],
        labels=labels,
        best=[[p, o] for p, o in zip(predicted, others, strict=True)],
        scores=[[0.9 - i / 1000, 0.1] for i in range(len(labels))],
        classes=list(classes),
        probabilities=True,
        broken=[f'videos/{HOSTILE}.mp4 (moov atom not found)'],
    )
    write(folder / 'metrics.json', metrics)
    write(folder / 'predictions.json', predictions)
    if facts:
        write(folder / 'test.json', facts)
    return metrics


def make_training(folder, losses, start='20260101_000000', first=1):
    """The logs of an iteration each."""
    lines = [
        dict(loss=x, lr=0.1, time=0.5, epoch=i, iter=i, step=i)
        for i, x in enumerate(losses, first)
    ]
    lines.append({'acc/top1': 0.5, 'step': first + len(losses) - 1})
    path = folder / start / 'vis_data/scalars.json'
    path.parent.mkdir(parents=True)
    path.write_text('\n'.join(map(json.dumps, lines)))


class Page(HTMLParser):
    """What a page has: anchors, links, pictures, and its text."""

    def __init__(self, path):
        super().__init__()
        self.ids, self.links, self.sources, self.words = [], [], [], []
        self.tags, self.attributes, self.without_alt = [], set(), 0
        self.source = Path(path).read_text(encoding='utf-8')
        self.feed(self.source)
        self.text = ' '.join(' '.join(self.words).split())

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.append(tag)
        self.attributes |= attrs.keys()
        self.ids += [attrs['id']] if 'id' in attrs else []
        self.links += [attrs['href']] if 'href' in attrs else []
        self.sources += [attrs['src']] if 'src' in attrs else []
        if tag == 'img' and not attrs.get('alt'):
            self.without_alt += 1

    def handle_data(self, data):
        self.words.append(data)

    def check(self):
        """Whether it stands alone, and every link leads somewhere."""
        assert len(set(self.ids)) == len(self.ids)
        wanted = {link.removeprefix('#') for link in self.links}
        assert all(link.startswith('#') for link in self.links)
        assert wanted <= set(self.ids), wanted - set(self.ids)
        assert all(s.startswith('data:image/jpeg') for s in self.sources)
        assert '://' not in self.source
        assert self.tags.count('script') == 1
        assert not self.without_alt
        assert len(self.source.encode()) < 5_000_000
