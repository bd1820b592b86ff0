# What people and CI start. Each target says what it does while it does it; the work is in scripts/.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run test check clean

help: ## Shows this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(CURDIR)/Makefile | expand -t 16

run: ## Builds the program, starts `farthing dev` and prints a first payment; ARGS="--data DIR" goes to it
	@bash $(CURDIR)/scripts/run.sh $(ARGS)

test: ## Installs what the tests need and runs everything that CI runs
	@bash $(CURDIR)/scripts/test.sh

check: ## Checks form and lints, quickly
	@bash $(CURDIR)/scripts/check.sh

clean: ## Removes everything that was built or installed here (the folder target)
	@cargo clean
