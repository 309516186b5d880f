# The engine is chosen by the first line of conf-tls.
TLS_X509 = src/pneu-tls/x509_judge.o src/pneu-tls/x509_name.o \
	src/pneu-tls/x509_pkix.o src/pneu-tls/x509_dane.o \
	src/pneu-tls/x509_anchors.o
TLS_ENGINE = src/pneu-tls/engine_bearssl.o src/pneu-tls/bearssl_suites.o \
	src/pneu-tls/bearssl_policy.o src/pneu-tls/bearssl_cache.o \
	src/pneu-tls/bearssl_judge.o
TLS_O = src/pneu-tls/pneu-tls.o src/pneu-tls/loop.o src/pneu-tls/asker.o \
	src/pneu-tls/link.o src/pneu-tls/link_end.o src/pneu-tls/sign.o \
	src/pneu-tls/cafile.o src/pneu-tls/chains.o $(TLS_X509) $(TLS_ENGINE)
TLS_P = bin/pneu-tls
TLS_L = $(PKI) $(RUN) $(CONF) $(TABLE) $(WIRE)
bin/pneu-tls: $(TLS_O) $(TLS_L) conf-ld
	tools/load $@ $(TLS_O) $(TLS_L) -lbearssl -lskarnet

TESTS_P += tests/unit/x509_test
TESTS_O += tests/unit/x509_test.o
tests/unit/x509_test: tests/unit/x509_test.o $(TLS_X509) $(PKI) $(WIRE)
	tools/load $@ tests/unit/x509_test.o $(TLS_X509) $(PKI) $(WIRE) \
	    -lbearssl -lskarnet
