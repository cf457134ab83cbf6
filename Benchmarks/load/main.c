#include "load.h"

#include <signal.h>

int main(int argc, char **argv) {
  signal(SIGPIPE, SIG_IGN);
  options_parse(argc, argv);
  if (opt.mode == MODE_SERVE) serve();
  run_load();
  return 0;
}
