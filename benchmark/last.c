/*
 * last leader|orphan: the last process of its tree writes the CLOCK_MONOTONIC nanoseconds of its end to
 * descriptor 3. With `orphan` that is a child in a session of its own, which outlives the leader.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  if (strcmp(argv[1], "orphan") == 0) {
    pid_t child = fork();
    if (child == -1) return 1;
    if (child > 0) _exit(0);
    setsid();
  }
  /* Whoever started the tree is back in its event loop by then, as in real life. */
  nanosleep(&(struct timespec){.tv_nsec = 20 * 1000 * 1000}, NULL);
  char text[32];
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  int length = snprintf(text, sizeof text, "%lld", now.tv_sec * 1000000000LL + now.tv_nsec);
  _exit(write(3, text, length) == length ? 0 : 1);
}
