"""The command line: ``nn-bridge``.

Exit codes: 0 holds, 1 refuted (``check``: the certificate is not valid; ``diff``: units differ),
2 wrong use or unreadable input, 3 undecided, 70 internal error, 130 interrupted, 141 nobody reads
the output.
"""

from __future__ import annotations

import sys

INTERRUPTED = 130


def run() -> None:
    """Run the command line and exit with its code; an interrupt is a line, whenever it comes."""
    try:
        from nn_bridge.cli.running import exit_code

        code = exit_code()
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        code = INTERRUPTED
    sys.exit(code)
