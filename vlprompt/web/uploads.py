"""Videos that somebody else has sent."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import gradio as gr

from vlprompt.clips.sources import Source, file_source
from vlprompt.errors import UserError

WEB = ('http://', 'https://')
# FFmpeg's names of formats that hold their frames themselves.  Playlists
# name other files, of this machine or of the network.
FORMATS = (
    'asf,avi,dv,flv,gif,ivf,matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,mpeg,'
    'mpegts,mpegvideo,mxf,nut,ogg,rm,yuv4mpegpipe,h264,hevc,av1,obu'
)


def video_input(label: str) -> gr.Video:
    """Where a video is dropped."""
    video = gr.Video(label=label, sources=['upload'], height=300)
    _take_no_addresses(video)
    return video


def read_upload(path: str) -> Source:
    """An uploaded file, under the name that it had.

    Raises:
        UserError: If it is no video, or a playlist.
    """
    name = Path(path).name
    try:
        with av.open(path, options=dict(format_whitelist=FORMATS)) as file:
            is_video = bool(file.streams.video)
    except (OSError, ValueError) as error:
        raise UserError(f'{name} is not a video that can be read') from error
    if not is_video:
        raise UserError(f'{name} has no pictures')
    return file_source(path)._replace(name=name)


def _take_no_addresses(component: gr.Video) -> None:
    """Refuse addresses, which Gradio would download on this machine."""
    move: Callable[[Any], Any] = component.async_move_resource_to_block_cache

    async def move_file(path: Any) -> str | None:
        if str(path).startswith(WEB):
            raise gr.Error(
                'a file expected, not an address', print_exception=False
            )
        return await move(path)

    component.async_move_resource_to_block_cache = move_file
