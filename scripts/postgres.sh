#!/usr/bin/env bash
# A private PostgreSQL for tests and measurements, in a directory of its own, and nothing left of it afterwards.
#
#   scripts/postgres.sh install       installs the server if it is missing
#   scripts/postgres.sh start DIR     installs the server if it is missing, makes a cluster in DIR, starts it, and prints
#                                     a connection string, the one line on standard output
#   scripts/postgres.sh restart DIR   ends the server at once, as a crash does, and starts it again on the same port
#   scripts/postgres.sh stop DIR      ends the server and removes DIR
#
# It listens on 127.0.0.1 and on a socket in DIR, with a password that nobody else knows, and syncs what it writes.
# POSTGRES_OPTIONS holds more settings, for example: POSTGRES_OPTIONS='-c shared_buffers=2GB'.
# PostgreSQL refuses to run as root, so root starts it as the user that Debian's package makes.
set -euo pipefail
SCRIPTS="$(cd "$(dirname "$0")" && pwd)"
. "$SCRIPTS/tools.sh"

usage() { die "usage: scripts/postgres.sh install, or scripts/postgres.sh start|restart|stop DIR"; }

COMMAND="${1:-}"
case "$COMMAND" in
install) [ "$#" = 1 ] || usage ;;
start | restart | stop) [ "$#" = 2 ] || usage ;;
*) usage ;;
esac
DIR="$(realpath -m -- "${2:-.}")"
OWNER_FILE="$DIR/made-by-farthing"

find_server() {
    [ -n "$(server_bin)" ] || install_packages postgresql >&2
    BIN="$(server_bin)"
    [ -n "$BIN" ] || die "PostgreSQL 15 or newer is not in /usr/lib/postgresql, and not on the PATH."
}

# The newest server there is, 15 or newer.
server_bin() {
    local candidate version
    for candidate in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -t/ -k5 -rn) "$(dirname "$(command -v initdb || echo /)")"; do
        [ -x "$candidate/initdb" ] && [ -x "$candidate/pg_ctl" ] || continue
        version="$("$candidate/pg_ctl" --version | sed 's/[^0-9]*\([0-9]*\).*/\1/')"
        if [ "$version" -ge 15 ]; then
            printf '%s\n' "$candidate"
            return
        fi
    done
}

# Runs a program of the server as a user that is not root.
as_server() {
    if [ "$(id -u)" = 0 ]; then
        (cd / && runuser -u postgres -- "$@")
    else
        "$@"
    fi
}

is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

free_port() {
    local port
    for _ in $(seq 100); do
        port=$((20000 + RANDOM % 12000))
        if is_free "$port"; then
            printf '%s\n' "$port"
            return
        fi
    done
    die "no free port was found between 20000 and 32000."
}

make_cluster() {
    [ ! -e "$DIR" ] || [ -z "$(ls -A -- "$DIR")" ] || die "$DIR is not empty."
    [ "${#DIR}" -le 80 ] || die "$DIR is too long a path for a socket; use one of at most 80 characters."
    mkdir -p -- "$DIR"
    [ "$(id -u)" != 0 ] || chown postgres: -- "$DIR"
    PASSWORD="$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')"
    as_server bash -c 'umask 077; printf "%s\n" "$1" >"$2"' - "$PASSWORD" "$DIR/password"
    as_server touch -- "$OWNER_FILE"
    as_server "$BIN/initdb" --pgdata="$DIR/data" --username=farthing --pwfile="$DIR/password" \
        --auth=scram-sha-256 --encoding=UTF8 --no-locale >"$DIR/initdb.log" 2>&1 || die "initdb failed:" "$(cat -- "$DIR/initdb.log")"
}

# Another process may take the port between the look and the start, so a few are tried.
start_server() {
    local port
    for _ in 1 2 3 4 5; do
        port="${1:-$(free_port)}"
        as_server bash -c 'printf "%s\n" "$1" >"$2"' - "$port" "$DIR/port"
        if as_server "$BIN/pg_ctl" start --pgdata="$DIR/data" --log="$DIR/server.log" --wait --silent \
            --options="-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories=$DIR \
                -c max_connections=200 -c fsync=on -c synchronous_commit=on ${POSTGRES_OPTIONS:-}" >&2; then
            return
        fi
    done
    die "the server does not start:" "$(tail -n 20 -- "$DIR/server.log")"
}

is_ours() { [ -e "$OWNER_FILE" ] || die "$DIR holds no server that this script has started."; }

find_server
case "$COMMAND" in
install) "$BIN/postgres" --version ;;
start)
    make_cluster
    start_server
    printf 'host=127.0.0.1 port=%s user=farthing password=%s dbname=postgres\n' "$(cat -- "$DIR/port")" "$PASSWORD"
    ;;
restart)
    is_ours
    as_server "$BIN/pg_ctl" stop --pgdata="$DIR/data" --mode=immediate --silent >&2 || true
    start_server "$(cat -- "$DIR/port")"
    ;;
stop)
    is_ours
    as_server "$BIN/pg_ctl" stop --pgdata="$DIR/data" --mode=fast --silent >&2 || true
    rm -rf -- "$DIR"
    ;;
esac
