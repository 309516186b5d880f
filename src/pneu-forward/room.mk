FPLAN_O = src/pneu-forward/plan.o
FORWARD_O = src/pneu-forward/pneu-forward.o src/pneu-forward/forward.o $(FPLAN_O)
FORWARD_L = $(RESUBMIT) $(RUN) $(CONF) $(TABLE) $(DELIVER) $(ALIASES) $(MAIL) $(WIRE)
FORWARD_P = bin/pneu-forward
bin/pneu-forward: $(FORWARD_O) $(FORWARD_L) conf-ld
	tools/load $@ $(FORWARD_O) $(FORWARD_L) -lskarnet

TESTS_P += tests/unit/forward_test
TESTS_O += tests/unit/forward_test.o
tests/unit/forward_test: tests/unit/forward_test.o $(FPLAN_O) $(ALIASES) $(MAIL) $(WIRE)
	tools/load $@ tests/unit/forward_test.o $(FPLAN_O) $(ALIASES) $(MAIL) \
	    $(WIRE) -lskarnet
