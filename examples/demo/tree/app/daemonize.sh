# The second fork of a double fork: the caller has made the first one and called setsid(2); this shell forks
# once more and exits, so the daemon is in nobody's group that anyone knows and has lost its parent.
"$@" &
