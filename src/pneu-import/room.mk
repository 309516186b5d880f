# pneu-import: what another mail system's configuration says, as pneu's
IMPORT_L = src/pneu-import/str.o src/pneu-import/source.o \
	src/pneu-import/plan.o src/pneu-import/wrong.o \
	src/pneu-import/write.o src/pneu-import/expand.o \
	src/pneu-import/maincf.o src/pneu-import/map.o \
	src/pneu-import/pattern.o src/pneu-import/postfix.o \
	src/pneu-import/postfix_classes.o src/pneu-import/postfix_routes.o \
	src/pneu-import/postfix_tables.o src/pneu-import/postfix_net.o \
	src/pneu-import/postfix_auth.o src/pneu-import/sm_auth.o \
	src/pneu-import/postfix_settings.o src/pneu-import/postfix_why.o \
	src/pneu-import/qmail.o src/pneu-import/qmail_control.o \
	src/pneu-import/qmail_domains.o src/pneu-import/qmail_alias.o \
	src/pneu-import/qmail_users.o src/pneu-import/sendmail.o \
	src/pneu-import/sm_cf.o src/pneu-import/sm_options.o src/pneu-import/sm_why.o \
	src/pneu-import/m4.o src/pneu-import/sm_mc.o \
	src/pneu-import/sm_tables.o src/pneu-import/sm_virtuser.o \
	src/pneu-import/sm_access.o src/pneu-import/sm_classes.o
IMPORT_O = $(IMPORT_L) src/pneu-import/pneu-import.o
IMPORT_P = bin/pneu-import
bin/pneu-import: $(IMPORT_O) $(LOGINS) $(TLSPOLICY) $(ALIASES) $(CONF) $(TABLE) $(SMTP) $(MAIL) $(WIRE) conf-ld
	tools/load $@ $(IMPORT_O) $(LOGINS) $(TLSPOLICY) $(ALIASES) $(CONF) $(TABLE) $(SMTP) \
	    $(MAIL) $(WIRE) -lskarnet

# where addresses go, for tests; not installed
TOOLS_P += tests/tools/whither
units: tests/tools/whither
TESTS_O += tests/tools/whither.o
tests/tools/whither: tests/tools/whither.o $(WIRE)
	tools/load $@ tests/tools/whither.o $(WIRE) -lskarnet

TESTS_P += tests/unit/import_test
TESTS_O += tests/unit/import_test.o
tests/unit/import_test: tests/unit/import_test.o $(IMPORT_L) $(LOGINS) $(TLSPOLICY) $(ALIASES) \
	    $(CONF) $(TABLE) $(SMTP) $(MAIL) $(WIRE)
	tools/load $@ tests/unit/import_test.o $(IMPORT_L) $(LOGINS) $(TLSPOLICY) $(ALIASES) \
	    $(CONF) $(TABLE) $(SMTP) $(MAIL) $(WIRE) -lskarnet
