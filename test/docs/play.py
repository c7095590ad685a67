#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Play what a guide shows of terminals, and compare what is printed with what the guide shows.

usage: play.py DOCUMENT

The guide's blocks, in their order, are played in an empty folder with a broker on a free port:

    ```console          commands after "$ " (and "> ") run to their end and print what follows
    ```console NAME     the terminal NAME: a command goes on in the background (what it did before
                        is stopped), and the lines that follow are waited for

Networked commands say "-h localhost", which gets the broker's port. Compared are lines, with
hexadecimal numbers, times and ages left out; "..." stands for anything, and on a line of its own
for any lines. A command may fail only where the guide shows that it does (FAILS).
"""
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

PATIENCE_S = 60
BUSY = "is in use by process"
FAILS = re.compile(r"^e4: |refused|does not open it")


def blocks(text):
    """Line number, terminal and lines of each block."""
    for found in re.finditer(r"^```console *(\w*)\n(.*?)^```$", text, re.M | re.S):
        yield text.count("\n", 0, found.start()) + 2, found.group(1), found.group(2).splitlines()


def steps(lines):
    """The commands of a block and what follows each; the first is None if a block goes on."""
    command, output = None, []
    for line in lines:
        if line.startswith("> ") and command is not None and not output:
            command += "\n" + line[2:]
        elif line.startswith("$ "):
            if command is not None or output:
                yield command, output
            command, output = line[2:], []
        else:
            output.append(line)
    yield command, output


def plain(line):
    """A line without what differs from one time to the next."""
    line = re.sub(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(Z| UTC)", "TIME", line)
    line = re.sub(r"\b\d+ (s|min|h|days?)( \d+ (s|min))?\b", "SPAN", line)
    line = re.sub(r"\b[0-9a-f]{12,}\b", "HEX", line)
    line = re.sub(r"\b\d{10}\b", "SECONDS", line)
    return line.rstrip()


def fits(shown, printed):
    """Is this what was shown? Both are lists of lines."""
    pattern = ""
    for line in shown:
        if line == "...":
            pattern += r"(?:.*\n)*?"
        else:
            pattern += re.escape(plain(line)).replace(re.escape("..."), ".*") + "\n"
    return re.fullmatch(pattern, "".join(plain(line) + "\n" for line in printed)) is not None


def give_up(where, why, printed):
    print(f"{where}: {why}; printed was:")
    print("\n".join(printed))
    sys.exit(1)


class Broker:
    """A mosquitto of our own."""

    def __init__(self, folder):
        for _ in range(20):
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                self.port = free.getsockname()[1]
            config = os.path.join(folder, "broker.conf")
            with open(config, "w", encoding="utf-8") as file:
                file.write(f"listener {self.port} 127.0.0.1\nallow_anonymous true\nuser root\n")
            self.process = subprocess.Popen(["mosquitto", "-c", config],
                                            stderr=subprocess.PIPE, text=True)
            for line in self.process.stderr:
                if "running" in line:
                    return
            self.process.wait()
        sys.exit("mosquitto does not start")

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Terminal:
    """What runs in the background, and what of its output the guide has shown already."""

    def __init__(self, stage, name):
        self.stage = stage
        self.path = os.path.join(stage.folder, name)
        self.process = None
        self.seen = 0
        self.loose = False

    def start(self, command):
        self.stop()
        self.seen = 0
        self.loose = False
        with open(self.path, "wb") as output:
            self.process = subprocess.Popen(["sh", "-c", "exec " + command], cwd=self.stage.home,
                                            stdin=subprocess.DEVNULL, stdout=output, stderr=output)

    def stop(self):
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(PATIENCE_S)
        self.process = None

    def wait_for(self, where, shown):
        """Until the output has what is shown, and nothing else. What may end in any lines may
        also go on with any."""
        if self.loose:
            shown = ["...", *shown]
        self.loose = shown[-1:] == ["..."]
        end = time.monotonic() + PATIENCE_S
        while True:
            with open(self.path, encoding="utf-8") as output:
                printed = output.read().split("\n")[:-1][self.seen:]
            if fits(shown, printed):
                self.seen += len(printed)
                return
            if time.monotonic() > end or len(printed) > len(shown) and "..." not in shown:
                give_up(where, f"the terminal {os.path.basename(self.path)} shows otherwise", printed)
            time.sleep(0.05)


class Stage:
    """A folder and a broker for one guide."""

    def __init__(self, folder):
        self.folder = folder
        self.home = os.path.join(folder, "home")
        os.mkdir(self.home)
        self.broker = Broker(folder)
        self.terminals = {}

    def once(self, command):
        return subprocess.run(["sh", "-c", command], cwd=self.home, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              timeout=PATIENCE_S, check=False)

    def run(self, where, command, shown):
        done = self.once(command)
        end = time.monotonic() + PATIENCE_S
        # A program in a terminal that has said its last may not have ended yet.
        while BUSY in done.stdout and BUSY not in "".join(shown) and time.monotonic() < end:
            time.sleep(0.1)
            done = self.once(command)
        printed = done.stdout.split("\n")
        if printed[-1] == "":
            printed.pop()
        printed = [line.replace(f"localhost:{self.broker.port}", "localhost:1883") for line in printed]
        if not fits(shown, printed):
            give_up(where, f"not what is shown: {command}", printed)
        if done.returncode != 0 and not any(FAILS.search(line) for line in shown):
            give_up(where, f"failed with {done.returncode}: {command}", printed)

    def play(self, where, name, lines):
        for command, shown in steps(lines):
            if command is not None:
                command = command.replace("-h localhost", f"-h localhost -p {self.broker.port}")
            shown = [line for line in shown if name == "" or line != ""]
            if name == "":
                self.run(where, command, shown)
                continue
            terminal = self.terminals.setdefault(name, Terminal(self, name))
            if command is not None:
                terminal.start(command)
            shown = [line.replace("localhost:1883", f"localhost:{self.broker.port}") for line in shown]
            terminal.wait_for(where, shown)

    def close(self):
        for terminal in self.terminals.values():
            terminal.stop()
        self.broker.stop()


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__.split("\n\n")[1])
    os.environ["PATH"] = os.pathsep.join(
        [os.environ.get("E4_BIN_DIR", "build/bin"), os.environ["PATH"], "/usr/sbin"])
    for program in ["mosquitto", "mosquitto_sub"]:
        if shutil.which(program) is None:
            print(f"SKIP: {program} is not installed")
            return 77
    os.environ["LC_ALL"] = "C.UTF-8"
    for name in ["E4_STATE", "XDG_STATE_HOME", "E4_PASSWORD", "E4_MQTT_PASSWORD"]:
        os.environ.pop(name, None)
    with open(sys.argv[1], encoding="utf-8") as file:
        found = list(blocks(file.read()))
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(folder)
        os.environ["HOME"] = stage.home
        try:
            for line, name, lines in found:
                stage.play(f"{sys.argv[1]}:{line}", name, lines)
        finally:
            stage.close()
    print(f"{len(found)} blocks played")
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main())
