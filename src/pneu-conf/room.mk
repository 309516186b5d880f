PCONF_O = src/pneu-conf/pneu-conf.o src/pneu-conf/all.o \
	src/pneu-conf/check.o src/pneu-conf/check_together.o \
	src/pneu-conf/compile.o src/pneu-conf/host.o \
	src/pneu-conf/man.o src/pneu-conf/near.o src/pneu-conf/report.o \
	src/pneu-conf/rows.o src/pneu-conf/set.o src/pneu-conf/settings.o \
	src/pneu-conf/show.o src/pneu-conf/system.o src/pneu-conf/tell.o \
	src/pneu-conf/text.o src/pneu-conf/aliases.o \
	src/pneu-conf/aliases_check.o src/pneu-conf/newaliases.o \
	src/pneu-conf/rows_alias.o src/pneu-conf/rows_senders.o \
	src/pneu-conf/templates.o src/pneu-conf/chains.o \
	src/pneu-conf/logins.o src/pneu-conf/passwd.o
PCONF_P = bin/pneu-conf
PCONF_L = $(PKI) $(LOGINS) $(SASL) $(TLSPOLICY) $(DOTFORWARD) $(ALIASES) $(SMTP) $(RUN) $(CONF) $(TABLE) $(MAIL) \
	$(WIRE)
bin/pneu-conf: $(PCONF_O) $(PCONF_L) conf-ld
	tools/load $@ $(PCONF_O) $(PCONF_L) -lbearssl -lskarnet
