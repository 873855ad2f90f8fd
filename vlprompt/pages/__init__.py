"""Pages of one file: HTML, drawings and pictures that travel by mail."""

from .charts import (
    Bar,
    Cell,
    Line,
    bar_chart,
    column_chart,
    line_chart,
    matrix_chart,
)
from .strips import Strip, evenly_spaced, frame_strip, read_frames
from .templates import render, render_part

__all__ = [
    'Bar',
    'Cell',
    'Line',
    'Strip',
    'bar_chart',
    'column_chart',
    'evenly_spaced',
    'frame_strip',
    'line_chart',
    'matrix_chart',
    'read_frames',
    'render',
    'render_part',
]
