# Which modules a module of engine/ may include, itself aside: the table of engine/README.md. main.cc may include all.
set(layers base metrics plan net script report outputs serve run commands)

set(may_include_base "")
set(may_include_metrics base)
set(may_include_plan base metrics)
set(may_include_net base)
set(may_include_script base net metrics plan)
set(may_include_report base metrics plan)
set(may_include_outputs base metrics plan report net)
set(may_include_serve base metrics plan report)
set(may_include_run base metrics plan net script report outputs serve)
set(may_include_commands ${layers})
