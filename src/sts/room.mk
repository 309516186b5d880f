STS_O = src/sts/policy.o src/sts/http.o
STS = src/sts/libsts.a
src/sts/libsts.a: $(STS_O)
	tools/archive $@ $(STS_O)

TESTS_P += tests/unit/sts_test
TESTS_O += tests/unit/sts_test.o
tests/unit/sts_test: tests/unit/sts_test.o $(STS) $(SMTP) $(WIRE)
	tools/load $@ tests/unit/sts_test.o $(STS) $(SMTP) $(WIRE) -lskarnet
