#!/bin/bash
# The null client's one executable, as this host's compiler makes it; what
# tools/router makes of it, with musl, for other processors too, goes through
# the same story by "make router-check".
make -s bin/pneu-router >&2 || exit 1
ROUTER=bin/pneu-router exec tests/router/story
