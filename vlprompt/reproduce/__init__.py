"""Tables of papers, run again: measured beside published."""

from vlprompt.late import late_getattr

__getattr__ = late_getattr(
    __name__,
    {
        'Request': '.request',
        'all_tables': '.catalog',
        'compare': '.comparison',
        'find_table': '.catalog',
        'reproduce': '.run',
    },
)
__all__ = [
    'Request',
    'all_tables',
    'compare',
    'find_table',
    'reproduce',
]
