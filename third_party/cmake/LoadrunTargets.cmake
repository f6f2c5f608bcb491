# The two kinds of target of this project.

# One static library per engine module. DEPENDS are the modules it includes; which ones it may is the table of
# tests/layering/layers.cmake.
function(loadrun_module name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS;LIBRARIES" ${ARGN})
  add_library(loadrun_${name} STATIC ${ARG_SOURCES})
  target_include_directories(loadrun_${name} PUBLIC ${CMAKE_SOURCE_DIR}/engine)
  foreach(module IN LISTS ARG_DEPENDS)
    target_link_libraries(loadrun_${name} PUBLIC loadrun_${module})
  endforeach()
  target_link_libraries(loadrun_${name} PUBLIC ${ARG_LIBRARIES})
endfunction()

# loadrun_label(TARGET labels...): the target tests_LABEL builds TARGET too.
function(loadrun_label name)
  foreach(label IN LISTS ARGN)
    if(NOT TARGET tests_${label})
      add_custom_target(tests_${label})
    endif()
    add_dependencies(tests_${label} ${name})
  endforeach()
endfunction()

# A Catch2 binary, one CTest test. LABELS group tests for `./dev test`: unit, conformance, integration, threads (also
# run under TSan), slow (only with --full). The target tests_LABEL builds those of a label.
function(loadrun_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;MODULES;LABELS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
  target_compile_definitions(${name} PRIVATE LOADRUN_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  foreach(module IN LISTS ARG_MODULES)
    target_link_libraries(${name} PRIVATE loadrun_${module})
  endforeach()
  # Catch2's macros cost the optimiser more than the tests ever run.
  target_compile_options(${name} PRIVATE -O0)
  target_link_libraries(${name} PRIVATE loadrun_test_main)
  add_test(NAME ${name} COMMAND ${name})
  loadrun_label(${name} ${ARG_LABELS})
  set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT 300)
  if(LOADRUN_SANITIZE MATCHES "thread")
    set_tests_properties(${name} PROPERTIES
      ENVIRONMENT "TSAN_OPTIONS=suppressions=${CMAKE_SOURCE_DIR}/tests/support/tsan.supp")
  endif()
endfunction()
