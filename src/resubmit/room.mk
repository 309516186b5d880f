RESUBMIT_O = src/resubmit/loop.o src/resubmit/job.o
RESUBMIT = src/resubmit/libresubmit.a
$(RESUBMIT): $(RESUBMIT_O)
	tools/archive $@ $(RESUBMIT_O)
