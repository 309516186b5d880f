CONF_O = src/conf/conf.o src/conf/value.o src/conf/net.o
CONF = src/conf/libconf.a
$(CONF): $(CONF_O)
	tools/archive $@ $(CONF_O)
