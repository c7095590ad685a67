#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The Kconfig of a package is what the menu's own parser takes, and has the options that the
package's sources use: no more and no fewer.

usage: kconfig.py PACKAGE-FOLDER

Debian's Python, for which kconfiglib is packaged. Exit code 77: that is not installed.
"""
import os
import re
import sys

try:
    import kconfiglib
except ImportError:
    print("SKIP: python3-kconfiglib is not installed")
    sys.exit(77)


def used(folder):
    """Options that sources and build files name."""
    found = set()
    for here, _, names in os.walk(folder):
        for name in names:
            if name.endswith((".c", ".h", ".txt", ".conf", ".defaults")):
                with open(os.path.join(here, name), encoding="utf-8") as file:
                    found |= set(re.findall(r"\bCONFIG_(E4_\w+)", file.read()))
    return found


def main():
    folder = sys.argv[1]
    tree = kconfiglib.Kconfig(os.path.join(folder, "Kconfig"), warn_to_stderr=False)
    # What the system around it would define is undefined here.
    wrong = [text for text in tree.warnings if "undefined symbol" not in text]
    options = {symbol.name for symbol in tree.unique_defined_syms if symbol.name != "E4"}
    wrong += [f"{name} is used and not in Kconfig" for name in used(folder) - options - {"E4"}]
    wrong += [f"{name} is in Kconfig and not used" for name in options - used(folder)]
    wrong += [f"{node.item.name} has no prompt or says nothing"
              for node in tree.node_iter() if isinstance(node.item, kconfiglib.Symbol)
              and (not node.prompt or len(node.prompt[0]) < 8) and node.item.name in options]
    print("\n".join(wrong + [f"{len(options)} options: {' '.join(sorted(options))}"]))
    return 1 if wrong or not options else 0


if __name__ == "__main__":
    sys.exit(main())
