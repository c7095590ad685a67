# SPDX-License-Identifier: Apache-2.0
"""Worst-case stack from the call graph: each function's own by the compiler, who calls whom by the
compiler too (or, where it is too old to tell, by the disassembly), and what the C library and the
compiler's helpers take by the disassembly of a linked device."""
import os
import re
import subprocess
import sys

# What can stand behind a pointer: "file:function" with the call, and those it may lead to. None:
# a function that is not ours (the port's, memset). The first row that matches counts; calls
# without a row may lead to any function that only pointers lead to.
BEHIND = [
    ("lib/crypto/ct.c:.*", None),
    ("lib/crypto/aes.*:e4_aes_engine", None),
    ("lib/crypto/siv.*:.*", "lib/crypto/aes_sliced(16|32).c:.*"),
    ("lib/client/(record.c:.*|.*:e4_time_of)", None),
    ("lib/client/.*", "lib/client/public_key.c:.*"),
    ("port/flash.*", None),
]
INDIRECT = "__indirect_call"
# What they push is in the compiler's figure for the function that has them do it.
SAVERS = re.compile(r"__(prologue_saves|epilogue_restores|riscv_(save|restore)_\d+)")


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def objects(folder):
    """The objects of libe4 as it is built now: older ones may still lie there."""
    with open(f"{folder}/compile_commands.json", encoding="utf-8") as file:
        outputs = re.findall(r"-o (CMakeFiles/e4_objects\.dir/\S+)", file.read())
    return [f"{folder}/{output}" for output in outputs]


class Helpers:
    """Functions that are not ours, as they are in a linked program."""

    PUSH = re.compile(r"\b(?:push|stmdb\s+sp!,)\s*(?:\.w)?\s*\{([^}]*)\}")
    SUB = re.compile(r"\b(?:sub(?:\.w|w)?\s+sp,(?:\s*sp,)?\s*#|addi\s+sp,sp,-)(\d+)")
    CALL = re.compile(r"\b(?:bl|b\.w|b\.n|b|jal|j|r?call|r?jmp|jalr?)\s.*<([^>+]+)>")

    def __init__(self, prefix, elf):
        self.own = {}
        self.calls = {}
        avr = prefix.endswith("avr-")
        name = None
        for line in run(f"{prefix}objdump", "-d", "--no-show-raw-insn", elf).splitlines():
            begin = re.match(r"[0-9a-f]+ <([^>]+)>:", line)
            if begin:
                name = begin.group(1)
                self.own[name] = 2 if avr else 0 # an AVR's return address
                self.calls[name] = set()
            elif name:
                self.read(name, line, avr)

    def read(self, name, line, avr):
        pushed = self.PUSH.search(line)
        if pushed:
            for part in pushed.group(1).split(","):
                first, _, last = part.strip().partition("-")
                self.own[name] += 4 * (int(last[1:]) - int(first[1:]) + 1 if last else 1)
        elif avr and re.search(r"\tpush\s", line):
            self.own[name] += 1
        below = self.SUB.search(line)
        if below:
            self.own[name] += int(below.group(1))
        call = self.CALL.search(line)
        if call and call.group(1) != name:
            self.calls[name].add(call.group(1))

    def depth(self, name, path=()):
        if name in path or name not in self.own or SAVERS.match(name):
            return 0
        below = (self.depth(callee, path + (name,)) for callee in self.calls[name])
        return self.own[name] + max(below, default=0)


class Graph:
    """Our functions, by title (file:function): own stack, and whom they call."""

    def __init__(self, folder, prefix, elf):
        self.stack = {}
        self.calls = {}
        self.names = {}
        self.files = {}
        self.helpers = Helpers(prefix, elf)
        for path in objects(folder):
            graph = re.sub(r"\.obj$", ".ci", path)
            if os.path.exists(graph):
                self.read_graph(graph)
            else:
                self.read_object(re.sub(r"\.obj$", ".su", path), prefix)
        self.resolve()
        called = {callee for callees in self.calls.values() for callee in callees}
        public = set(re.findall(r"\b(e4_\w+)\(", self.headers()))
        # Only a pointer leads to a function that nobody calls and no header declares.
        self.behind_pointers = [title for title in self.stack
                                if title not in called and self.names[title] not in public]
        if not self.stack:
            sys.exit(f"{folder}: no file there says how much stack functions take")

    @staticmethod
    def headers():
        text = ""
        for name in os.listdir("include/e4"):
            with open(os.path.join("include/e4", name), encoding="utf-8") as file:
                text += file.read()
        return text

    def title(self, name):
        found = [title for title, known in self.names.items() if known == name]
        if len(found) != 1:
            sys.exit(f"{len(found)} functions are called {name}")
        return found[0]

    def read_graph(self, path):
        """What the compiler wrote for -fcallgraph-info=su."""
        with open(path, encoding="utf-8") as file:
            text = file.read()
        for title, label in re.findall(r'node: \{ title: "([^"]+)" label: "([^"]*)"', text):
            size = re.search(r"(\d+) bytes \((static|dynamic[^)]*)\)", label)
            if size:
                name, place = label.split("\\n")[:2]
                self.stack[title] = int(size.group(1))
                self.names[title] = name
                self.files[title] = os.path.relpath(place.split(":")[0])
        for source, target in re.findall(
                r'edge: \{ sourcename: "([^"]+)" targetname: "([^"]+)"', text):
            self.calls.setdefault(source, set()).add(target)

    def read_object(self, path, prefix):
        """For -fstack-usage alone: the calls are the object's relocations and indirect calls."""
        file_name = "lib/" + path.split("/lib/")[-1] if "/lib/" in path else \
            "port/" + path.split("/port/")[-1]
        file_name = file_name[:-3] if file_name.endswith(".c.su") else file_name
        local = {}
        with open(path, encoding="utf-8") as file:
            for line in file:
                name, size, _ = line.split("\t")
                name = name.split(":")[-1]
                local[name] = title = f"{file_name}:{name}"
                self.stack[title] = int(size)
                self.names[title] = name
                self.files[title] = file_name
        caller = None
        for line in run(f"{prefix}objdump", "-dr", f"{path[:-3]}.obj").splitlines():
            begin = re.match(r"[0-9a-f]+ <([^>]+)>:", line)
            if begin:
                caller = local.get(begin.group(1))
                continue
            if re.search(r"\te?icall", line):
                self.calls.setdefault(caller, set()).add(INDIRECT)
            call = re.search(r"R_AVR_CALL\s+(?:\.text\.)?([\w.]+)", line)
            if call and caller:
                target = local.get(call.group(1), call.group(1))
                if target != caller:
                    self.calls.setdefault(caller, set()).add(target)

    def resolve(self):
        """Names of functions in other files, once all files are read."""
        by_name = {}
        for title, name in self.names.items():
            by_name.setdefault(name, title)
        for callees in self.calls.values():
            for name in [name for name in callees if name not in self.stack and name in by_name]:
                callees.remove(name)
                callees.add(by_name[name])

    def place(self, title):
        return f"{self.files[title]}:{self.names[title]}"

    def targets(self, title, mode):
        """Whom a function may call, in a client of a mode."""
        found = self.calls.get(title, set()) - {INDIRECT}
        if INDIRECT not in self.calls.get(title, set()):
            return found
        allowed = next((behind for caller, behind in BEHIND
                        if re.fullmatch(caller, self.place(title))), ".*")
        for target in self.behind_pointers:
            place = self.place(target)
            if mode == "symmetric" and place.startswith("lib/client/public_key.c:"):
                continue
            if allowed and re.fullmatch(allowed, place):
                found.add(target)
        return found

    def depth(self, title, mode, path=()):
        """Bytes, and the chain of calls that takes them."""
        if title in path:
            sys.exit(f"recursion: {' > '.join(path + (title,))}")
        if title not in self.stack:
            return self.helpers.depth(title), (title,)
        path += (title,)
        deepest = max((self.depth(target, mode, path) for target in self.targets(title, mode)),
                      default=(0, ()))
        return self.stack[title] + deepest[0], (self.names[title],) + deepest[1]
