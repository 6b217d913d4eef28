"""`python -m prm.local COMMAND`: the local installation from the command line; its usage line names the commands.

Called by: ./run, ./test, the Makefile, the Dockerfile, docker-compose.yml.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from prm.local.chromium import private_chromium
from prm.local.preparation import ROOT, Preparation, compile_translations, front_end_packages
from prm.local.processes import DidNotStart, StepFailed, tied_to_us
from prm.local.progress import complain
from prm.local.supervisor import is_ready, signals_raise, state_folder, up
from prm.local.throwaway import throwaway_servers

USAGE = (
    "usage: python -m prm.local "
    "up | packages [--dev] | chromium | translations | probe | exec -- COMMAND [ARGUMENT ...]"
)


def execute(command: Sequence[str]) -> int:
    """Run a command over throw-away servers with a migrated database; its exit code is ours."""
    signals_raise()
    with throwaway_servers() as servers:
        env = {**os.environ, **servers, "PRM_TESTING": "1"}
        preparation = Preparation(Path(servers["PRM_STATE_DIR"]), env)
        preparation.lay_schema(trust_stamp=False)
        compile_translations()
        child = subprocess.Popen(list(command), env=env, cwd=ROOT, preexec_fn=tied_to_us(signal.SIGTERM))  # noqa: PLW1509
        try:
            return child.wait()
        finally:
            if child.poll() is None:
                child.terminate()
                child.wait()


def main(arguments: Sequence[str]) -> int:
    match list(arguments):
        case ["up"]:
            return up()
        case ["exec", "--", *command] if command:
            return execute(command)
        case ["probe"]:  # the health check of a web container
            return 0 if is_ready(8000, urlsplit(os.environ.get("PRM_BASE_URL", "")).netloc) else 1
        case ["packages", *options] if options in ([], ["--dev"]):
            front_end_packages(with_dev=bool(options), state=state_folder())
        case ["chromium"]:
            private_chromium(state_folder())
        case ["translations"]:
            compile_translations()
        case _:
            complain(USAGE)
            return 2
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (DidNotStart, StepFailed) as obstacle:
        complain(str(obstacle))
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
