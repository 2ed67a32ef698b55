/*
 * killpg N: starts the tree of wide.c in a process group, ends it with killpg(2), waits for all of it as a
 * subreaper, and prints the microseconds from the signal to the last wait.
 */
#include "tree.h"
#include <errno.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>

static double microseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1e6 + now.tv_nsec / 1e3;
}

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  int width = atoi(argv[1]);
  int ready[2];
  if (prctl(PR_SET_CHILD_SUBREAPER, 1) == -1) fail("prctl");
  if (pipe(ready) == -1) fail("pipe");
  pid_t leader = fork();
  if (leader == -1) fail("fork");
  if (leader == 0) {
    if (setpgid(0, 0) == -1) fail("setpgid");
    close(ready[0]);
    grow(width);
    if (write(ready[1], "+", 1) != 1) fail("write");
    rest();
  }
  close(ready[1]);
  char byte;
  if (read(ready[0], &byte, 1) != 1) fail("read");

  double start = microseconds();
  if (killpg(leader, SIGTERM) == -1) fail("killpg");
  int waited = 0;
  while (waitpid(-1, NULL, 0) > 0) waited++;
  double end = microseconds();

  if (errno != ECHILD || waited != width + 1) {
    fprintf(stderr, "waited for %d of %d processes\n", waited, width + 1);
    return 1;
  }
  printf("%.1f\n", end - start);
  return 0;
}
