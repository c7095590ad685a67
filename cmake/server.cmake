# SPDX-License-Identifier: Apache-2.0
# The key server: e4_core_code is all of it but its transports (server/api) and main.c.
pkg_check_modules(SQLITE REQUIRED QUIET IMPORTED_TARGET sqlite3>=3.37)
pkg_check_modules(POSTGRES REQUIRED QUIET IMPORTED_TARGET libpq)

file(GLOB schemas CONFIGURE_DEPENDS server/store/schema/*.sql)
set(schema ${PROJECT_BINARY_DIR}/schema.c)
add_custom_command(OUTPUT ${schema}
    COMMAND ${CMAKE_COMMAND} "-DFILES=${schemas}" -DOUT=${schema}
        -P ${PROJECT_SOURCE_DIR}/cmake/schema.cmake
    DEPENDS ${schemas} ${PROJECT_SOURCE_DIR}/cmake/schema.cmake
    COMMENT "The database's schema as C" VERBATIM)

file(GLOB core_sources CONFIGURE_DEPENDS server/core/*.c server/store/*.c server/bus/*.c)
add_library(e4_core_code STATIC ${core_sources} ${schema})
e4_program_code(e4_core_code)
target_link_libraries(e4_core_code PUBLIC e4_base PkgConfig::SQLITE PkgConfig::POSTGRES PkgConfig::SODIUM)

add_executable(e4d server/main.c server/masterkey.c server/settings.c)
e4_program_code(e4d)
target_link_libraries(e4d PRIVATE e4_core_code e4_api_code)
if(PROJECT_IS_TOP_LEVEL)
    install(TARGETS e4d DESTINATION ${CMAKE_INSTALL_SBINDIR})
endif()
configure_file(packaging/e4d.service.in ${PROJECT_BINARY_DIR}/e4d.service @ONLY)
if(PROJECT_IS_TOP_LEVEL)
    install(FILES ${PROJECT_BINARY_DIR}/e4d.service DESTINATION lib/systemd/system)
    install(FILES packaging/e4d.conf DESTINATION ${CMAKE_INSTALL_DOCDIR})
endif()
