# SPDX-License-Identifier: Apache-2.0
# libe4: its static and its shared form from the same objects.
include(sources)

# The cryptographic extension is an option of the compiler on AArch64; whether the processor has
# it is asked at run time. Field arithmetic and bitslicing want their loops unrolled.
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(aarch64|arm64)$" AND NOT E4_PORTABLE)
    set_source_files_properties(lib/crypto/aes_arm.c lib/crypto/aes_engines.c PROPERTIES
        COMPILE_OPTIONS "-march=armv8-a+crypto")
endif()
set_source_files_properties(lib/crypto/aes_sliced64.c lib/crypto/keccak.c
    lib/crypto/field25519.c PROPERTIES
    COMPILE_OPTIONS "$<$<CONFIG:Release,RelWithDebInfo>:-O3>")

add_library(e4_objects OBJECT ${lib_sources})
set_target_properties(e4_objects PROPERTIES C_STANDARD 99 POSITION_INDEPENDENT_CODE ${on_host}
    LINKER_LANGUAGE C)
target_include_directories(e4_objects PRIVATE ${PROJECT_SOURCE_DIR}/include
    ${PROJECT_SOURCE_DIR}/lib)
target_link_libraries(e4_objects PRIVATE e4_strict)
if(E4_PORTABLE)
    target_compile_definitions(e4_objects PRIVATE E4_PORTABLE)
endif()
if(E4_SODIUM)
    target_link_libraries(e4_objects PRIVATE PkgConfig::SODIUM)
endif()

# What both forms of the library have in common.
function(describe_library target)
    set_target_properties(${target} PROPERTIES OUTPUT_NAME e4 LINKER_LANGUAGE C)
    target_include_directories(${target} PUBLIC
        $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
        $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
    target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:e4_strict>)
    if(E4_SODIUM)
        target_link_libraries(${target} PRIVATE PkgConfig::SODIUM)
    endif()
endfunction()

if(lib_sources)
    add_library(e4_static STATIC $<TARGET_OBJECTS:e4_objects>)
    describe_library(e4_static)
    add_library(e4::e4_static ALIAS e4_static)
endif()

# The shared library shows what the public headers declare and nothing else.
get_property(shared_possible GLOBAL PROPERTY TARGET_SUPPORTS_SHARED_LIBS)
if(lib_sources AND on_host AND shared_possible)
    file(GLOB public_headers CONFIGURE_DEPENDS include/e4/*.h)
    set(symbol_map ${PROJECT_BINARY_DIR}/libe4.map)
    add_custom_command(OUTPUT ${symbol_map}
        COMMAND ${PROJECT_SOURCE_DIR}/packaging/symbol-map ${public_headers} > ${symbol_map}
        DEPENDS packaging/symbol-map ${public_headers} VERBATIM)
    add_custom_target(e4_symbol_map DEPENDS ${symbol_map})

    add_library(e4 SHARED $<TARGET_OBJECTS:e4_objects>)
    describe_library(e4)
    add_library(e4::e4 ALIAS e4)
    add_dependencies(e4 e4_symbol_map)
    set_target_properties(e4 PROPERTIES VERSION ${PROJECT_VERSION}
        SOVERSION ${PROJECT_VERSION_MAJOR} LINK_DEPENDS ${symbol_map})
    target_link_options(e4 PRIVATE -Wl,--version-script=${symbol_map} -Wl,-z,relro,-z,now
        -Wl,--gc-sections)
    if(NOT E4_SANITIZE)
        target_link_options(e4 PRIVATE -Wl,--no-undefined)
    endif()
endif()
