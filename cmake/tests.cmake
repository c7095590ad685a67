# SPDX-License-Identifier: Apache-2.0
# How a test is declared, for test/*/CMakeLists.txt:
#
#   e4_test(NAME SOURCE... [LIBRARY_ONLY | NO_TOOL] [LIBS LIB...] [LABELS LABEL...] [ARGS ARG...])
#       a C program, linked with libe4 (its internals too), cmocka, and, unless LIBRARY_ONLY,
#       base/ and (unless NO_TOOL) tools/e4 where those are built; it includes "e4/..." from include/, and the rest from lib/ and the root
#   e4_script_test(NAME COMMAND... [LABELS LABEL...])
#       a script; exit code 0 passed, 77 skipped, any other failed
#   e4_fuzz(NAME SOURCE...)
#       a target for libFuzzer, of sources with LLVMFuzzerTestOneInput(); seeds, if any, in
#       test/fuzz/corpus/NAME. Only built with E4_FUZZ, and run by scripts/fuzz
#
# A test with the label "slow" is built by the target slow_tests, not by all.
#
# Tests see in their environment: E4_SOURCE_DIR, E4_BINARY_DIR, E4_BIN_DIR (the programs).
# A test that cannot run says so in a line that begins with "SKIP: ", and exits with 77.
find_package(PkgConfig REQUIRED)

# Other processors have no libraries here but their own, and the memory sanitizer cannot see
# into those of the system: tests for them do without, with a stand-in for cmocka.
set(foreign_libraries ON)
if(CMAKE_CROSSCOMPILING OR E4_SANITIZE STREQUAL "memory")
    set(foreign_libraries OFF)
endif()
if(NOT foreign_libraries)
    add_library(e4_cmocka INTERFACE)
    target_include_directories(e4_cmocka INTERFACE ${PROJECT_SOURCE_DIR}/test/cross)
    add_library(PkgConfig::CMOCKA ALIAS e4_cmocka)
elseif(E4_TESTS)
    pkg_check_modules(CMOCKA REQUIRED QUIET IMPORTED_TARGET cmocka>=1.1.5)
endif()
set(E4_TEST_TIMEOUT 600 CACHE STRING "seconds that one test may take")
set(E4_TEST_LAUNCHER "${CMAKE_CROSSCOMPILING_EMULATOR}" CACHE STRING
    "command that runs test programs, as a list")

add_custom_target(slow_tests)

set(test_environment "E4_SOURCE_DIR=${PROJECT_SOURCE_DIR}" "E4_BINARY_DIR=${PROJECT_BINARY_DIR}"
    "E4_BIN_DIR=${PROJECT_BINARY_DIR}/bin"
    "UBSAN_OPTIONS=print_stacktrace=1"
    "TSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/test/tsan.supp")

function(e4_describe_test name)
    set_tests_properties(${name} PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT ${E4_TEST_TIMEOUT}
        LABELS "${ARGN}"
        ENVIRONMENT "${test_environment}")
    if(TARGET ${name} AND "slow" IN_LIST ARGN)
        set_target_properties(${name} PROPERTIES EXCLUDE_FROM_ALL ON)
        add_dependencies(slow_tests ${name})
    endif()
endfunction()

# What any C code of the tests is built with; with LIBRARY_ONLY neither base/ nor tools/e4, with
# NO_TOOL not the latter.
function(e4_test_code target)
    cmake_parse_arguments(code "LIBRARY_ONLY;NO_TOOL" "" "" ${ARGN})
    set(parts e4_static)
    if(NOT code_LIBRARY_ONLY)
        list(PREPEND parts e4_base)
        if(NOT code_NO_TOOL)
            list(PREPEND parts e4_tool_code)
        endif()
    endif()
    set_target_properties(${target} PROPERTIES C_STANDARD 11
        RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests
        CROSSCOMPILING_EMULATOR "${E4_TEST_LAUNCHER}")
    target_compile_definitions(${target} PRIVATE _POSIX_C_SOURCE=200809L)
    if(E4_PORTABLE)
        target_compile_definitions(${target} PRIVATE E4_PORTABLE)
    endif()
    if(E4_SODIUM)
        target_compile_definitions(${target} PRIVATE E4_SODIUM)
        target_link_libraries(${target} PRIVATE PkgConfig::SODIUM)
    endif()
    target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/include
        ${PROJECT_SOURCE_DIR}/lib ${PROJECT_SOURCE_DIR})
    target_link_libraries(${target} PRIVATE e4_strict)
    foreach(part IN LISTS parts)
        if(TARGET ${part})
            target_link_libraries(${target} PRIVATE ${part})
        endif()
    endforeach()
    if(TARGET e4_board)
        target_link_libraries(${target} PRIVATE e4_board)
    endif()
    target_link_options(${target} PRIVATE -Wl,--gc-sections -Wl,--as-needed)
endfunction()

function(e4_test name)
    cmake_parse_arguments(test "LIBRARY_ONLY;NO_TOOL" "" "LIBS;LABELS;ARGS" ${ARGN})
    add_executable(${name} ${test_UNPARSED_ARGUMENTS})
    if(test_LIBRARY_ONLY)
        e4_test_code(${name} LIBRARY_ONLY)
    elseif(test_NO_TOOL)
        e4_test_code(${name} NO_TOOL)
    else()
        e4_test_code(${name})
    endif()
    target_link_libraries(${name} PRIVATE ${test_LIBS} PkgConfig::CMOCKA)
    add_test(NAME ${name} COMMAND ${name} ${test_ARGS})
    e4_describe_test(${name} ${test_LABELS})
endfunction()

function(e4_script_test name)
    cmake_parse_arguments(test "" "" "LABELS" ${ARGN})
    add_test(NAME ${name} COMMAND ${test_UNPARSED_ARGUMENTS}
        WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
    e4_describe_test(${name} ${test_LABELS})
endfunction()

function(e4_fuzz name)
    if(NOT E4_FUZZ)
        return()
    endif()
    add_executable(fuzz_${name} ${ARGN})
    e4_test_code(fuzz_${name})
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
    set_target_properties(fuzz_${name} PROPERTIES OUTPUT_NAME ${name}
        RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/fuzz)
endfunction()
