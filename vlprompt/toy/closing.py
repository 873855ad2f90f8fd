"""The last words of the quickstart: what was seen, and what to type next."""

import shutil
import sys
from pathlib import Path

from vlprompt.errors import docs_url

SEEN = """
What you have just seen
  CLIP, which knows still pictures, recognises the thing in a clip and has to
  guess how it moves. ViLT-CLIP has learned prompts from clips of half of the
  classes. Of these it now gets {0:.0f} % right instead of {1:.0f} %, and of
  the other half, which it has never seen, {2:.0f} % instead of {3:.0f} %.
"""
FILES = """
Files
  {out}/report.html: a page on all of this: open it in a browser
  {out}/predictions.png: its guesses for clips of the other half
  {out}/report.json: all numbers, and what they were made with
  {checkpoint}: what was learned
  {out}/log.txt: what was logged
"""
NEXT = """
What to type next
  For the same page with more clips, and where the model looks in them:
    {vlprompt} report {out}

  For a clip of your own (this downloads CLIP's weights once, 600 MB):
    {vlprompt} classify clip.mp4 --classes "a dog running" "a cat sleeping"

  To train on a folder of your own, my_videos/CLASS/FILE:
    {vlprompt} train my_videos

  To find a moment in a folder of videos:
    {vlprompt} index my_videos
    {vlprompt} search "a dog jumping into water"

  For the papers' tables ({data} says
  how to lay out the data sets):
    {vlprompt} eval zero-shot vlprompt::clip/clip_b16_k400.py --datasets hmdb51
    {vlprompt} models vilt
"""


def closing(table: dict[str, dict], out: Path, checkpoint: str) -> str:
    """What the quickstart prints below its table.

    Args:
        table: Accuracies (0 to 1) of both methods on both sets of classes.
        out: The folder of the results.
        checkpoint: What was learned.
    """
    percent = [
        100 * table[method][classes]
        for classes in ('base', 'novel')
        for method in ('ViLT-CLIP', 'vanilla CLIP')
    ]
    vlprompt = _program('vlprompt')
    return (
        SEEN.format(*percent)
        + FILES.format(out=out, checkpoint=checkpoint)
        + NEXT.format(
            vlprompt=vlprompt,
            out=out,
            data=docs_url('data#layout'),
        )
    )


def _program(name: str) -> str:
    """How one types a program of this environment."""
    ours = Path(sys.executable).with_name(name)
    found = shutil.which(name)
    if found and Path(found).parent == ours.parent:
        return name
    if not ours.is_file():
        return f'{_program("python")} -m {name}'
    if ours.is_relative_to(Path.cwd()):
        return str(ours.relative_to(Path.cwd()))
    return str(ours)
