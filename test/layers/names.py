#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Names are unique in all of the library's sources for a device, static ones too: so the sources
can stand one behind the other in one file, as scripts/amalgamate puts them, and a symbol in a map
or a debugger is in one file only. Engines of which a build has one may share theirs.

usage: names.py ROOT

Exit code 0: they are. 1: those that are not have been printed, a line each.
"""
import importlib.machinery
import importlib.util
import os
import subprocess
import sys

# Macros, enumerators, functions, typedefs, variables; and tags, which are a space of their own.
KINDS = "deftvgsu"
TAGS = "gsu"


def amalgamate(root):
    loader = importlib.machinery.SourceFileLoader(
        "amalgamate", os.path.join(root, "scripts", "amalgamate"))
    module = importlib.util.module_from_spec(
        importlib.util.spec_from_loader("amalgamate", loader))
    sys.dont_write_bytecode = True
    loader.exec_module(module)
    return module


def names(path):
    """Each name that a file defines outside functions, tags as "struct NAME", with its line."""
    said = subprocess.run(["ctags", "-f", "-", "--sort=no", "--excmd=number", "--language-force=C",
                           f"--kinds-C={KINDS}", "--extras=-{anonymous}", path],
                          check=True, capture_output=True, text=True).stdout
    for line in said.splitlines():
        name, _, number, kind = line.split("\t")[:4]
        yield ("struct " if kind in TAGS else "") + name, int(number.rstrip(';"'))


def main():
    os.chdir(sys.argv[1])
    tool = amalgamate(".")
    files = tool.all_files()
    if len(files) < 2:
        sys.exit("no files found")
    seen = {}
    for path in files:
        for name, number in names(path):
            seen.setdefault(name, {}).setdefault(path, number)
    broken = 0
    for name, places in sorted(seen.items()):
        engines = set(places) & set(tool.ONLY_IF)
        if len(places) - max(len(engines) - 1, 0) < 2:
            continue
        broken += 1
        print(name + ": " + ", ".join(f"{path}:{number}" for path, number in places.items()))
    print(f"{len(seen)} names in {len(files)} files, {broken} of them in several")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
