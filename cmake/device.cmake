# SPDX-License-Identifier: Apache-2.0
# Toolchain file for microcontrollers without an operating system; E4_BOARD says which. Tests run
# in an emulator (test/device/run). The compiler tells the stack of each function, and who calls
# whom, to scripts/size.
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES E4_BOARD)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR ${E4_BOARD})
set(CMAKE_CROSSCOMPILING_EMULATOR ${CMAKE_CURRENT_LIST_DIR}/../test/device/run ${E4_BOARD})

# Where the emulated board has its memory: flash, then RAM, each with its size; and the stack.
set(memory_names __flash __flash_size __ram __ram_size)
set(memory 0 0x400000 0x21000000 0x1000000)
set(stack 0x4000)

# Besides -Os, where a processor has them: one piece of code that saves registers for all
# functions, calls that are as short as they can be, one pointer left alone for short ways, and
# short functions that stay functions.
if(E4_BOARD STREQUAL "cortex-m0") # M0 and M0+ have the same instructions
    set(cpu "-mcpu=cortex-m0plus -mthumb -mfloat-abi=soft")
    set(memory 0 0x400000 0x20000000 0x1000000)
elseif(E4_BOARD MATCHES "^cortex-m[34]$")
    set(cpu "-mcpu=${E4_BOARD} -mthumb -mfloat-abi=soft")
elseif(E4_BOARD STREQUAL "cortex-m33")
    set(cpu "-mcpu=cortex-m33 -mthumb -mfloat-abi=soft")
    set(memory 0x10000000 0x400000 0x80000000 0x1000000)
elseif(E4_BOARD STREQUAL "rv32")
    set(cpu "-march=rv32imac -mabi=ilp32 -msave-restore")
    set(memory 0x80000000 0x400000 0x80400000 0x1000000)
elseif(E4_BOARD STREQUAL "avr")
    set(cpu "-mmcu=atmega1284 -mcall-prologues -mrelax -mstrict-X -fno-early-inlining")
else()
    message(FATAL_ERROR "no E4_BOARD \"${E4_BOARD}\"")
endif()

if(E4_BOARD STREQUAL "avr")
    set(CMAKE_C_COMPILER avr-gcc)
    set(CMAKE_C_FLAGS_INIT "${cpu} -fstack-usage")
    # Tests of parts, with all their texts, take more RAM than the chip has.
    set(CMAKE_EXE_LINKER_FLAGS_INIT
        "-Wl,--defsym=__stack=0xffff,--defsym=__DATA_REGION_LENGTH__=0xff00")
    list(TRANSFORM CMAKE_CROSSCOMPILING_EMULATOR REPLACE "^avr$" avr-64k)
    return()
endif()
if(E4_BOARD STREQUAL "rv32")
    set(CMAKE_C_COMPILER riscv64-unknown-elf-gcc)
else()
    set(CMAKE_C_COMPILER arm-none-eabi-gcc)
endif()
set(CMAKE_C_FLAGS_INIT "${cpu} --specs=picolibc.specs --picolibc-buildtype=release -fstack-usage -fcallgraph-info=su")
set(CMAKE_EXE_LINKER_FLAGS_INIT "--oslib=semihost --crt0=semihost -Wl,--defsym=__stack_size=${stack}")
foreach(name value IN ZIP_LISTS memory_names memory)
    string(APPEND CMAKE_EXE_LINKER_FLAGS_INIT ",--defsym=${name}=${value}")
endforeach()
