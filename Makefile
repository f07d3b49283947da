# make, make test and make demo need a Swift toolchain; deps installs the rest.

PREFIX ?= /usr/local
SYSCONFDIR ?= /etc
SWIFT ?= swift
RELEASE = .build/release/narrowbridge

.PHONY: help deps build test test-long test-brokers test-page demo release install uninstall deb check-deb check-chart lint \
	check-imports lengths fuzz bench clean

help:
	@echo "make demo           a broker, a virtual module and the bridge at work; Ctrl-C ends it"
	@echo "make test           every test"
	@echo "make test-long      with those that take minutes and want the machine for themselves"
	@echo "make test-brokers   the bridge at NATS and RabbitMQ, which it installs"
	@echo "make test-page      the page in Chromium, which it installs"
	@echo "make build          the program with debugging aids, .build/debug/narrowbridge"
	@echo "make release        the program to install, $(RELEASE)"
	@echo "make install        program, systemd unit, udev rule, manuals, completions (PREFIX=$(PREFIX), DESTDIR)"
	@echo "make uninstall      takes them away again; configuration and state stay"
	@echo "make deb            a Debian package of the release program, in .build/deb"
	@echo "make check-deb      tries the package on a bare Debian with a systemd of its own; needs root"
	@echo "make check-chart    renders the Kubernetes chart for several sets of values, and validates them"
	@echo "make lint           the form of the sources (swift format)"
	@echo "make check-imports  every import is declared in Package.swift"
	@echo "make lengths        files that are getting long"
	@echo "make fuzz           a million inputs for the AT dialogue"
	@echo "make bench          how fast it is, beside a bare bridge in C"
	@echo "make deps           installs what is missing by apt-get; demo and test do so themselves"

deps:
	@scripts/deps

build: deps
	$(SWIFT) build --product narrowbridge

# So many tests at once: each may have a broker, a bridge and virtual modules of its own.
TEST_WIDTH ?= 12
RUN_TESTS = SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=$(TEST_WIDTH) $(SWIFT) test --skip-build --disable-xctest

# Without PyPI (69) the test that needs it is left out, and says so.
FETCH_HUB = scripts/check-homeassistant --install || test $$? -eq 69

test: deps
	$(SWIFT) build --build-tests
	@$(FETCH_HUB)
	$(RUN_TESTS)

test-long: deps
	$(SWIFT) build --build-tests
	@$(FETCH_HUB)
	NARROWBRIDGE_LONG_TESTS=1 $(RUN_TESTS)

test-brokers: deps
	@scripts/deps --brokers
	$(SWIFT) build --build-tests
	NARROWBRIDGE_BROKER_TESTS=1 SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=4 $(SWIFT) test --skip-build --disable-xctest --filter BrokerTests

test-page: deps
	@scripts/deps --browser
	$(SWIFT) build --build-tests
	SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=2 $(SWIFT) test --skip-build --disable-xctest --filter WebPageTests

demo: build
	@.build/debug/narrowbridge demo

# The Swift library is linked in, so that the program runs on machines without a toolchain.
release: deps
	$(SWIFT) build -c release --static-swift-stdlib --product narrowbridge
	@scripts/release-check $(RELEASE)

# Builds nothing, so that it can run as root after a build as a user.
install:
	@test -x $(RELEASE) || { echo "make release comes first" >&2; exit 1; }
	install -D -m 755 $(RELEASE) $(DESTDIR)$(PREFIX)/bin/narrowbridge
	install -d $(DESTDIR)$(PREFIX)/lib/systemd/system
	sed 's|/usr/bin/narrowbridge|$(PREFIX)/bin/narrowbridge|' systemd/narrowbridge.service \
		> $(DESTDIR)$(PREFIX)/lib/systemd/system/narrowbridge.service
	install -D -m 644 systemd/99-narrowbridge.rules $(DESTDIR)$(PREFIX)/lib/udev/rules.d/99-narrowbridge.rules
	@manuals=$$(mktemp -d) && scripts/manuals $(RELEASE) $$manuals && \
		install -D -m 644 $$manuals/narrowbridge.1 $(DESTDIR)$(PREFIX)/share/man/man1/narrowbridge.1 && \
		install -D -m 644 $$manuals/bridge.conf.5 $(DESTDIR)$(PREFIX)/share/man/man5/bridge.conf.5; rm -r $$manuals
	install -D -m 644 completions/narrowbridge $(DESTDIR)$(PREFIX)/share/bash-completion/completions/narrowbridge
	install -D -m 644 completions/_narrowbridge $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_narrowbridge
	install -D -m 644 completions/narrowbridge.fish $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/narrowbridge.fish
	install -D -m 644 bridge.conf $(DESTDIR)$(PREFIX)/share/doc/narrowbridge/bridge.conf
	@test -e $(DESTDIR)$(SYSCONFDIR)/narrowbridge/bridge.conf || { \
		install -d $(DESTDIR)$(SYSCONFDIR)/narrowbridge && \
		scripts/first-configuration > $(DESTDIR)$(SYSCONFDIR)/narrowbridge/bridge.conf; }
	@echo "Edit $(SYSCONFDIR)/narrowbridge/bridge.conf, then: systemctl daemon-reload; systemctl enable --now narrowbridge"

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/narrowbridge
	rm -f $(DESTDIR)$(PREFIX)/lib/systemd/system/narrowbridge.service
	rm -f $(DESTDIR)$(PREFIX)/lib/udev/rules.d/99-narrowbridge.rules
	rm -f $(DESTDIR)$(PREFIX)/share/man/man1/narrowbridge.1 $(DESTDIR)$(PREFIX)/share/man/man5/bridge.conf.5
	rm -f $(DESTDIR)$(PREFIX)/share/bash-completion/completions/narrowbridge
	rm -f $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_narrowbridge
	rm -f $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/narrowbridge.fish
	rm -rf $(DESTDIR)$(PREFIX)/share/doc/narrowbridge

deb: release
	@scripts/deps --deb
	@scripts/deb

check-deb: deb
	@scripts/deps --check-deb
	@scripts/check-udev
	@scripts/check-deb

check-chart:
	@scripts/deps --chart
	@scripts/check-chart

lint:
	$(SWIFT) format lint --strict --recursive --parallel Sources Tests Fuzz Package.swift

check-imports: deps
	$(SWIFT) build --explicit-target-dependency-import-check error

lengths:
	@scripts/lengths

fuzz: deps
	Fuzz/run

bench: release
	@scripts/deps --bench
	bench/run

clean:
	rm -rf .build
