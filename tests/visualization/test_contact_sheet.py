"""The picture of clips and predictions."""

import cv2
import matplotlib.image
import numpy as np
import torch

from vlprompt.visualization import draw_contact_sheet


def test_a_row_for_each_clip(tmp_path):
    path = tmp_path / 'a.mp4'
    codec = cv2.VideoWriter_fourcc(*'mp4v')
    writer = cv2.VideoWriter(str(path), codec, 10, (64, 48))
    for level in range(0, 200, 20):
        writer.write(np.full((48, 64, 3), level, np.uint8))
    writer.release()
    row = dict(
        filename=str(path),
        gt_label=torch.tensor([1]),
        pred_score=torch.tensor([0.7, 0.2, 0.1]),
    )
    heights = []
    for rows in (1, 3):
        draw_contact_sheet(
            [row] * rows, ['a', 'b', 'c'], tmp_path / 'sheet.png', 'title'
        )
        picture = matplotlib.image.imread(tmp_path / 'sheet.png')
        heights.append(picture.shape[0])
    assert heights[1] > 2 * heights[0]
