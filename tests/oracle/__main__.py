"""Compare many made-up programmes: the oracle, the reference and the SQL; exits 1 on a difference or a missing pair.

Here alone the oracle meets the product: nothing of the evaluator imports this."""

import sys

from tests.support.comparison import main

if __name__ == "__main__":
    sys.exit(main())
