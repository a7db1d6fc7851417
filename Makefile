# Only forwards to dev.py, which also runs where there is no make.
.PHONY: help setup demo sandbox test lint infra bench
help:
	@python3 dev.py
setup demo sandbox test lint infra bench:
	@python3 dev.py $@ $(ARGS)
