# SPDX-License-Identifier: Apache-2.0
# How C is compiled here: e4_strict for everything, e4_hardened for programs as well.
include(CheckPIESupported)
check_pie_supported(LANGUAGES C)

set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)

add_library(e4_strict INTERFACE)
target_compile_options(e4_strict INTERFACE
    -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes
    -Wcast-qual -Wvla -Wundef -Wwrite-strings -Wunused-result
    -ffunction-sections -fdata-sections)
# Debian's compiler for AVR is an old one, which does not see that values fit.
if(CMAKE_C_COMPILER_ID STREQUAL "GNU" AND CMAKE_C_COMPILER_VERSION VERSION_LESS 8)
    target_compile_options(e4_strict INTERFACE -Wno-conversion -Wno-type-limits -Wno-missing-field-initializers)
endif()
if(E4_WERROR)
    target_compile_options(e4_strict INTERFACE -Werror)
endif()
if(E4_SANITIZE)
    target_compile_options(e4_strict INTERFACE -fsanitize=${E4_SANITIZE}
        -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(e4_strict INTERFACE -fsanitize=${E4_SANITIZE})
endif()

# Programs read hostile bytes from a network: what compiler and linker offer against that.
add_library(e4_hardened INTERFACE)
if(NOT E4_SANITIZE AND NOT E4_FUZZ)
    target_compile_options(e4_hardened INTERFACE -fstack-protector-strong
        -fstack-clash-protection
        $<$<NOT:$<CONFIG:Debug,Coverage>>:-U_FORTIFY_SOURCE>
        $<$<NOT:$<CONFIG:Debug,Coverage>>:-D_FORTIFY_SOURCE=2>)
endif()
target_link_options(e4_hardened INTERFACE -Wl,-z,relro,-z,now -Wl,--gc-sections -Wl,--as-needed)

set(CMAKE_C_FLAGS_COVERAGE "-O0 -g --coverage -fprofile-abs-path")
set(CMAKE_EXE_LINKER_FLAGS_COVERAGE "--coverage")
set(CMAKE_SHARED_LINKER_FLAGS_COVERAGE "--coverage")
