LOGINS_O = src/logins/logins.o src/logins/row.o
LOGINS = src/logins/liblogins.a
src/logins/liblogins.a: $(LOGINS_O)
	tools/archive $@ $(LOGINS_O)

TESTS_P += tests/unit/logins_test
TESTS_O += tests/unit/logins_test.o
LOGINS_TEST_L = $(LOGINS) $(SMTP) $(MAIL) $(WIRE)
tests/unit/logins_test: tests/unit/logins_test.o $(LOGINS_TEST_L)
	tools/load $@ tests/unit/logins_test.o $(LOGINS_TEST_L) -lskarnet
