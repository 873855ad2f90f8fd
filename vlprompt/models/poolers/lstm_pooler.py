from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from vlprompt.registry import MODELS

from .sequence_pooler import SequencePooler


@MODELS.register_module()
class LSTMPooler(SequencePooler):
    """One LSTM over the frames (ActionCLIP's LSTM, CLIP4Clip's seqLSTM).

    Any number of frames; padding has to stand at the end of a clip.

    Args:
        embed_dim: Width of the embeddings, E.
        reduce: Config of the pooler that follows.
    """

    def __init__(self, embed_dim: int, reduce: dict | None = None) -> None:
        super().__init__(reduce=reduce)
        self.lstm = nn.LSTM(embed_dim, embed_dim, batch_first=True)

    def aggregate(self, frames: Tensor, mask: Tensor | None) -> Tensor:
        """(B, T, E) frames to (B, T, E), zeros where there is padding."""
        if mask is None:
            return self.lstm(frames)[0]
        packed = pack_padded_sequence(
            frames,
            mask.sum(dim=1).cpu(),
            batch_first=True,
            enforce_sorted=False,
        )
        out, _ = pad_packed_sequence(
            self.lstm(packed)[0], batch_first=True, total_length=frames.size(1)
        )
        return out
