#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Judge coverage: reports of gcovr (--json) of several builds, as one.

usage: coverage.py ROOT REPORT...

Required are, of lines and branches, all in lib/ but those of test/coverage.exceptions, and in
the other folders what REQUIRED says.
"""
import json
import os
import sys

REQUIRED = {"lib": (100.0, 100.0), "port": (95.0, 90.0), "base": (95.0, 90.0), "tools": (95.0, 90.0)}
EXCEPTIONS_MAX = 20
# Code for instructions that the processor at hand may not have, by its flag in /proc/cpuinfo.
NEEDS = {"lib/crypto/aes_ni.c": "aes", "lib/crypto/aes_vaes.c": "vaes",
         "lib/crypto/argon2_avx2.c": "avx2", "lib/crypto/aes_arm.c": "(an ARM processor)"}


class Line:
    """How often a line ran, and each branch that leaves it."""

    def __init__(self):
        self.count = 0
        self.branches = []

    def add(self, count, branches):
        self.count += count
        if len(branches) == len(self.branches):
            self.branches = [a + b for a, b in zip(self.branches, branches)]
        elif sum(map(bool, branches)) > sum(map(bool, self.branches)) or not self.branches:
            self.branches = branches

    def missed(self):
        return self.count == 0 or not all(self.branches)


def read_reports(paths):
    """Lines by file and number, over all reports."""
    files = {}
    for path in paths:
        with open(path, encoding="utf-8") as file:
            report = json.load(file)
        for entry in report["files"]:
            lines = files.setdefault(entry["file"], {})
            for line in entry["lines"]:
                if line.get("gcovr/noncode"):
                    continue
                lines.setdefault(line["line_number"], Line()).add(
                    line["count"], [branch["count"] for branch in line["branches"]])
    return files


def read_exceptions(root):
    rows = {}
    with open(os.path.join(root, "test/coverage.exceptions"), encoding="utf-8") as file:
        for row in file:
            if not row.strip() or row.startswith("#"):
                continue
            # The code may hold bars itself, path and reason do not.
            path, rest = row.split(" | ", 1)
            code, reason = rest.rsplit(" | ", 1)
            if not reason.strip():
                sys.exit(f"coverage.exceptions: no reason for {path}: {code}")
            rows[(path.strip(), code.strip())] = 0
    return rows


def beyond_this_processor():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        flags = file.read().split()
    return {path: flag for path, flag in NEEDS.items() if flag not in flags}


def sources(root, folder):
    for here, _, names in os.walk(os.path.join(root, folder)):
        for name in names:
            if name.endswith(".c"):
                yield os.path.relpath(os.path.join(here, name), root)


def has_code(root, path):
    """Is there a function in it? One that only gives a home to inline ones is in no report."""
    with open(os.path.join(root, path), encoding="utf-8") as file:
        return "\n{\n" in file.read()


def judge_folder(root, folder, files, exceptions, failures):
    """Print the sums of a folder; what is missed goes to failures if all is required."""
    lines = branches = lines_hit = branches_hit = 0
    strict = REQUIRED[folder] == (100.0, 100.0)
    for path in sorted(path for path in files if path.startswith(folder + "/")):
        with open(os.path.join(root, path), encoding="utf-8") as file:
            text = file.read().split("\n")
        for number, line in sorted(files[path].items()):
            code = text[number - 1].strip()
            if line.missed() and (path, code) in exceptions:
                exceptions[(path, code)] += 1
                continue
            lines += 1
            lines_hit += line.count > 0
            branches += len(line.branches)
            branches_hit += sum(map(bool, line.branches))
            if strict and line.missed():
                what = "never run" if not line.count else \
                    f"{line.branches.count(0)} of {len(line.branches)} branches not taken"
                failures.append(f"{path}:{number}: {what}: {code}")
    if not lines:
        print(f"{folder}: nothing built")
        return
    rates = (100.0 * lines_hit / lines, 100.0 * branches_hit / branches if branches else 100.0)
    print(f"{folder:6} lines {lines_hit}/{lines} = {rates[0]:.1f} %, "
          f"branches {branches_hit}/{branches} = {rates[1]:.1f} %")
    for rate, required, what in zip(rates, REQUIRED[folder], ("lines", "branches")):
        if not strict and rate < required:
            failures.append(f"{folder}: {rate:.1f} % of {what}, required are {required} %")


def main():
    if len(sys.argv) < 3:
        sys.exit("usage: coverage.py ROOT REPORT...")
    root = sys.argv[1]
    files = read_reports(sys.argv[2:])
    exceptions = read_exceptions(root)
    failures = []
    for path, flag in beyond_this_processor().items():
        if os.path.exists(os.path.join(root, path)):
            print(f"not judged: {path}: this processor has no {flag}")
            files.pop(path, None)
    for path in sources(root, "lib"):
        if path not in files and path not in beyond_this_processor() and has_code(root, path):
            failures.append(f"{path}: in no build")
    for folder in REQUIRED:
        judge_folder(root, folder, files, exceptions, failures)

    print(f"exceptions: {sum(exceptions.values())} lines (at most {EXCEPTIONS_MAX})")
    if sum(exceptions.values()) > EXCEPTIONS_MAX:
        failures.append("too many exceptions")
    for (path, code), used in exceptions.items():
        if not used:
            failures.append(f"coverage.exceptions: {path}: not needed: {code}")
    for failure in failures:
        print(failure)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
