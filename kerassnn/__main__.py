"""`python -m kerassnn`: the command, as the installed `kerassnn` is."""

import sys

from kerassnn.cli.main import main

sys.exit(main())
