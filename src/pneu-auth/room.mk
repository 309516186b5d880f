AUTH_M = src/pneu-auth/limit.o src/pneu-auth/rate.o
AUTH_O = $(AUTH_M) src/pneu-auth/pneu-auth.o src/pneu-auth/client.o \
	src/pneu-auth/exchange.o src/pneu-auth/step.o src/pneu-auth/own.o \
	src/pneu-auth/program.o src/pneu-auth/runner.o \
	src/pneu-auth/dovecot.o
AUTH_P = bin/pneu-auth
AUTH_L = $(RUN) $(CONF) $(TABLE) $(SASL) $(WIRE)
bin/pneu-auth: $(AUTH_O) $(AUTH_L) conf-ld
	tools/load $@ $(AUTH_O) $(AUTH_L) -lskarnet

TESTS_P += tests/unit/limit_test
TESTS_O += tests/unit/limit_test.o
tests/unit/limit_test: tests/unit/limit_test.o $(AUTH_M) $(SASL)
	tools/load $@ tests/unit/limit_test.o $(AUTH_M) $(SASL) -lskarnet
