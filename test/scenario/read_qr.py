#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Make a picture (PBM) of a QR code that e4 drew, for zbarimg: from SVG, or from characters.

usage: read_qr.py FILE PICTURE
"""
import re
import sys

SCALE = 4


def from_svg(text):
    side = int(re.search(r'viewBox="0 0 (\d+) \d+"', text).group(1))
    dark = {(int(x), int(y)) for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", text)}
    return [[(x, y) in dark for x in range(side)] for y in range(side)]


def from_characters(text):
    halves = {"\u2588": (False, False), "\u2580": (False, True), "\u2584": (True, False),
              " ": (True, True)}
    rows = []
    for line in text.splitlines():
        if line and all(c in halves for c in line):
            rows.append([halves[c][0] for c in line])
            rows.append([halves[c][1] for c in line])
    return rows


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        text = file.read()
    rows = from_svg(text) if text.startswith("<svg") else from_characters(text)
    with open(sys.argv[2], "w", encoding="ascii") as file:
        file.write(f"P1\n{len(rows[0]) * SCALE} {len(rows) * SCALE}\n")
        for row in rows:
            line = "".join(str(int(square)) * SCALE for square in row)
            file.write((line + "\n") * SCALE)


if __name__ == "__main__":
    main()
