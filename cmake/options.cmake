# SPDX-License-Identifier: Apache-2.0
# What can be chosen, and what follows from the system that is built for.
include(CMakeDependentOption)
include(GNUInstallDirs)
find_package(PkgConfig QUIET)

if(PROJECT_IS_TOP_LEVEL AND NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
    set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "how to optimise" FORCE)
endif()

# A device has neither shared libraries, files, nor memory for passwords.
if(CMAKE_SYSTEM_NAME STREQUAL "Generic")
    set(on_host OFF)
    set(on_device ON)
else()
    set(on_host ON)
    set(on_device OFF)
endif()

set(small_wanted ON)
if(on_host)
    set(small_wanted OFF)
endif()

set(sodium_found OFF)
if(on_host AND PKG_CONFIG_FOUND)
    pkg_check_modules(SODIUM QUIET IMPORTED_TARGET libsodium>=1.0.18)
    if(SODIUM_FOUND)
        set(sodium_found ON)
    endif()
endif()

set(tools_wanted OFF)
if(on_host AND PROJECT_IS_TOP_LEVEL)
    set(tools_wanted ON)
endif()

option(E4_SODIUM "Ed25519 and X25519 by libsodium, not by the portable code" ${sodium_found})
option(E4_PORTABLE "no AES engine but those in plain C" OFF)
option(E4_SMALL "code that is small rather than fast: for devices" ${small_wanted})
option(E4_TOOLS "build the programs" ${tools_wanted})
# The server takes what the programs take, a database, libsodium for its keys at rest, and what
# its API is made of.
set(server_found OFF)
if(tools_wanted AND sodium_found)
    pkg_check_modules(SERVER QUIET sqlite3>=3.37 libmicrohttpd>=0.9.74 gnutls>=3.7
        libprotobuf-c>=1.4 libcurl>=7.80)
    find_program(PROTOC_C protoc-c)
    if(SERVER_FOUND AND PROTOC_C)
        set(server_found ON)
    endif()
endif()
cmake_dependent_option(E4_SERVER "build the key server" "${server_found}" "E4_TOOLS" OFF)
set(grpc_found OFF)
if(server_found)
    pkg_check_modules(GRPC QUIET IMPORTED_TARGET grpc>=20)
    set(grpc_found ${GRPC_FOUND})
endif()
cmake_dependent_option(E4_GRPC "the key server's API over gRPC too" "${grpc_found}"
    "E4_SERVER" OFF)
option(E4_TESTS "build the tests" OFF)
option(E4_FUZZ "build the fuzz targets (clang)" OFF)
option(E4_BENCH "build the measurements" OFF)
option(E4_WERROR "treat warnings as errors" OFF)
set(E4_SANITIZE "" CACHE STRING "what to pass to -fsanitize=")

if(E4_SODIUM AND NOT sodium_found)
    message(FATAL_ERROR "E4_SODIUM is on and libsodium 1.0.18 or newer was not found:"
        " install libsodium-dev, or configure with -DE4_SODIUM=OFF")
endif()

set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
