#!/usr/bin/env bash
# Builds the release program and starts the sandbox; arguments go to `farthing dev`.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/tools.sh

# Whether this user may listen on 443. Somebody else may listen there, which `farthing dev` then says itself.
may_listen_on_443() {
    [ "$(id -u)" = 0 ] && return
    local lowest=1024
    [ ! -r /proc/sys/net/ipv4/ip_unprivileged_port_start ] || read -r lowest </proc/sys/net/ipv4/ip_unprivileged_port_start
    [ "$lowest" -le 443 ]
}

is_free_443() { ! (exec 3<>/dev/tcp/127.0.0.1/443) 2>/dev/null; }

say "[1/4] looking for the tools of the build"
find_cargo
find_compiler

say "[2/4] building farthing, optimised; the first time this takes several minutes"
cargo build --locked --release -p farthing
program="$TARGET/release/farthing"

say "[3/4] preparing the Python example"
if (find_python && install_sdk "${SDK_VERSIONS[-1]}"); then
    say "examples/python/first_payment.py is ready"
else
    say "the Python example is not ready; everything else works without it (see examples/python/README.md)"
fi

arguments=("$@")
case " $* " in
*" --tls-listen"*) ;;
*)
    if ! may_listen_on_443; then
        say "This user may not listen on port 443, where the vendor's Python SDK connects to. For the SDK, start as root, or once:"
        say "  sudo sysctl net.ipv4.ip_unprivileged_port_start=443"
    elif ! is_free_443; then
        say "Somebody listens on port 443 already, so https is served on its default port; the vendor's Python SDK needs 443."
    else
        arguments+=(--tls-listen 127.0.0.1:443)
    fi
    ;;
esac

say "[4/4] starting: $program dev ${arguments[*]}"
say "      Ctrl-C ends it"
exec "$program" dev "${arguments[@]}"
