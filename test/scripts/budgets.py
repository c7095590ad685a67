#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""scripts/size fails whatever is over its budget or has grown, unless the budgets say that it is
accepted and why; and recording what is does not hide an overrun."""
import importlib.machinery
import importlib.util
import os
import sys
import tempfile

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
sys.dont_write_bytecode = True
loader = importlib.machinery.SourceFileLoader("size", os.path.join(ROOT, "scripts/size"))
size = importlib.util.module_from_spec(importlib.util.spec_from_loader("size", loader))
loader.exec_module(size)

TABLE = """# board what budget record
m4         code             8192       8000
m4         over             8192       8500
m4         granted             0        119  accepted: for a reason
m4         lower              0        119  accepted: for a reason
m4         within           8192       8000  accepted: no more
m4         free                -       1000
"""
# What is measured: whether it will do, and a part of what is said.
JUDGED = [
    ("code", 8000, True, ""), ("code", 8192, False, "GREW by 192"), ("code", 8160, True, ""),
    ("code", 7000, True, "smaller"), ("over", 8500, False, "OVER its budget by 308"),
    ("over", 8192, True, "smaller"), ("over", 8193, False, "OVER its budget by 1"),
    ("granted", 119, True, "over by 119 (accepted: for a reason)"),
    ("granted", 122, False, "GREW by 3"), ("granted", 0, False, "WITHIN"),
    ("within", 8000, False, "WITHIN"), ("free", 1020, True, ""), ("free", 1021, False, "GREW by 21"),
]
# What is measured, and what is recorded then.
RECORDED = {"code": (8150, 8150), "over": (8600, 8500), "granted": (200, 119), "lower": (90, 90), "within": (8100, 8100),
            "free": (5000, 5000)}
NOT_ROWS = ["m4 code 8192", "m4 code 8192 8000 because", "m4 code 8192 8000 accepted:", "m4 code x 1"]


def main():
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "budgets")

        def write(text):
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            return size.Budgets(path)

        budgets = write(TABLE)
        for cell, measured, want, part in JUDGED:
            fine, words = budgets.judge(("m4", cell), measured)
            if fine != want or part not in words or (part == "") != (words == ""):
                print(f"{cell} of {measured}: {fine}, {words}")
                failed += 1
        budgets.record({("m4", cell): measured for cell, (measured, _) in RECORDED.items()})
        again = size.Budgets(path).rows
        for cell, (_, want) in RECORDED.items():
            before = budgets.rows["m4", cell]
            if again["m4", cell] != (before[0], want, before[2]):
                print(f"{cell}: recorded as {again['m4', cell]}")
                failed += 1
        for row in NOT_ROWS:
            try:
                write(row + "\n")
                print(f"taken as a row: {row}")
                failed += 1
            except SystemExit:
                pass
    # The budgets themselves: each overrun that is accepted is one.
    own = size.Budgets(os.path.join(ROOT, size.BUDGETS)).rows
    for (board, cell), (budget, record, why) in own.items():
        if why and (budget is None or record <= budget):
            print(f"{board} {cell}: nothing is to be accepted")
            failed += 1
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
