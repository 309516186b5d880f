DOTFORWARD_O = src/dotforward/environment.o src/dotforward/list.o \
	src/dotforward/path.o
DOTFORWARD = src/dotforward/libdotforward.a
$(DOTFORWARD): $(DOTFORWARD_O)
	tools/archive $@ $(DOTFORWARD_O)
