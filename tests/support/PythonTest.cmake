# loadrun_python_test(FILE LABELS labels...): a file of Python unittest cases that runs the binaries as a user does.
# They are passed by environment; helpers are imported from tests/support as `support`.
find_package(Python3 REQUIRED COMPONENTS Interpreter)

function(loadrun_python_test file)
  cmake_parse_arguments(ARG "" "" "LABELS" ${ARGN})
  get_filename_component(name ${file} NAME_WE)
  add_test(NAME ${name} COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/${file})
  set(environment
    "LOADRUN=$<TARGET_FILE:loadrun>"
    "COUPON_TARGET=$<TARGET_FILE:coupon-target>"
    "PYTHONPATH=${CMAKE_SOURCE_DIR}/tests"
    "PYTHONDONTWRITEBYTECODE=1")
  if(LOADRUN_SANITIZE MATCHES "thread")
    list(APPEND environment "TSAN_OPTIONS=suppressions=${CMAKE_SOURCE_DIR}/tests/support/tsan.supp")
  endif()
  set_tests_properties(${name} PROPERTIES
    LABELS "${ARG_LABELS}" TIMEOUT 300 ENVIRONMENT "${environment}")
  foreach(binary loadrun coupon-target)
    loadrun_label(${binary} ${ARG_LABELS})
  endforeach()
endfunction()
