#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The checks of documents find what they are there to find.

usage: selftest.py ROOT
"""
import os
import subprocess
import sys
import tempfile

import play
import references

HERE = os.path.dirname(os.path.abspath(__file__))
GOOD = {
    "README.md": "# All\n[a](docs/troubleshooting.md#too-old) [b](#all) [c](https://example.org/no)\n"
                 "`[d](nowhere)`\n",
    "docs/troubleshooting.md": "### too old\n### replayed\n",
    "lib/wire/result.c": 'phrase[] = {\n    "ok",\n    "too old",\n    "replayed",\n};\n',
}
# A file, what stands in it, what to put there instead, and what is said.
REFERENCES = [
    ("README.md", "docs/troubleshooting.md#", "docs/trouble.md#", "leads nowhere"),
    ("README.md", "#too-old", "#to-old", "no such heading"),
    ("README.md", "(#all)", "(#nothing)", "no such heading"),
    ("docs/troubleshooting.md", "### replayed\n", "", 'no section "replayed"'),
    ("lib/wire/result.c", '"too old"', '"late"', '"too old" is nothing that'),
]
# A document, and whether its examples compile.
SNIPPETS = [
    ("```c\nuint16_t places(void);\n\nuint16_t places(void)\n{\n    return (uint16_t)e4_places(NULL);\n}\n```\n", True),
    ("```c\nresult = e4_save(&client);\n```\n", True),
    ("```c\nresult = e4_save(&client, 1);\n```\n", False),
    ("```c\nresult = e4_unknown(&client);\n```\n", False),
    ("```c\nif (result = E4_OK)\n    e4_close(&client);\n```\n", False),
    ("```\nno example in C\n```\n", False),
    (".Sh EXAMPLES\n.Bd -literal -offset indent\n(void)printf(\"%d\\en\", result);\n.Ed\n", True),
    (".Sh EXAMPLES\n.Bd -literal -offset indent\n(void)printf(\"%s\\en\", result);\n.Ed\n", False),
]
# What a guide shows, what is printed, and whether that fits.
OUTPUTS = [
    (["a", "b"], ["a", "b"], True),
    (["a"], ["a", "b"], False),
    (["a", "b"], ["a"], False),
    (["a", "..."], ["a", "b", "c"], True),
    (["...", "c"], ["a", "b"], False),
    (["id 0123456789abcdef ..."], ["id fedcba9876543210 and more"], True),
    (["id 0123456789abcdef"], ["id none"], False),
    (["at 2026-11-22T22:33:10Z (3 s ago)"], ["at 2027-01-01T00:00:00Z (2 min 1 s ago)"], True),
]


def check_references():
    for path, old, new, saying in [("README.md", "", "", None)] + REFERENCES:
        with tempfile.TemporaryDirectory() as root:
            for name, text in GOOD.items():
                os.makedirs(os.path.dirname(os.path.join(root, name)), exist_ok=True)
                with open(os.path.join(root, name), "w", encoding="utf-8") as file:
                    file.write(text.replace(old, new) if name == path and old else text)
            wrong = list(references.check(root))
        if saying is None and wrong or saying and not any(saying in line for line in wrong):
            yield f"references: {old!r} made {new!r}: {wrong}"


def check_snippets(root):
    for text, good in SNIPPETS:
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "page.3" if text.startswith(".") else "page.md")
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            done = subprocess.run([os.path.join(HERE, "snippets.sh"), root, path], check=False,
                                  stdout=subprocess.PIPE, text=True)
        if (done.returncode == 0) != good:
            yield f"snippets: {text!r}: {done.stdout}"


def check_play():
    for shown, printed, good in OUTPUTS:
        if play.fits(shown, printed) != good:
            yield f"play: {shown} and {printed}"
    guide = "text\n```console bob\n$ a \\\n> b\nc\n$ d\n```\n```\n$ no\n```\n"
    found = [(line, name, list(play.steps(lines))) for line, name, lines in play.blocks(guide)]
    if found != [(3, "bob", [("a \\\nb", ["c"]), ("d", [])])]:
        yield f"play: {found}"


def main():
    wrong = [*check_references(), *check_snippets(sys.argv[1]), *check_play()]
    for line in wrong:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
