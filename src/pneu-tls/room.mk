# The engine is chosen by the first line of conf-tls; the other one is built
# for the tests only.
TLS_CONF != sed -n 1p conf-tls
TLS_X509 = src/pneu-tls/x509_judge.o src/pneu-tls/x509_name.o \
	src/pneu-tls/x509_dane.o src/pneu-tls/x509_why.o
TLS_PKIX_bearssl = src/pneu-tls/bearssl_anchors.o src/pneu-tls/bearssl_pkix.o
TLS_PKIX_openssl = src/pneu-tls/openssl_pkix.o
TLS_bearssl = $(TLS_PKIX_bearssl) src/pneu-tls/engine_bearssl.o \
	src/pneu-tls/bearssl_suites.o src/pneu-tls/bearssl_policy.o \
	src/pneu-tls/bearssl_cache.o src/pneu-tls/bearssl_judge.o
TLS_openssl = $(TLS_PKIX_openssl) src/pneu-tls/engine_openssl.o \
	src/pneu-tls/openssl_server.o src/pneu-tls/openssl_key.o \
	src/pneu-tls/openssl_judge.o src/pneu-tls/openssl_text.o
TLS_LD_bearssl = -lbearssl
TLS_LD_openssl = -lssl -lcrypto
TLS_REST = src/pneu-tls/pneu-tls.o src/pneu-tls/loop.o src/pneu-tls/asker.o \
	src/pneu-tls/link.o src/pneu-tls/link_end.o src/pneu-tls/sign.o \
	src/pneu-tls/cafile.o src/pneu-tls/chains.o src/pneu-tls/kept.o $(TLS_X509)
TLS_O = $(TLS_REST) $(TLS_bearssl) $(TLS_openssl)
TLS_P = bin/pneu-tls
TLS_L = $(PKI) $(RUN) $(CONF) $(TABLE) $(WIRE)
bin/pneu-tls: $(TLS_REST) $(TLS_$(TLS_CONF)) $(TLS_L) conf-ld conf-tls
	tools/load $@ $(TLS_REST) $(TLS_$(TLS_CONF)) $(TLS_L) \
	    $(TLS_LD_$(TLS_CONF)) -lskarnet

TOOLS_P += tests/tools/pneu-tls-openssl
tests/tools/pneu-tls-openssl: $(TLS_REST) $(TLS_openssl) $(TLS_L) conf-ld
	tools/load $@ $(TLS_REST) $(TLS_openssl) $(TLS_L) $(TLS_LD_openssl) \
	    -lskarnet

TESTS_P += tests/unit/x509_test
TESTS_O += tests/unit/x509_test.o
tests/unit/x509_test: tests/unit/x509_test.o $(TLS_X509) $(TLS_PKIX_bearssl) $(PKI) $(WIRE)
	tools/load $@ tests/unit/x509_test.o $(TLS_X509) $(TLS_PKIX_bearssl) \
	    $(PKI) $(WIRE) -lbearssl -lskarnet

TESTS_P += tests/unit/x509openssl_test
tests/unit/x509openssl_test: tests/unit/x509_test.o $(TLS_X509) $(TLS_PKIX_openssl) $(PKI) $(WIRE)
	tools/load $@ tests/unit/x509_test.o $(TLS_X509) $(TLS_PKIX_openssl) \
	    $(PKI) $(WIRE) -lcrypto -lbearssl -lskarnet
