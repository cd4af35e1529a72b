import sys

from kerassnn.cli.main import main

sys.exit(main())
