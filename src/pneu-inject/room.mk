INJECT_O = src/pneu-inject/pneu-inject.o
INJECT_P = bin/pneu-inject
INJECT_L = $(SUBMIT) $(RUN) $(REWRITE) $(ALIASES) $(CONF) $(TABLE) $(WIRE) \
	$(MAIL)
bin/pneu-inject: $(INJECT_O) $(INJECT_L) conf-ld tools/load-static
	tools/load-static $@ $(INJECT_O) $(INJECT_L) -lskarnet
