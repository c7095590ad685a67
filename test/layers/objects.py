#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The laws of what the compiler made of libe4, each a function that yields what breaks it.

usage: objects.py LAW OBJECT...

OBJECT is an object file, or @FILE with a list of them. NM and OBJDUMP in the environment name
the tools of another machine's compiler. Exit code 0: the law holds. 1: what breaks it has been
printed. 77: this build says nothing about it.
"""
import os
import re
import subprocess
import sys

NM = os.environ.get("NM", "nm")
OBJDUMP = os.environ.get("OBJDUMP", "objdump")

C_FUNCTIONS = {"memcpy", "memmove", "memset", "memcmp"}
# What compilers call of their own accord: ARM's arithmetic, libgcc's, AVR's, where tables are.
HELPERS = re.compile(r"__aeabi_\w+|__(u?(div|mod|divmod)|mul|ashl|ashr|lshr|clz|ctz|bswap|"
                     r"popcount|u?cmp|add|sub|neg|rotl)[sdt]i[234](_s8)?|__u?mul\w+i3|"
                     r"__riscv_(save|restore)_\d+|__(prologue_saves|epilogue_restores)__|"
                     r"__do_(copy_data|clear_bss)|__(gnu_)?thumb1_case_\w+|_GLOBAL_OFFSET_TABLE_|"
                     r"__cpu_(model|indicator_init|features2?)")


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def symbols(objects):
    """Object, kind and name of each symbol, as nm says them."""
    path = objects[0]
    for line in run(NM, "-P", *objects).splitlines():
        if line.endswith(":"):
            path = line[:-1]
        elif line:
            name, kind = line.split()[:2]
            yield path, kind, name


def core(objects):
    """Those of lib/, which know no operating system; a port's or libsodium's may need more."""
    return [path for path in objects
            if re.search(r"/lib/[a-z]+/[^/]+$|/e4\.c\.", path) and not re.search(r"/sodium[^/]*$", path)]


def law_prefix(objects):
    """Every symbol with external linkage starts with e4_."""
    for path, kind, name in symbols(objects):
        if kind in "ABCDGRSTVWi" and not name.startswith("e4_"):
            yield f"{path}: {name}"


def law_no_writable_data(objects):
    """No writable globals: no .data, no .bss, nothing common."""
    path = objects[0]
    for line in run(OBJDUMP, "-h", *objects).splitlines():
        if "file format" in line:
            path = line.split(":")[0]
        found = re.match(r"\s*\d+ (\.\S+)\s+([0-9a-f]+)", line)
        if not found or int(found.group(2), 16) == 0:
            continue
        section = found.group(1)
        if re.match(r"\.(data|bss|tdata|tbss|sdata|sbss)(\.|$)", section) \
                and not section.startswith(".data.rel.ro"):
            yield f"{path}: {int(found.group(2), 16)} bytes of {section}"
    for path, kind, name in symbols(objects):
        if kind == "C":
            yield f"{path}: {name} is common"


def law_undefined(objects):
    """Nothing is needed but memcpy, memmove, memset, memcmp and the compiler's helpers."""
    found = list(symbols(objects))
    defined = {name for _, kind, name in found if kind not in "Uvw"}
    asked = set(core(objects))
    for path, kind, name in found:
        if path in asked and kind in "Uvw" and name not in defined | C_FUNCTIONS \
                and not HELPERS.fullmatch(name):
            yield f"{path}: needs {name}"


LAWS = {name[4:]: law for name, law in list(globals().items()) if name.startswith("law_")}


def main():
    if len(sys.argv) < 3 or sys.argv[1] not in LAWS:
        sys.exit("usage: objects.py LAW OBJECT...\nLAW: " + " ".join(LAWS))
    objects = []
    for argument in sys.argv[2:]:
        if argument.startswith("@"):
            with open(argument[1:], encoding="utf-8") as file:
                objects += [line for line in file.read().split("\n") if line]
        else:
            objects.append(argument)
    if not core(objects):
        sys.exit("no object of lib/ is among them")
    law = LAWS[sys.argv[1]]
    broken = list(law(objects))
    for line in broken:
        print(line)
    if broken:
        print(f"{len(broken)} against the law: {law.__doc__}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
