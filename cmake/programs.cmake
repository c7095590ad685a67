# SPDX-License-Identifier: Apache-2.0
# The programs, all in bin/ of the build folder: `e4` from tools/e4, and one for each file of
# examples/. What they share is base/.
if(NOT PKG_CONFIG_FOUND)
    message(FATAL_ERROR "pkg-config was not found; it tells where the programs' libraries are")
endif()
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

file(GLOB base_sources CONFIGURE_DEPENDS base/*.c)
file(GLOB tool_sources CONFIGURE_DEPENDS tools/e4/*.c)
file(GLOB example_sources CONFIGURE_DEPENDS examples/*.c)

# C11 and POSIX, warnings and hardening, for a program or for what goes into one.
function(e4_program_code target)
    set_target_properties(${target} PROPERTIES C_STANDARD 11)
    target_compile_definitions(${target} PRIVATE _POSIX_C_SOURCE=200809L)
    target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR})
    target_link_libraries(${target} PRIVATE e4_strict e4_hardened)
    if(TARGET e4_static)
        target_link_libraries(${target} PRIVATE e4_static)
    endif()
endfunction()

if(base_sources)
    pkg_check_modules(MOSQUITTO REQUIRED QUIET IMPORTED_TARGET libmosquitto>=2.0)
    pkg_check_modules(OPENSSL REQUIRED QUIET IMPORTED_TARGET openssl>=3.0)
    pkg_check_modules(JANSSON REQUIRED QUIET IMPORTED_TARGET jansson>=2.14)
    pkg_check_modules(EDIT REQUIRED QUIET IMPORTED_TARGET libedit)
    pkg_check_modules(QRENCODE REQUIRED QUIET IMPORTED_TARGET libqrencode>=4.0)
    add_library(e4_base STATIC ${base_sources})
    e4_program_code(e4_base)
    target_link_libraries(e4_base PUBLIC PkgConfig::MOSQUITTO PkgConfig::OPENSSL
        PkgConfig::JANSSON PkgConfig::EDIT PkgConfig::QRENCODE)
endif()

# A program of these sources. Unfinished ones, without a main(), are passed over.
function(e4_program name)
    set(has_main OFF)
    foreach(source IN LISTS ARGN)
        file(STRINGS ${source} main_line REGEX "^int main\\(")
        if(main_line)
            set(has_main ON)
        endif()
    endforeach()
    if(has_main AND TARGET e4_base)
        add_executable(${name} ${ARGN})
        e4_program_code(${name})
        target_link_libraries(${name} PRIVATE e4_base)
    endif()
endfunction()

# The tool without its main.c is a library, so that tests can reach into it.
set(tool_main ${PROJECT_SOURCE_DIR}/tools/e4/main.c)
list(REMOVE_ITEM tool_sources ${tool_main})
if(tool_sources AND TARGET e4_base)
    add_library(e4_tool_code STATIC ${tool_sources})
    e4_program_code(e4_tool_code)
    target_link_libraries(e4_tool_code PUBLIC e4_base)
endif()
if(TARGET e4_tool_code AND EXISTS ${tool_main})
    e4_program(e4_tool ${tool_main})
endif()
if(TARGET e4_tool)
    target_link_libraries(e4_tool PRIVATE e4_tool_code)
    set_target_properties(e4_tool PROPERTIES OUTPUT_NAME e4)
endif()
if(E4_SERVER AND TARGET e4_base)
    include(server)
    include(api)
endif()
foreach(source IN LISTS example_sources)
    get_filename_component(name ${source} NAME_WE)
    e4_program(${name} ${source})
endforeach()

# Examples are for reading; of the programs only the tool is installed, with its completions.
if(TARGET e4_tool AND PROJECT_IS_TOP_LEVEL)
    install(TARGETS e4_tool DESTINATION ${CMAKE_INSTALL_BINDIR})
    set(completions ${PROJECT_SOURCE_DIR}/tools/e4/completion)
    install(FILES ${completions}/e4.bash RENAME e4 OPTIONAL
        DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
    install(FILES ${completions}/_e4 OPTIONAL
        DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
    install(FILES ${completions}/e4.fish OPTIONAL
        DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
endif()
