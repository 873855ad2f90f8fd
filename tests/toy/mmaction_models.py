"""Two models of MMAction2 in the size of the toy world."""

TSN = """
_base_ = ['mmaction::recognition/tsn/'
          'tsn_imagenet-pretrained-r50_8xb32-1x1x3-100e_kinetics400-rgb.py']
model = dict(
    backbone=dict(depth=18, pretrained=None),
    cls_head=dict(num_classes=24, in_channels=512))
sampler = dict(type='SampleFrames', clip_len=1, frame_interval=1, num_clips=3)
layout = 'NCHW'
"""
TIMESFORMER = """
_base_ = ['mmaction::recognition/timesformer/'
          'timesformer_divST_8xb8-8x32x1-15e_kinetics400-rgb.py']
model = dict(
    backbone=dict(
        pretrained=None, num_frames=8, img_size=48, embed_dims=64,
        num_heads=4, num_transformer_layers=2),
    cls_head=dict(num_classes=24, in_channels=64))
sampler = dict(type='SampleFrames', clip_len=8, frame_interval=2, num_clips=1)
layout = 'NCTHW'
"""
DATA = """
custom_imports = dict(imports=['vlprompt'], allow_failed_imports=False)
pipeline = [
    dict(type='vlprompt.VideoInit'), sampler,
    dict(type='vlprompt.VideoDecode'),
    dict(type='Resize', scale=(48, 48), keep_ratio=False),
    dict(type='FormatShape', input_format=layout),
    dict(type='PackActionInputs')]
dataset = dict(
    _delete_=True, type='VideoDataset', ann_file='{lists}/base_1.txt',
    data_prefix=dict(video='{videos}'), pipeline=pipeline)
train_dataloader = dict(
    batch_size=8, num_workers=0, persistent_workers=False, dataset=dataset)
val_dataloader = dict(
    batch_size=4, num_workers=0, persistent_workers=False,
    dataset=dict(test_mode=True, **dataset))
test_dataloader = val_dataloader
train_cfg = dict(max_epochs=1, val_interval=9)
"""
CONFIGS = {'tsn': TSN, 'timesformer': TIMESFORMER}
