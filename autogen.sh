#!/bin/sh
# Bootstrap, run or test roost from a fresh checkout.
#	./autogen.sh			write configure
#	./autogen.sh run		install build needs, build in build/, start a sandbox server
#	./autogen.sh test [NAME]	build and run the tests (those whose path holds NAME)
set -eu
cd "$(dirname "$0")"

build_needs="gcc make autoconf automake libtool libltdl-dev flex bison pkg-config libuv1-dev
	libssl-dev libsodium-dev libcrypt-dev libseccomp-dev libutf8proc-dev libpcre2-dev
	libjansson-dev python3 openssl"
test_needs="libcmocka-dev python3-pytest python3-pytest-xdist procps postfix isync mutt fetchmail"

# Install what is missing when we may; else say what to install.
need() {
	missing=
	for package in "$@"; do
		dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q ' installed$' ||
			missing="$missing $package"
	done
	[ -n "$missing" ] || return 0
	if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
		echo "Installing:$missing"
		export DEBIAN_FRONTEND=noninteractive
		apt-get update -q >/dev/null
		# shellcheck disable=SC2086
		apt-get install -q -y --no-install-recommends $missing >/dev/null
	elif command -v dpkg-query >/dev/null; then
		echo "Missing packages; as root: apt-get install$missing" >&2
		exit 1
	fi
}

bootstrap() {
	[ configure -nt configure.ac ] && [ -e Makefile.in ] ||
		autoreconf --force --install ${ROOST_QUIET:+2>/dev/null}
}

# configure_in DIR ARGUMENTS...: once, and again when configure has changed. The plain shell runs
# libtool twice as fast as bash does.
export CONFIG_SHELL=/bin/sh
configure_in() {
	dir=$1
	shift
	mkdir -p "$dir"
	[ "$dir/config.status" -nt configure ] ||
		(cd "$dir" && ../configure -q "$@" >configure.out 2>&1) ||
		{ cat "$dir/configure.out"; exit 1; }
}

jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)

case "${1-}" in
"")
	mkdir -p m4
	autoreconf --force --install
	echo "Now: mkdir -p build && cd build && ../configure && make"
	;;
run)
	shift
	# shellcheck disable=SC2086
	need $build_needs
	mkdir -p m4
	bootstrap
	configure_in build --prefix="$PWD/build/root"
	make -C build -s -j"$jobs"
	make -C build -s install >build/install.out 2>&1 || { cat build/install.out; exit 1; }
	exec python3 tests/lib/sandbox.py build "$@"
	;;
test)
	shift
	# shellcheck disable=SC2086
	need $build_needs $test_needs
	mkdir -p m4
	bootstrap
	exec python3 tests/run.py "$@"
	;;
*)
	echo "usage: ./autogen.sh [run | test [NAME]]" >&2
	exit 64
	;;
esac
