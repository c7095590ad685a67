#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the Markdown documents point to is there: relative links lead to files and headings, and
docs/troubleshooting.md has a section for each phrase of e4_strerror().

usage: references.py [ROOT]
"""
import os
import re
import sys
import urllib.parse

NOT_OURS = re.compile(r"^(\.git|build|build-.*|dist|node_modules)$")


def read(*path):
    with open(os.path.join(*path), encoding="utf-8") as file:
        return file.read()


def documents(root):
    for here, below, names in os.walk(root):
        below[:] = sorted(name for name in below if not NOT_OURS.match(name))
        for name in sorted(names):
            if name.endswith(".md"):
                yield os.path.relpath(os.path.join(here, name), root)


def prose(text):
    """Without what is code."""
    text = re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)
    return re.sub(r"`[^`\n]*`", lambda code: "`" + code.group(0)[1:-1].replace("[", "").replace("]", "") + "`", text)


def anchors(text):
    """What a heading can be linked to as."""
    found = set()
    for heading in re.findall(r"^#+ +(.*)$", re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S), re.M):
        slug = re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")
        found.add(slug)
    return found


def check_links(root, document):
    text = read(root, document)
    for link in re.findall(r"\]\(([^)\s]+)\)", prose(text)):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = urllib.parse.unquote(link).partition("#")
        target = os.path.normpath(os.path.join(root, os.path.dirname(document), path)) if path \
            else os.path.join(root, document)
        if not os.path.exists(target):
            yield f"{document}: {link} leads nowhere"
        elif anchor and target.endswith(".md") and anchor not in anchors(read(target)):
            yield f"{document}: {link}: no such heading"


def check_phrases(root):
    table = re.search(r"phrase\[\] = \{(.*?)\};", read(root, "lib/wire/result.c"), re.S)
    phrases = re.findall(r'"(.*)"', table.group(1))[1:]
    headings = re.findall(r"^### (.*)$", read(root, "docs/troubleshooting.md"), re.M)
    for phrase in phrases:
        if phrase not in headings:
            yield f'docs/troubleshooting.md: no section "{phrase}"'
    for heading in headings:
        if heading not in phrases:
            yield f'docs/troubleshooting.md: "{heading}" is nothing that e4_strerror() says'


def check(root):
    found = list(documents(root))
    if not found:
        yield "no documents"
    for document in found:
        yield from check_links(root, document)
    yield from check_phrases(root)


def main():
    wrong = list(check(sys.argv[1] if len(sys.argv) == 2 else "."))
    for line in wrong:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
