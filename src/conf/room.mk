CONF_O = src/conf/conf.o src/conf/value.o src/conf/net.o src/conf/slurp.o src/conf/listen.o
CONF = src/conf/libconf.a
$(CONF): $(CONF_O)
	tools/archive $@ $(CONF_O)

TESTS_P += tests/unit/conf_test tests/unit/net_test
TESTS_O += tests/unit/conf_test.o tests/unit/net_test.o
tests/unit/conf_test: tests/unit/conf_test.o $(CONF) $(TABLE)
	tools/load $@ tests/unit/conf_test.o $(CONF) $(TABLE) -lskarnet
tests/unit/net_test: tests/unit/net_test.o $(CONF) $(TABLE)
	tools/load $@ tests/unit/net_test.o $(CONF) $(TABLE) -lskarnet
