"""MSR-VTT, 7k videos for training and 1k-A for tests, 12 frames at most."""

_base_ = ['msrvtt9k.py']

train_dataloader = dict(dataset=dict(ann_file='data/msrvtt/train_7k.json'))
