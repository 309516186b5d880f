SPAWN_O = src/spawn/crew.o
SPAWN = src/spawn/libspawn.a
$(SPAWN): $(SPAWN_O)
	tools/archive $@ $(SPAWN_O)
