PNEU_P = bin/pneu
bin/pneu: src/pneu/pneu.sh
	mkdir -p bin
	cp src/pneu/pneu.sh $@
	chmod 755 $@
