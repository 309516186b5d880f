TLSPOLICY_O = src/tlspolicy/tlspolicy.o
TLSPOLICY = src/tlspolicy/libtlspolicy.a
src/tlspolicy/libtlspolicy.a: $(TLSPOLICY_O)
	tools/archive $@ $(TLSPOLICY_O)

TESTS_P += tests/unit/tlspolicy_test
TESTS_O += tests/unit/tlspolicy_test.o
tests/unit/tlspolicy_test: tests/unit/tlspolicy_test.o $(TLSPOLICY) $(SMTP) $(WIRE)
	tools/load $@ tests/unit/tlspolicy_test.o $(TLSPOLICY) $(SMTP) \
	    $(WIRE) -lskarnet
