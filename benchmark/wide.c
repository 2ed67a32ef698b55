/* wide N: a leader with N resting children; writes a byte to stdout when all are in place. */
#include "tree.h"

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  grow(atoi(argv[1]));
  if (write(STDOUT_FILENO, "+", 1) != 1) fail("write");
  rest();
}
