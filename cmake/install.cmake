# SPDX-License-Identifier: Apache-2.0
# What `cmake --install` puts where: library, headers, how to find them, programs, manuals.
include(CMakePackageConfigHelpers)

if(NOT PROJECT_IS_TOP_LEVEL OR NOT TARGET e4_static)
    return()
endif()

# Headers of ports that are not in this build's library would only mislead.
set(headers_elsewhere)
if(NOT on_host)
    set(headers_elsewhere REGEX "/(port_posix|password)\\.h$" EXCLUDE)
endif()
install(DIRECTORY include/e4 DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING
    PATTERN "*.h" ${headers_elsewhere})

set(library_targets e4_static)
if(TARGET e4)
    list(APPEND library_targets e4)
endif()
install(TARGETS ${library_targets} EXPORT e4Targets
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})

# find_package(e4): e4::e4 is the shared library, e4::e4_static the other.
set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/e4)
install(EXPORT e4Targets NAMESPACE e4:: DESTINATION ${package_folder})
configure_package_config_file(packaging/e4Config.cmake.in ${PROJECT_BINARY_DIR}/e4Config.cmake
    INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/e4ConfigVersion.cmake
    COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/e4Config.cmake ${PROJECT_BINARY_DIR}/e4ConfigVersion.cmake
    DESTINATION ${package_folder})

# pkg-config e4; with --static also what libe4.a itself needs.
set(pc_requires_private "")
if(E4_SODIUM)
    set(pc_requires_private "libsodium >= 1.0.18")
endif()
# Paths follow from where the file lies, so that --prefix and moving a tree both work.
if(IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}" OR IS_ABSOLUTE "${CMAKE_INSTALL_INCLUDEDIR}")
    set(pc_prefix ${CMAKE_INSTALL_PREFIX})
    set(pc_libdir ${CMAKE_INSTALL_FULL_LIBDIR})
    set(pc_includedir ${CMAKE_INSTALL_FULL_INCLUDEDIR})
else()
    file(RELATIVE_PATH up /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
    string(REGEX REPLACE "/$" "" up "${up}")
    set(pc_prefix "\${pcfiledir}/${up}")
    set(pc_libdir "\${prefix}/${CMAKE_INSTALL_LIBDIR}")
    set(pc_includedir "\${prefix}/${CMAKE_INSTALL_INCLUDEDIR}")
endif()
configure_file(packaging/e4.pc.in ${PROJECT_BINARY_DIR}/e4.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/e4.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

file(GLOB documents CONFIGURE_DEPENDS *.md docs/*.md)
install(FILES ${documents} LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
foreach(section 1 3 5 7 8)
    file(GLOB pages CONFIGURE_DEPENDS man/*.${section})
    if(pages AND (section EQUAL 3 OR section EQUAL 7 OR E4_TOOLS))
        install(FILES ${pages} DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section})
    endif()
endforeach()
