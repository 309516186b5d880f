SCHED_O = src/sched/retry.o src/sched/site.o src/sched/table.o \
	src/sched/heap.o src/sched/list.o src/sched/queue.o \
	src/sched/job.o src/sched/next.o src/sched/sched.o
SCHED = src/sched/libsched.a
$(SCHED): $(SCHED_O)
	tools/archive $@ $(SCHED_O)

TESTS_P += tests/unit/retry_test tests/unit/sched_test \
	tests/unit/sched_sim_test
TESTS_O += tests/unit/retry_test.o tests/unit/sched_test.o \
	tests/unit/sched_sim_test.o \
	tests/unit/sched_sim.o
tests/unit/retry_test: tests/unit/retry_test.o $(SCHED)
	tools/load $@ tests/unit/retry_test.o $(SCHED)
tests/unit/sched_test: tests/unit/sched_test.o $(SCHED)
	tools/load $@ tests/unit/sched_test.o $(SCHED)
tests/unit/sched_sim_test: tests/unit/sched_sim_test.o tests/unit/sched_sim.o \
	    $(SCHED)
	tools/load $@ tests/unit/sched_sim_test.o tests/unit/sched_sim.o \
	    $(SCHED)
