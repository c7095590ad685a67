# SPDX-License-Identifier: Apache-2.0
"""What was measured, as the tables of docs/devices.md. For scripts/size --record."""
import datetime
import re

GUIDE = "docs/devices.md"
BOARDS = {"cortex-m4": "Cortex-M4", "cortex-m0": "Cortex-M0, M0+", "rv32": "RV32IMAC",
          "avr": "AVR (ATmega1284)"}
# The header of a table by board, and its cells.
TABLES = {
    "| | symmetric: code | stack |":
        ["sk-code", "sk-stack", "pk-code", "pk-stack", "client", "topic"],
    "| | protect | unprotect |":
        ["sk-protect", "sk-unprotect", "pk-protect", "pk-unprotect", "agreement"],
    "| | flash port: stack |":
        ["flash-stack", "sk-in-ram", "pk-in-ram"],
}
FEATURES = "| | Cortex-M4 |"


def row(cells):
    return "| " + " | ".join(cell if isinstance(cell, str) else f"{cell:,}" for cell in cells) + " |\n"


def replace(text, header, rows):
    """Put rows under the header of a table, in the place of those that are there."""
    pattern = re.compile(rf"^({re.escape(header)}.*\n\|[-|]+\n)(?:\|.*\n)+", re.M)
    if len(pattern.findall(text)) != 1:
        raise SystemExit(f"{GUIDE}: not one table that begins with {header}")
    return pattern.sub(lambda found: found.group(1) + "".join(row(cells) for cells in rows), text)


def update(measured, features):
    """measured: (board, cell) to a number; features: board to name to a number. All boards."""
    with open(GUIDE, encoding="utf-8") as file:
        text = file.read()
    for header, cells in TABLES.items():
        text = replace(text, header, [[name] + [measured[board, cell] for cell in cells]
                                      for board, name in BOARDS.items()])
    names = list(features["cortex-m4"])
    text = replace(text, FEATURES, [[name] + [features[board][name] for board in BOARDS]
                                    for name in names])
    text, found = re.subn(r"(constants in RAM as well,\s)\d+(?= bytes of them in symmetric mode)",
                          rf"\g<1>{measured['avr', 'sk-in-ram']}", text)
    if found != 1:
        raise SystemExit(f"{GUIDE}: not one sentence about an AVR's constants")
    text = re.sub(r"(?<=^`make size`, )[\d-]+", datetime.date.today().isoformat(), text, flags=re.M)
    with open(GUIDE, "w", encoding="utf-8") as file:
        file.write(text)
