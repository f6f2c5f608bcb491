#include "commands/cli.h"

int main(int argc, char** argv) { return loadrun::commands::run_cli(argc, argv); }
