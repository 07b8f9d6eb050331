"""`python -m benchmarks [NAME …] [--quick]`."""

import argparse
import importlib

from benchmarks.harness import servers

NAMES = ("rungs", "interactive", "scale", "machines", "importing", "delivery", "receipts", "whatif", "pages", "peers")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", default=[], help=f"any of {', '.join(NAMES)}; all when none is named")
    parser.add_argument("--quick", action="store_true", help="smaller and fewer runs, to see that they work")
    asked = parser.parse_args()
    unknown = set(asked.names) - set(NAMES)
    if unknown:
        parser.error(f"no benchmark is called {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    with servers() as running:
        for name in asked.names or NAMES:
            importlib.import_module(f"benchmarks.{name}").run(running, quick=asked.quick)


if __name__ == "__main__":
    main()
