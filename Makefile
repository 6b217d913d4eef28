# Short names for what developers run; ./run and ./test work without make.
PYTHON = .venv/bin/python
OVER_SERVERS = $(PYTHON) -m prm.local exec --

.PHONY: run test lint types contracts migrations acceptance bench screens programmes crash race
run:
	./run
test:
	./test
lint types contracts migrations:
	./test --only $@
acceptance bench screens: .venv
	$(OVER_SERVERS) $(PYTHON) -m tests.$@
programmes: .venv
	$(OVER_SERVERS) $(PYTHON) -m tests.oracle
crash: .venv
	$(PYTHON) -m tests.concurrency.crash
race:
	./test -m race
.venv:
	./test --only contracts
