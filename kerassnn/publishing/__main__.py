"""`python -m kerassnn.publishing ZOO README.md`: their tables anew."""

import sys

from kerassnn import publishing

if len(sys.argv) != 3:
    sys.exit(f"usage: {__doc__}")
publishing.results(sys.argv[1], readme=sys.argv[2])
