# SPDX-License-Identifier: Apache-2.0
# Toolchain file for MIPS with Linux, whose programs qemu-user runs here: 32 bits, and the most
# significant byte first.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR mips)
set(CMAKE_C_COMPILER mips-linux-gnu-gcc)
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-mips -L /usr/mips-linux-gnu)
