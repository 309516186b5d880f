# One executable with all that a null client needs; tools/router builds it,
# with a compiler and libraries of its own.
ROUTER_O = src/pneu-router/pneu-router.o src/pneu-router/words.o
ROUTER_A = src/pneu-router/alias.a.o src/pneu-router/bounce.a.o \
	src/pneu-router/conf.a.o src/pneu-router/inject.a.o \
	src/pneu-router/q.a.o src/pneu-router/queue.a.o \
	src/pneu-router/remote.a.o src/pneu-router/send.a.o \
	src/pneu-router/sendmail.a.o src/pneu-router/tls.a.o
src/pneu-router/alias.a.o: $(ALIAS_O) tools/applet
	tools/applet $@ pneu-alias $(ALIAS_O)
src/pneu-router/bounce.a.o: $(BOUNCE_O) tools/applet
	tools/applet $@ pneu-bounce $(BOUNCE_O)
src/pneu-router/conf.a.o: $(PCONF_O) tools/applet
	tools/applet $@ pneu-conf $(PCONF_O)
src/pneu-router/inject.a.o: $(INJECT_O) tools/applet
	tools/applet $@ pneu-inject $(INJECT_O)
src/pneu-router/q.a.o: $(Q_O) tools/applet
	tools/applet $@ pneu-q $(Q_O)
src/pneu-router/queue.a.o: $(QUEUE_O) tools/applet
	tools/applet $@ pneu-queue $(QUEUE_O)
src/pneu-router/remote.a.o: $(REMOTE_O) tools/applet
	tools/applet $@ pneu-remote $(REMOTE_O)
src/pneu-router/send.a.o: $(SEND_O) tools/applet
	tools/applet $@ pneu-send $(SEND_O)
src/pneu-router/sendmail.a.o: $(SENDMAIL_O) tools/applet
	tools/applet $@ pneu-sendmail $(SENDMAIL_O)
src/pneu-router/tls.a.o: $(TLS_REST) $(TLS_bearssl) tools/applet
	tools/applet $@ pneu-tls $(TLS_REST) $(TLS_bearssl)

# each library once, behind those that need it
ROUTER_L = $(RESUBMIT) $(SUBMIT) $(SCHED) $(SPAWN) $(SPOOL) $(PKI) $(DNS) \
	$(LOGINS) $(STS) $(TLSPOLICY) $(SASL) \
	$(DOTFORWARD) $(SMTP) $(RUN) $(REWRITE) $(ALIASES) $(CONF) $(TABLE) \
	$(MAIL) $(WIRE)
bin/pneu-router: $(ROUTER_O) $(ROUTER_A) $(ROUTER_L) conf-ld
	tools/load $@ -Wl,--gc-sections $(ROUTER_O) $(ROUTER_A) $(ROUTER_L) \
	    -lcares -lbearssl -lskarnet

# tests/flow/router makes it with this host's compiler
TOOLS_P += bin/pneu-router
