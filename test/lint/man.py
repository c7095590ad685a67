#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The manual of section 3 says what the headers say: every public function has a page with its
very prototype, structs are shown as they are, and nothing is named that does not exist.

usage: man.py [ROOT]

Exit code 0: so it is. 1: what is wrong has been printed, a line each.
"""
import functools
import os
import re
import sys


def read(*path):
    with open(os.path.join(*path), encoding="utf-8") as file:
        return file.read()


@functools.lru_cache(maxsize=None)
def normal(text):
    """C without comments and preprocessor lines, and with white space only where it matters."""
    text = re.sub(r"/\*.*?\*/", " ", text, flags=re.S)
    text = re.sub(r"^#.*$", "", text, flags=re.M)
    text = re.sub(r"\s+", " ", text)
    return re.sub(r" ?([][(){}*,;=]) ?", r"\1", text).strip()


@functools.lru_cache(maxsize=None)
def prototypes(code):
    """The functions that normal code declares: name and prototype."""
    found = re.findall(r"([a-z][a-z0-9_ ]*[ *])(e4_[a-z0-9_]+)(\([^()]*\))[;{]", code)
    return {name: kind + name + args for kind, name, args in found}


def objects(code):
    return set(re.findall(r"extern const struct e4_[a-z_]+ (e4_[a-z_]+);", code))


class Page:
    """What a manual page in mdoc says."""

    def __init__(self, root, name):
        self.path = f"man/{name}.3"
        self.text = read(root, self.path)
        self.names = re.findall(r"^\.Nm (\S+)", self.section("NAME"), re.M)
        self.headers = re.findall(r"^\.In (e4/\S+)", self.section("SYNOPSIS"), re.M)
        self.prototypes = prototypes(self.declared_functions())

    def section(self, title):
        found = re.search(rf"^\.Sh {title}\n(.*?)(?=^\.Sh |\Z)", self.text, re.M | re.S)
        return found.group(1) if found else ""

    def declared_functions(self):
        """The .Ft, .Fo, .Fa and .Fc of SYNOPSIS as C."""
        code = ""
        for kind, name, args in re.findall(r"^\.Ft (.*)\n\.Fo (\S+)\n((?:\.Fa .*\n)*)\.Fc",
                                           self.section("SYNOPSIS"), re.M):
            args = [arg.strip('"') for arg in re.findall(r"^\.Fa (.*)", args, re.M)]
            code += f"{kind} {name}({', '.join(args)});\n"
        return normal(code)

    def declarations(self):
        """Structs, enums and objects in SYNOPSIS."""
        synopsis = self.section("SYNOPSIS")
        for block in re.findall(r"^\.Bd -literal\n(.*?)^\.Ed", synopsis, re.M | re.S):
            yield from re.findall(r".+?};", normal(block))
        for declaration in re.findall(r"^\.Vt (.*)", synopsis, re.M):
            yield normal(declaration)


def check_page(root, page, headers):
    """What is wrong with one page."""
    title = os.path.basename(page.path)[:-2]
    everything = normal("\n".join(headers.values()))
    included = normal("\n".join(headers.get(name, "") for name in page.headers))
    if f"\n.Dt {title.upper()} 3\n" not in page.text:
        yield ".Dt is not its name"
    for name in page.names:
        path = os.path.join(root, "man", name + ".3")
        if os.path.realpath(path) != os.path.realpath(os.path.join(root, page.path)):
            yield f"man/{name}.3 does not lead here"
        if name in prototypes(everything) and name not in page.prototypes:
            yield f"no prototype of {name}() in SYNOPSIS"
    for name, prototype in page.prototypes.items():
        real = prototypes(included).get(name)
        if real is None:
            yield f"none of the headers in SYNOPSIS declares {name}()"
        elif real != prototype:
            yield f"SYNOPSIS has {prototype} and the header {real}"
    for declaration in page.declarations():
        if declaration not in everything:
            yield f"the header does not have: {declaration}"
    yield from check_words(root, page, headers)


def check_words(root, page, headers):
    """Whatever a page names exists."""
    text = re.sub(r"^\.Dt .*", "", page.text, flags=re.M).replace("E4_ERR_*", "")
    code = normal("\n".join(headers.values()))
    known = set(re.findall(r"\be4_[a-z0-9_]+", code))
    known |= set(re.findall(r'#include "(e4_\w+)\.h"', "\n".join(headers.values())))
    known |= set(re.findall(r"\bE4_[A-Z0-9_]+", "\n".join(headers.values())))
    for name in sorted(set(re.findall(r"\b[eE]4_[a-z0-9A-Z_]+", text)) - known):
        yield f"{name} does not exist"
    for name in sorted(set(re.findall(r"^\.(?:It )?Fn (e4_\w+)", text, re.M))):
        if name in known and name not in prototypes(code):
            yield f"{name} is no function"
    for name in sorted(set(re.findall(r"\bXr (e4\w*) 3", text))):
        if not os.path.isfile(os.path.join(root, "man", name + ".3")):
            yield f"refers to {name}(3), which is missing"


def check_overview(root, page, headers):
    """e4(3) lists every function, and explains every error by the phrase of e4_strerror()."""
    code = normal("\n".join(headers.values()))
    for name in prototypes(code):
        if len(re.findall(rf"^\.It Fn {name}$", page.text, re.M)) != 1:
            yield f"{name}() is not in its list, or twice"
    table = re.search(r"phrase\[\] = \{(.*?)\};", read(root, "lib/wire/result.c"), re.S)
    phrases = re.findall(r'"(.*)"', table.group(1))
    errors = re.findall(r"\b(E4_OK|E4_ERR_[A-Z_]+)=", code)
    if len(errors) != len(phrases):
        yield f"{len(errors)} results in the header, {len(phrases)} phrases in lib/wire/result.c"
    for name, phrase in list(zip(errors, phrases))[1:]:
        if f"\n.It Dv {name}\n.Dq {phrase} .\n" not in page.text:
            yield f'{name} is not explained as "{phrase}"'


def check(root):
    folder = os.path.join(root, "include", "e4")
    headers = {"e4/" + name: read(folder, name) for name in sorted(os.listdir(folder))}
    code = normal("\n".join(headers.values()))
    public = sorted(set(prototypes(code)) | objects(code))
    if not public:
        yield "no public function found in include/e4"
    pages = {}
    for name in sorted(os.listdir(os.path.join(root, "man"))):
        path = os.path.join(root, "man", name)
        if name.endswith(".3") and not os.path.islink(path):
            pages[name[:-2]] = Page(root, name[:-2])
    for name in public:
        path = os.path.join(root, "man", name + ".3")
        page = pages.get(os.path.basename(os.path.realpath(path))[:-2])
        if not os.path.isfile(path) or page is None:
            yield f"{name}: no page man/{name}.3"
        elif name not in page.names:
            yield f"{page.path}: {name} is not among its names"
    for page in pages.values():
        for wrong in check_page(root, page, headers):
            yield f"{page.path}: {wrong}"
    for wrong in check_overview(root, pages["e4"], headers):
        yield f"man/e4.3: {wrong}"


def main():
    if len(sys.argv) > 2:
        sys.exit("usage: man.py [ROOT]")
    wrong = list(check(sys.argv[1] if len(sys.argv) == 2 else "."))
    for line in wrong:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
