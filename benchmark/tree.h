/* The tree that wide.c and killpg.c have in common, so that both sides of the comparison end the same one. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void fail(const char *what) {
  perror(what);
  exit(1);
}

/* Pauses until a signal ends it; the alarm ends it where a crashed benchmark cannot. */
static _Noreturn void rest(void) {
  alarm(120);
  for (;;) pause();
}

/* Forks `width` children that rest, and returns when the last of them runs. */
static void grow(int width) {
  int ready[2];
  pid_t children[width];
  if (pipe(ready) == -1) fail("pipe");
  for (int i = 0; i < width; i++) {
    pid_t child = fork();
    if (child == -1) {
      perror("fork");
      while (i-- > 0) kill(children[i], SIGKILL);
      exit(1);
    }
    if (child == 0) {
      if (write(ready[1], "", 1) != 1) fail("write");
      close(ready[0]);
      close(ready[1]);
      rest();
    }
    children[i] = child;
  }
  close(ready[1]);
  char byte;
  for (int i = 0; i < width; i++) {
    if (read(ready[0], &byte, 1) != 1) fail("read");
  }
  close(ready[0]);
}
