# SPDX-License-Identifier: Apache-2.0
# The key server's API, server/api: e4_messages is what protoc-c makes of the .proto files (never
# committed), e4_api_code our own code on top.
find_program(PROTOC_C protoc-c REQUIRED)
pkg_check_modules(PROTOBUF_C REQUIRED QUIET IMPORTED_TARGET libprotobuf-c>=1.4)
# What everybody's timestamps are declared in comes with protoc.
find_path(PROTOBUF_INCLUDE google/protobuf/timestamp.proto REQUIRED)

set(messages_folder ${PROJECT_BINARY_DIR}/messages)
file(MAKE_DIRECTORY ${messages_folder})

# e4_proto(SOURCES FOLDER NAME): FOLDER/NAME.proto becomes NAME.pb-c.c and NAME.pb-c.h.
function(e4_proto sources folder name)
    set(made ${messages_folder}/${name}.pb-c.c ${messages_folder}/${name}.pb-c.h)
    add_custom_command(OUTPUT ${made}
        COMMAND ${PROTOC_C} -I ${folder} -I ${PROTOBUF_INCLUDE} --c_out=${messages_folder}
            ${folder}/${name}.proto
        DEPENDS ${folder}/${name}.proto
        COMMENT "Messages of ${name}.proto" VERBATIM)
    set(${sources} ${${sources}} ${made} PARENT_SCOPE)
endfunction()

set(message_sources)
e4_proto(message_sources ${PROJECT_SOURCE_DIR}/server/api c2)
e4_proto(message_sources ${PROJECT_SOURCE_DIR}/server/api server)
e4_proto(message_sources ${PROJECT_SOURCE_DIR}/server/api health)
e4_proto(message_sources ${PROJECT_SOURCE_DIR}/server/api reflection)
e4_proto(message_sources ${PROTOBUF_INCLUDE} google/protobuf/timestamp)
add_library(e4_messages STATIC ${message_sources})
set_target_properties(e4_messages PROPERTIES C_STANDARD 11)
target_link_libraries(e4_messages PUBLIC PkgConfig::PROTOBUF_C)
# Their style is protoc-c's, not ours.
target_include_directories(e4_messages SYSTEM PUBLIC ${messages_folder})

pkg_check_modules(MICROHTTPD REQUIRED QUIET IMPORTED_TARGET libmicrohttpd>=0.9.74)
pkg_check_modules(GNUTLS REQUIRED QUIET IMPORTED_TARGET gnutls>=3.7)

file(GLOB api_sources CONFIGURE_DEPENDS server/api/*.c)
if(E4_GRPC)
    list(REMOVE_ITEM api_sources ${PROJECT_SOURCE_DIR}/server/api/no_grpc.c)
    # The .proto files as gRPC's own tools want to see them.
    set(protos c2.proto server.proto health.proto reflection.proto)
    list(TRANSFORM protos PREPEND ${PROJECT_SOURCE_DIR}/server/api/ OUTPUT_VARIABLE proto_files)
    set(reflected ${PROJECT_BINARY_DIR}/reflection_files)
    add_custom_command(OUTPUT ${reflected}.c
        COMMAND ${PROTOC_C} -I ${PROJECT_SOURCE_DIR}/server/api -I ${PROTOBUF_INCLUDE}
            --include_imports --descriptor_set_out=${reflected} ${protos}
        COMMAND ${CMAKE_COMMAND} -DIN=${reflected} -DOUT=${reflected}.c -DNAME=reflection_files
            -DHEADER=server/api/reflection.h -P ${PROJECT_SOURCE_DIR}/cmake/bytes.cmake
        WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}/server/api
        DEPENDS ${proto_files} ${PROJECT_SOURCE_DIR}/cmake/bytes.cmake
        COMMENT "The .proto files as descriptors" VERBATIM)
    list(APPEND api_sources ${reflected}.c)
else()
    list(FILTER api_sources EXCLUDE REGEX "/(grpc|gate|health|reflection|binary|threads)\\.c$")
endif()
add_library(e4_api_code STATIC ${api_sources})
e4_program_code(e4_api_code)
target_link_libraries(e4_api_code PUBLIC e4_core_code e4_base e4_messages PkgConfig::MICROHTTPD
    PkgConfig::GNUTLS)
if(E4_GRPC)
    target_link_libraries(e4_api_code PUBLIC PkgConfig::GRPC)
endif()

# e4ctl, its command line: like the tool a library without its main.c, so that tests reach in.
pkg_check_modules(CURL REQUIRED QUIET IMPORTED_TARGET libcurl>=7.80)
file(GLOB ctl_sources CONFIGURE_DEPENDS tools/e4ctl/*.c)
list(REMOVE_ITEM ctl_sources ${PROJECT_SOURCE_DIR}/tools/e4ctl/main.c)
add_library(e4_ctl_code STATIC ${ctl_sources})
e4_program_code(e4_ctl_code)
target_link_libraries(e4_ctl_code PUBLIC e4_base PkgConfig::CURL)
add_executable(e4ctl tools/e4ctl/main.c)
e4_program_code(e4ctl)
target_link_libraries(e4ctl PRIVATE e4_ctl_code)
if(PROJECT_IS_TOP_LEVEL)
    install(TARGETS e4ctl DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
