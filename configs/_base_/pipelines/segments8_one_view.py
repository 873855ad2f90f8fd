"""As segments8, tested with the one view of the validation (T2L)."""

_base_ = ['segments8.py']

test_pipeline = _base_.val_pipeline
