SASL_O = src/sasl/base64.o src/sasl/hash.o src/sasl/verifier.o \
	src/sasl/scram.o src/sasl/scram_client.o src/sasl/plain.o \
	src/sasl/server.o src/sasl/client.o src/sasl/passwd.o
SASL = src/sasl/libsasl.a
$(SASL): $(SASL_O)
	tools/archive $@ $(SASL_O)

TESTS_P += tests/unit/sasl_test
TESTS_O += tests/unit/sasl_test.o
tests/unit/sasl_test: tests/unit/sasl_test.o $(SASL)
	tools/load $@ tests/unit/sasl_test.o $(SASL) -lskarnet
