"""Versions: those that were tested together, and those that can work."""

# requirements/constraints-py311.txt
TESTED = {
    'torch': '2.13.0',
    'torchvision': '0.28.0',
    'mmengine': '0.10.7',
    'mmcv-lite': '2.1.0',
    'mmaction2': '1.2.0',
    'open_clip_torch': '3.3.0',
    'timm': '1.0.31',
    'decord': '0.6.0',
    'numpy': '2.3.5',
    'opencv-python': '5.0.0.93',
    'opencv-contrib-python': '5.0.0.93',
    'setuptools': '81.0.0',
}
# What is required, and from and below which version: as in
# requirements/runtime.txt, of the packages whose versions matter.
RANGES = {
    'torch': ('2.6', ''),
    'torchvision': ('0.21', ''),
    'mmengine': ('0.10.7', '1.0'),
    'mmaction2': ('1.2.0', '1.3'),
    'open_clip_torch': ('3.1', '4'),
    'timm': ('1.0.17', ''),
    'numpy': ('1.26', '3'),
}


def installed(package: str) -> str | None:
    """The installed version of a package, None if there is none."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError:
        return None


def parse(text: str) -> tuple[int, ...]:
    """``'2.13.0+cpu'`` to ``(2, 13, 0)``."""
    parts = text.split('+')[0].split('.')
    return tuple(int(p) for p in parts if p.isdigit())
