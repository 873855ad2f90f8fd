"""Drop a video, type class names, see bars and a timeline."""

from collections.abc import Callable
from threading import Lock
from typing import Any

from markupsafe import Markup

from vlprompt.apis import Prediction, Timeline, VideoClassifier
from vlprompt.apis.prediction_files import as_dict
from vlprompt.clips.sources import Source
from vlprompt.clips.windows import Span
from vlprompt.errors import UserError
from vlprompt.pages import (
    Bar,
    Strip,
    bar_chart,
    frame_strip,
    read_frames,
    render_part,
)
from vlprompt.pages.timeline import timeline_page

from .class_names import typed_classes
from .in_page import in_page, silent
from .uploads import read_upload, video_input

SHOWN = 10  # classes
FRAMES, HEIGHT = 6, 100  # of the picture above the bars
SHORTEST = 2.0  # seconds of a window
LONG = 10.0  # seconds of a video that gets a timeline by itself
FEW_WINDOWS = 120  # unless their length is given
MOST_WINDOWS = 5000
ONE_AT_A_TIME = dict(concurrency_id='model', concurrency_limit=1)


class ClassifyTab:
    """What the tab does.

    Args:
        classifier: The model.
        lock: Held while a model computes.
    """

    def __init__(self, classifier: VideoClassifier, lock: Lock) -> None:
        self._classifier, self._lock = classifier, lock
        self._default = classifier.model.class_names

    def build(self) -> None:
        """Lay it out, inside the page."""
        import gradio as gr

        with gr.Row():
            with gr.Column(scale=2):
                video = video_input('Video')
                words = gr.Textbox(
                    label='Classes, one a line, or a data set '
                    '(k400, ucf101, hmdb51, ssv2, k600)',
                    lines=5,
                    placeholder='frying eggs\ncutting bread',
                )
                window = gr.Number(
                    0,
                    label='Seconds of a window of the timeline',
                    info=f'0: a timeline for videos of {LONG:g} s or more',
                )
                button = gr.Button('Classify', variant='primary')
            with gr.Column(scale=3):
                bars = gr.HTML(elem_classes='vl', elem_id='bars')
                with gr.Accordion('Numbers', open=False):
                    numbers = gr.JSON(show_label=False)
        timeline = gr.HTML(elem_id='timeline')
        button.click(
            in_page(self.classify),
            [video, words, window],
            [bars, numbers, timeline],
            api_name='classify',
            **ONE_AT_A_TIME,
        )

    def classify(
        self,
        video: str | None,
        words: str,
        window: float | None,
        progress: Callable[..., Any] = silent,
    ) -> tuple[str, dict[str, Any], str]:
        """Classify a video.

        Args:
            video: The uploaded file.
            words: Class names, see :func:`typed_classes`; those of the
                model's config if empty.
            window: Seconds of a window; 0 to choose.
            progress: Told how far it is.

        Returns:
            The bars, the numbers, and the timeline or nothing.

        Raises:
            UserError: If the video cannot be read, or the names do not fit.
        """
        if not video:
            raise UserError('no video: drop one into the field')
        classes = typed_classes(words or '') or self._default
        if classes is None:
            raise UserError('no classes: type their names, one a line')
        source = read_upload(video)
        progress(0, desc='waiting for the model')
        with self._lock:
            self._classifier.set_classes(classes)
            progress(0, desc='looking at the whole video')
            (whole,) = self._classifier.predict(source)
            picture = frame_strip(read_frames(video, FRAMES), HEIGHT)
            timeline = self._timeline(source, whole.end, window, progress)
        numbers: dict[str, Any] = dict(video=source.name, **_numbers(whole))
        bars = _drawn(whole, picture)
        if timeline is None:
            return bars, numbers, ''
        numbers['windows'] = [_numbers(window) for window in timeline.windows]
        return bars, numbers, _framed(timeline)

    def _timeline(
        self,
        source: Source,
        duration: float,
        window: float | None,
        progress: Callable[..., Any],
    ) -> Timeline | None:
        """That of a long video, or if a length is given."""
        if not window:
            if duration < LONG:
                return None
            window = max(SHORTEST, duration / FEW_WINDOWS)
        span = Span.checked(window, None)
        total = max(1, round(duration / span.window))
        if total > MOST_WINDOWS:
            raise UserError(
                f'{total} windows of {window:g} s, expected {MOST_WINDOWS} '
                'at most'
            )

        def follow(number: int) -> None:
            progress((number, total), desc='timeline', unit='windows')

        return self._classifier.timeline(source, window, follow=follow)


def _numbers(prediction: Prediction) -> dict[str, Any]:
    numbers = as_dict(prediction, len(prediction.names))
    del numbers['path']  # which clients of Gradio take for a file to fetch
    return numbers


def _drawn(whole: Prediction, picture: Strip) -> Markup:
    """Frames of a video, and bars below them."""
    best = list(zip(whole.names, whole.scores, strict=True))[:SHOWN]
    bars = [Bar(name, max(score, 0), f'{score:.2f}') for name, score in best]
    chart = bar_chart(bars, f'Classes of {whole.path}')
    return render_part(
        'web_bars', name=whole.path, picture=picture, chart=chart
    )


def _framed(timeline: Timeline) -> Markup:
    """The page of a timeline, with its own styles, inside this one."""
    names = {window.names[0] for window in timeline.windows}
    height = 420 + 26 * min(len(names), 8) + 34 * len(timeline.segments())
    page = timeline_page([timeline], {})
    return render_part('web_frame', page=page, height=min(height, 900))
