#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The laws of how this repository's C is laid out, each a function that yields what breaks it.

usage: check.py LAW [ROOT]

LAW is one of those at the end of this file. Exit code 0: it holds. 1: what breaks it has been
printed, a line each.
"""
import os
import re
import sys

# Who may include whom: a folder, and the folders or files that it may include besides itself.
# The longest matching entry counts.
MAY_INCLUDE = {
    "include/e4": [],
    "lib/crypto": ["include/e4/aes.h", "include/e4/options.h"],
    "lib/wire": ["lib/crypto", "include/e4"],
    "lib/client": ["lib/wire", "lib/crypto", "include/e4"],
    "port": ["include/e4"],
    "base": ["include/e4"],
    "server/core": ["base", "include/e4", "server/store/store.h", "server/bus/bus.h"],
    "server/store": ["base"],
    "server/bus": ["base"],
    "server/rules": ["base"],
    "server/api": ["base", "include/e4", "server/core", "server/rules"],
    "server/settings.c": ["base", "server/settings.h"],
    "server/settings.h": [],
    "server/masterkey.c": ["base", "include/e4", "server"],
    "server/masterkey.h": ["server"],
    "server/main.c": ["base", "include/e4", "port", "server"],
    "proxy": ["base", "include/e4", "port"],
    "tools/e4": ["base", "include/e4", "port"],
    "tools/e4ctl": ["base", "include/e4", "port", "server/api/methods.def"],
    "examples": ["base", "include/e4", "port"],
    "packaging": [],
    "test": ["include/e4", "lib", "port", "base", "server", "proxy", "tools",
             "packaging", "examples"],
}

# What protoc-c makes of server/api/*.proto, and where that may be included.
MESSAGES = re.compile(r"\.pb-c\.h$")
MESSAGES_IN = ["server/api", "test"]

FREESTANDING = {"float.h", "iso646.h", "limits.h", "stdarg.h", "stdbool.h", "stddef.h",
                "stdint.h", "string.h"}
# Instructions that C has no words for; they come with the compiler, not with a system.
INSTRUCTIONS = {"arm_acle.h", "arm_neon.h", "cpuid.h", "immintrin.h"}
# What one file alone may include: the other cryptography, and where Linux says what an ARM can.
ELSEWHERE = {"lib/crypto/sodium.c": {"sodium.h"}, "lib/crypto/aes_arm.c": {"sys/auxv.h"}}
# The C library and POSIX, and what Linux adds. Anything else is a foreign library.
LIBC = FREESTANDING | {
    "argp.h", "arpa/inet.h", "assert.h", "ctype.h", "dirent.h", "dlfcn.h", "endian.h",
    "errno.h", "fcntl.h", "fnmatch.h", "getopt.h", "glob.h", "inttypes.h", "libgen.h",
    "locale.h", "malloc.h", "math.h", "net/if.h", "netdb.h", "netinet/in.h",
    "netinet/tcp.h", "paths.h", "poll.h", "pthread.h", "pwd.h", "regex.h", "sched.h",
    "semaphore.h", "setjmp.h", "signal.h", "spawn.h", "stdatomic.h", "stdio.h", "stdlib.h",
    "stdnoreturn.h", "strings.h", "sys/auxv.h", "sys/epoll.h", "sys/eventfd.h",
    "sys/file.h", "sys/ioctl.h", "sys/mman.h", "sys/prctl.h", "sys/random.h",
    "sys/resource.h", "sys/select.h", "sys/signalfd.h", "sys/socket.h", "sys/stat.h",
    "sys/statvfs.h", "sys/time.h", "sys/timerfd.h", "sys/types.h", "sys/uio.h", "sys/un.h",
    "sys/wait.h", "sys/xattr.h", "syslog.h", "termios.h", "time.h", "unistd.h", "wchar.h"}

# A header that is the application's, where it has one.
APPLICATIONS = "e4_options.h"
# The library as two files, for those who use it so.
TWO_FILES = "e4.h"

FUNCTION_LINES = 60
FILE_LINES = 600
CONDITIONALS_PER_THOUSAND = 2
SPDX = "SPDX-License-Identifier: Apache-2.0"

CODE_FOLDERS = ["include", "lib", "port", "base", "server", "proxy", "tools", "examples",
                "packaging", "test"]
NOT_OURS = re.compile(r"^(\.git|build|build-.*|dist|node_modules|__pycache__)$")


def files(root, folders=None, suffixes=(".c", ".h")):
    """Paths below root, sorted, in folders and with one of the suffixes (None: any)."""
    for top in folders if folders is not None else ["."]:
        for here, below, names in os.walk(os.path.join(root, top)):
            below[:] = sorted(name for name in below if not NOT_OURS.match(name))
            for name in sorted(names):
                if suffixes is None or name.endswith(suffixes):
                    yield os.path.normpath(os.path.relpath(os.path.join(here, name), root))


def lines(root, path):
    with open(os.path.join(root, path), encoding="utf-8", errors="replace") as file:
        return file.read().split("\n")


def includes(root, path):
    """Line number, whether in angle brackets, and name of each include."""
    for number, line in enumerate(lines(root, path), 1):
        found = re.match(r'\s*#\s*include\s*(["<])([^">]+)[">]', line)
        if found:
            yield number, found.group(1) == "<", found.group(2)


def is_in(path, place):
    return path == place or path.startswith(place + "/")


def zone(path):
    found = [place for place in MAY_INCLUDE if is_in(path, place)]
    return max(found, key=len) if found else None


def package_places(root, path):
    """Where else a package's headers lie: what packages share, its own folders, and what stands in
    for its framework."""
    if is_in(path, "packaging"):
        above = path.split("/")[:-1]
        return ["packaging/link"] + ["/".join(above[:n]) for n in range(2, len(above))]
    return [f"{folder}/{name}" for folder in ["packaging", "test/frameworks"]
            for name in sorted(os.listdir(os.path.join(root, folder)))]


def resolve(root, path, name):
    """Which file of ours an include in quotes means; None if there is none."""
    places = [os.path.dirname(path), "include", "lib", ""]
    if is_in(path, "packaging") or is_in(path, "test/frameworks"):
        places += package_places(root, path)
    for place in places:
        candidate = os.path.normpath(os.path.join(place, name))
        if os.path.isfile(os.path.join(root, candidate)):
            return candidate
    return None


def law_layers(root):
    """A folder includes only the folders below it."""
    for path in files(root, CODE_FOLDERS):
        here = zone(path)
        if here is None:
            yield f"{path}: in a folder that the table does not have"
            continue
        for number, angle, name in includes(root, path):
            target = resolve(root, path, name)
            if angle:
                if target and name.startswith("e4/") and not is_in(path, "test/install"):
                    yield f"{path}:{number}: <{name}> is ours and goes in quotes"
                continue
            if target is None and name == APPLICATIONS and path == "include/e4/options.h":
                continue
            if name == TWO_FILES and (is_in(path, "test/dist") or here == "packaging"):
                continue
            if target is None:
                if not MESSAGES.search(name) or here not in MESSAGES_IN:
                    yield f"{path}:{number}: \"{name}\" is none of our files"
                continue
            allowed = [here] + MAY_INCLUDE[here]
            if not any(is_in(target, place) for place in allowed):
                yield f"{path}:{number}: {here} may not include {target}"


def law_freestanding(root):
    """Library, ports and public headers know no operating system, port/posix* excepted."""
    for path in files(root, ["include", "lib", "port"]):
        allowed = FREESTANDING
        if is_in(path, "lib/crypto"):
            allowed = allowed | INSTRUCTIONS
        allowed = allowed | ELSEWHERE.get(path, set())
        if re.match(r"port/posix[^/]*\.[ch]$", path):
            allowed = allowed | LIBC
        for number, angle, name in includes(root, path):
            if angle and name not in allowed:
                yield f"{path}:{number}: <{name}> is not freestanding"


def library_of(header):
    """A foreign header's library: its first word, so that jansson.h is jansson."""
    known = {"editline/readline.h": "libedit", "histedit.h": "libedit",
             "mqtt_protocol.h": "mosquitto", "libpq-fe.h": "libpq"}
    return known.get(header, re.split(r"[/._-]", header)[0])


def law_foreign(root):
    """A foreign library is included by exactly one .c file, and by no header. libe4 is counted by
    itself: what it stands on is its own affair."""
    users = {}
    for path in files(root, [folder for folder in CODE_FOLDERS
                             if folder not in ("packaging", "test")]):
        for number, angle, name in includes(root, path):
            if not angle or name in LIBC or name in INSTRUCTIONS:
                continue
            library = library_of(name)
            if path.endswith(".h"):
                yield f"{path}:{number}: a header includes {library}"
            users.setdefault((library, is_in(path, "lib")), {})[path] = number
    for (library, _), where in sorted(users.items()):
        if len(where) > 1:
            for path, number in sorted(where.items()):
                yield f"{path}:{number}: one of {len(where)} files that include {library}"


def functions(text):
    """First and last line number of each function's body: a brace alone in the first column."""
    start = None
    for number, line in enumerate(text, 1):
        if line == "{":
            start = number
        elif line == "}" and start is not None:
            yield start, number
            start = None


def law_functions(root):
    """A function has at most 60 lines, outside test/."""
    for path in files(root, CODE_FOLDERS):
        if is_in(path, "test"):
            continue
        for start, end in functions(lines(root, path)):
            if end - start + 1 > FUNCTION_LINES:
                yield f"{path}:{start}: a function of {end - start + 1} lines"


def law_files(root):
    """A file has at most 600 lines, outside test/."""
    for path in files(root, CODE_FOLDERS):
        count = len(lines(root, path)) - 1
        if count > FILE_LINES and not is_in(path, "test"):
            yield f"{path}: {count} lines"


def conditionals(text):
    """Line numbers of #if and its kin, without include guards and blocks for C++."""
    guard = None
    for number, line in enumerate(text, 1):
        found = re.match(r"\s*#\s*(if|ifdef|ifndef|elif)\b\s*(.*)", line)
        if not found:
            continue
        word, rest = found.groups()
        name = rest.split("/*")[0].strip()
        following = text[number] if number < len(text) else ""
        if guard is None and word == "ifndef" and re.match(
                rf"\s*#\s*define\s+{re.escape(name)}\s*$", following):
            guard = name
        elif name != "__cplusplus":
            yield number


def law_conditionals(root):
    """At most two #if per thousand lines, outside port/."""
    groups = {"the library": ["include", "lib"],
              "the programs": ["base", "server", "proxy", "tools", "examples"],
              "the tests": ["test"]}
    for group, folders in groups.items():
        total = 0
        found = []
        for path in files(root, folders):
            text = lines(root, path)
            total += len(text) - 1
            found += [f"{path}:{number}" for number in conditionals(text)]
        if len(found) * 1000 > total * CONDITIONALS_PER_THOUSAND:
            yield f"{group}: {len(found)} #if in {total} lines: {' '.join(found)}"


def law_no_if_in_functions(root):
    """Platform differences are different files, not branches of the preprocessor."""
    for path in files(root, CODE_FOLDERS):
        text = lines(root, path)
        for start, end in functions(text):
            for number in range(start, end):
                if re.match(r"\s*#\s*(if|elif|else)", text[number]):
                    yield f"{path}:{number + 1}: #if inside a function"


def law_opening(root):
    """Each file opens with its licence and then says what it is for."""
    for path in files(root, CODE_FOLDERS):
        text = lines(root, path) + ["", ""]
        if text[0] != f"/* {SPDX} */":
            yield f"{path}:1: not the SPDX line"
        elif not text[1].startswith("/*"):
            yield f"{path}:2: does not say what the file is for"
    for path in files(root, suffixes=None):
        name = os.path.basename(path)
        text = lines(root, path)
        script = text[0].startswith("#!")
        if script or name in ("CMakeLists.txt", "Makefile") or name.endswith(".cmake"):
            if not any(SPDX in line for line in text[:2]):
                yield f"{path}:1: no SPDX line"


def law_todo(root):
    """What is left to do stands in an issue: a note in the code names its number."""
    pattern = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    for path in files(root, suffixes=None):
        if is_in(path, "test/layers") or not path.endswith(
                (".c", ".h", ".py", ".sh", ".cmake", ".txt", ".go", ".md")):
            continue
        for number, line in enumerate(lines(root, path), 1):
            if pattern.search(line) and not re.search(r"#\d+", line):
                yield f"{path}:{number}: {line.strip()}"


LAWS = {name[4:]: law for name, law in list(globals().items()) if name.startswith("law_")}


def main():
    if len(sys.argv) not in (2, 3) or sys.argv[1] not in LAWS:
        sys.exit("usage: check.py LAW [ROOT]\nLAW: " + " ".join(LAWS))
    root = sys.argv[2] if len(sys.argv) == 3 else "."
    law = LAWS[sys.argv[1]]
    broken = list(law(root))
    for line in broken:
        print(line)
    if broken:
        print(f"{len(broken)} against the law: {law.__doc__}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
