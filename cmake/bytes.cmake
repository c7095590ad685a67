# SPDX-License-Identifier: Apache-2.0
# Write a file's bytes as C: -DIN=file -DOUT=bytes.c -DNAME=symbol -DHEADER=what declares it
file(READ ${IN} hex HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
file(WRITE ${OUT} "/* Made by cmake/bytes.cmake. */\n#include \"${HEADER}\"\n\n"
    "const unsigned char ${NAME}[] = {${bytes}};\n"
    "const unsigned long ${NAME}_len = sizeof ${NAME};\n")
