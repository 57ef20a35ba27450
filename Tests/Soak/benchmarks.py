"""Makes the modules of Tests/Benchmarks importable: they start processes, describe machines and write reports."""

import os
import sys

sys.path.append(os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "Benchmarks"))
