"""Named places where a test may kill the process.

Promise: does nothing outside tests; called by shard work, the ends of runs, exports, imports and the relay.
"""

import os
import signal


def failpoint(name: str) -> None:
    """Die on the spot (SIGKILL, no clean-up) when the environment names this place, in tests alone."""
    if os.environ.get("PRM_TESTING") == "1" and os.environ.get("PRM_FAILPOINT") == name:
        os.kill(os.getpid(), signal.SIGKILL)
