# "make check": unit tests, stories with the real programs, faults; first what
# builds everything anew (for sanitizers), since it takes longest. TESTS_P are
# the unit tests that the rooms declare.

FLOWS = tests/flow/*/run.sh tests/interop/*/run.sh
CRASHES = tests/crash/*.sh

deps:
	tools/need build run

check: deps
	tools/need test
	$(MAKE) it units
	tools/runtests -j 3 tests/fuzz/run tests/clean/valgrind.sh \
	    tools/layers tools/lintpages tools/lintcompat $(TESTS_P) \
	    tests/clean/asan.sh $(FLOWS) $(CRASHES)

units: $(TESTS_P)

demo: deps
	$(MAKE) it
	tools/demo start

demo-stop:
	tools/demo stop

bench: deps
	tools/need bench
	$(MAKE) it
	tests/bench/run

# one static executable for routers, with musl; CROSS=aarch64, armhf, mipsel,
# s390x: for those. router-install: what a router gets, below DESTDIR.
router:
	tools/router $(CROSS)

router-install: router
	tools/router-install "$(DESTDIR)`sed -n 1p conf-home`" $(CROSS)

router-check: it
	tools/need router
	tests/router/all

install: it
	tools/install "$(DESTDIR)`sed -n 1p conf-home`"

.PHONY: all it deps check units router router-install router-check demo demo-stop bench install clean
