REWRITE_O = src/rewrite/rewrite.o
REWRITE = src/rewrite/librewrite.a
$(REWRITE): $(REWRITE_O)
	tools/archive $@ $(REWRITE_O)
