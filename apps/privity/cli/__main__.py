"""`python -m privity.cli`."""

import sys

from privity.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
