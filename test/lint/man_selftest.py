#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""man.py finds what it is there to find: each mistake, made in a copy of the tree, is reported.

usage: man_selftest.py ROOT
"""
import os
import shutil
import sys
import tempfile

import man

PARTS = ["include", "man", "lib/wire"]
# A file, what stands in it, what to put there instead (None: remove the file), and what is said.
MISTAKES = [
    ("man/e4_save.3", "", None, "e4_save: no page"),
    ("include/e4/e4.h", "const char *e4_version(void);", "const char *e4_version(void);\nvoid e4_new(int x);",
     "e4_new: no page"),
    ("include/e4/e4.h", "extern const struct e4_public_key_mode e4_public_key_mode;",
     "extern const struct e4_public_key_mode e4_both_modes;", "e4_both_modes: no page"),
    ("man/e4_open.3", ".Nm e4_save ,\n", "", "e4_save is not among its names"),
    ("man/e4_open.3", "\n.Dt E4_OPEN 3", "\n.Dt E4_OPEM 3", ".Dt is not its name"),
    ("man/e4_wipe.3", ".Nm e4_equal", ".Nm e4_equal ,\n.Nm e4_close", "e4_close.3 does not lead here"),
    ("man/e4_unprotect.3", '.Fa "size_t text_cap"', '.Fa "uint32_t text_cap"', "and the header"),
    ("man/e4_unprotect.3", '.Fa "size_t text_cap"\n', "", "and the header"),
    ("include/e4/e4.h", "bool e4_is_receiving(", "int e4_is_receiving(", "and the header"),
    ("man/e4_wipe.3", ".In e4/keys.h", ".In e4/wire.h", "none of the headers"),
    ("man/e4_wipe.3", ".Fo e4_equal", ".Fo e4_close", "no prototype of e4_equal"),
    ("include/e4/e4.h", "uint32_t max_age_s;", "uint64_t max_age_s;", "does not have: struct e4_policy"),
    ("man/e4_policy.3", "    bool send_empty;\n", "", "does not have: struct e4_policy"),
    ("man/e4_protect.3", ".Fn e4_protect\n", ".Fn e4_seal\n", "e4_seal does not exist"),
    ("man/e4_wipe.3", ".Fn e4_wipe\n", ".Fn e4_client\n", "e4_client is no function"),
    ("man/e4_unprotect.3", "E4_ERR_STALE", "E4_ERR_LATE", "E4_ERR_LATE does not exist"),
    ("man/e4_wipe.3", ".Xr e4_close 3", ".Xr e4_wipe_all 3", "e4_wipe_all(3), which is missing"),
    ("man/e4.3", ".It Fn e4_hello\n", ".It Fn e4_open\n", "e4_hello() is not in its list"),
    ("lib/wire/result.c", '"replayed"', '"seen before"', 'E4_ERR_REPLAY is not explained as "seen before"'),
    ("man/e4.3", ".It Dv E4_ERR_GUARD\n", ".It Dv E4_ERR_FULL\n", "E4_ERR_GUARD is not explained"),
]


def make(root, tree, path, old, new):
    """A copy of the tree with one mistake in it."""
    for part in PARTS:
        shutil.copytree(os.path.join(root, part), os.path.join(tree, part), symlinks=True)
    path = os.path.join(tree, path)
    if new is None:
        os.remove(path)
        return
    text = man.read(path)
    if old not in text:
        sys.exit(f"{path}: nothing to make a mistake of: {old}")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text.replace(old, new))


def main():
    failed = 0
    for path, old, new, saying in MISTAKES:
        with tempfile.TemporaryDirectory() as tree:
            make(sys.argv[1], tree, path, old, new)
            wrong = list(man.check(tree))
        if not any(saying in line for line in wrong):
            print(f"{path}: {old!r} made {new!r} should be reported as \"{saying}\", and was as {wrong}")
            failed += 1
    print(f"{len(MISTAKES)} mistakes, {failed} of them not noticed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
