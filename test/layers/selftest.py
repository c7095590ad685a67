#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each law of check.py and objects.py, broken on purpose: it must notice."""
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import check  # noqa: E402
import objects  # noqa: E402

OPENING = "/* SPDX-License-Identifier: Apache-2.0 */\n/* A sample. */\n"
LONG = "int e4_a(void)\n{\n" + "    ;\n" * 59 + "}\n"
GUARD = "#ifndef A_H\n#define A_H\n#ifdef __cplusplus\n#endif\n#endif\n"

# A tree in which every law holds.
GOOD = {
    "include/e4/e4.h": OPENING + GUARD + "#include <stdint.h>\n",
    "lib/crypto/aes.h": OPENING + GUARD,
    "lib/crypto/aes.c": OPENING + '#include "aes.h"\n\n#include <string.h>\n',
    "lib/crypto/sodium.c": OPENING + '#include "aes.h"\n\n#include <sodium.h>\n',
    "lib/client/client.c": OPENING + '#include "crypto/aes.h"\n#include "e4/e4.h"\n',
    "port/memory.c": OPENING + "#ifdef A\n#elif B\n#endif\n" + '#include "e4/e4.h"\n',
    "port/posix.c": OPENING + "#include <unistd.h>\n",
    "base/conf.c": OPENING + "#include <stdio.h>\n#include <jansson.h>\n",
    "base/conf.h": OPENING + GUARD,
    "server/store/store.h": OPENING + GUARD,
    "server/store/sqlite.c": OPENING + '#include "store.h"\n#include <sqlite3.h>\n',
    "server/core/topic.c": OPENING + '#include "server/store/store.h"\n#include <sodium.h>\n',
    "server/api/json.c": OPENING + '#include "c2.pb-c.h"\n',
    "tools/e4/main.c": OPENING + '#include "base/conf.h"\n' + LONG.replace("    ;\n", "", 1),
    "test/unit/aes.c": OPENING + '#include "crypto/aes.h"\n' + LONG,
    "scripts/deps": "#!/bin/sh\n# SPDX-License-Identifier: Apache-2.0\n",
    "notes.md": "TODO (#12)\n",
}

# Law, file, what is appended to it (or, as a tuple, what it holds instead).
BROKEN = [
    ("layers", "lib/crypto/aes.c", '#include "e4/e4.h"\n'),
    ("layers", "lib/crypto/aes.c", '#include "../client/client.c"\n'),
    ("layers", "port/memory.c", '#include "crypto/aes.h"\n'),
    ("layers", "base/conf.c", '#include "../lib/crypto/aes.h"\n'),
    ("layers", "tools/e4/main.c", '#include "lib/crypto/aes.h"\n'),
    ("layers", "server/core/topic.c", '#include "server/store/sqlite.c"\n'),
    ("layers", "base/conf.c", '#include "nowhere.h"\n'),
    ("layers", "base/conf.c", "#include <e4/e4.h>\n"),
    ("layers", "server/core/topic.c", '#include "c2.pb-c.h"\n'),
    ("layers", "server/new/a.c", OPENING),
    ("freestanding", "lib/client/client.c", "#include <stdlib.h>\n"),
    ("freestanding", "include/e4/e4.h", "#  include <sys/types.h>\n"),
    ("freestanding", "port/memory.c", "#include <unistd.h>\n"),
    ("foreign", "base/conf.h", "#include <jansson.h>\n"),
    ("foreign", "tools/e4/main.c", "#include <jansson.h>\n"),
    ("foreign", "server/store/sqlite.c", "#include <jansson/version.h>\n"),
    ("functions", "tools/e4/main.c", LONG),
    ("files", "base/conf.c", "\n" * 600),
    ("conditionals", "lib/client/client.c", "#if A\n#endif\n"),
    ("conditionals", "test/unit/aes.c", "#ifndef A\n#include <stdio.h>\n#endif\n"),
    ("no_if_in_functions", "port/memory.c", "void f(void)\n{\n#ifdef A\n#endif\n}\n"),
    ("opening", "base/conf.c", ("/* A sample. */\n",)),
    ("opening", "base/conf.c", ("/* SPDX-License-Identifier: Apache-2.0 */\n#include <a.h>\n",)),
    ("opening", "scripts/deps", ("#!/bin/sh\necho\n",)),
    ("opening", "CMakeLists.txt", ("project(a)\n",)),
    ("todo", "base/conf.c", "/* TODO: more */\n"),
    ("todo", "notes.md", "FIXME\n"),
]

# Law, whether it holds, and the C of an object in lib/crypto.
OBJECTS = [
    ("prefix", True, "static int f(void) { return 1; } int e4_a(void); int e4_a(void) { return f(); }"),
    ("prefix", False, "int a(void); int a(void) { return 1; }"),
    ("prefix", False, "extern const int a; const int a = 1;"),
    ("no_writable_data", True, "extern const char *const e4_a; const char *const e4_a = \"a\";"),
    ("no_writable_data", False, "int *e4_a(void); int *e4_a(void) { static int x; return &x; }"),
    ("no_writable_data", False, "int *e4_a(void); int *e4_a(void) { static int x = 1; return &x; }"),
    ("no_writable_data", False, "extern int e4_a; int e4_a;"),
    ("undefined", True, "#include <string.h>\nvoid e4_a(void *, int); "
     "void e4_a(void *p, int n) { memset(p, n, 99); }"),
    ("undefined", False, "#include <stdlib.h>\nvoid *e4_a(void); "
     "void *e4_a(void) { return malloc(9); }"),
]


def put(root, path, text):
    path = os.path.join(root, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def laws_broken(tree):
    with tempfile.TemporaryDirectory() as root:
        for path, text in tree.items():
            put(root, path, text)
        return [name for name, law in check.LAWS.items() if list(law(root))]


def object_is_lawful(law, text):
    with tempfile.TemporaryDirectory() as root:
        put(root, "lib/crypto/a.c", text)
        source = os.path.join(root, "lib/crypto/a.c")
        subprocess.run(["gcc", "-std=c99", "-fPIC", "-c", source, "-o", source + ".o"], check=True)
        return not list(objects.LAWS[law]([source + ".o"]))


def main():
    failures = []
    if laws_broken(GOOD):
        failures.append(f"the good tree breaks {laws_broken(GOOD)}")
    for law, path, change in BROKEN:
        tree = dict(GOOD)
        tree[path] = change[0] if isinstance(change, tuple) else tree.get(path, "") + change
        if law not in laws_broken(tree):
            failures.append(f"{law} is content with {path} and {change!r}")
    for law, lawful, text in OBJECTS:
        if object_is_lawful(law, text) != lawful:
            failures.append(f"{law} is wrong about {text!r}")
    for law in check.LAWS:
        if law not in [row[0] for row in BROKEN]:
            failures.append(f"{law} has no sample that breaks it")
    for law in objects.LAWS:
        if law not in [row[0] for row in OBJECTS if not row[1]]:
            failures.append(f"{law} has no sample that breaks it")
    for failure in failures:
        print(failure)
    print(f"{len(BROKEN) + len(OBJECTS)} samples, {len(failures)} wrong")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
