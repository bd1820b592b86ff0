# Sourced: runs named steps one after another, stops at the first that fails, and ends with a table of durations.
#
# A step runs in a process group of its own, so that whatever it started ends with it when this script is told to
# stop. Standard input is closed: no step may wait for an answer.

STEP_NAMES=()
STEP_SECONDS=()
STEP_RESULTS=()
STEP_PID=""
STEPS_STARTED=$SECONDS
# A command that is run at the very end, whatever happened.
STEPS_CLEANUP=""

# step NAME COMMAND...
step() {
    local name="$1" started=$SECONDS code=0
    shift
    printf '\n==> %s: %s\n' "$name" "$*"
    set -m
    "$@" </dev/null &
    STEP_PID=$!
    set +m
    STEP_NAMES+=("$name")
    STEP_RESULTS+=("stopped")
    wait "$STEP_PID" || code=$?
    STEP_PID=""
    STEP_SECONDS+=("$((SECONDS - started))")
    if [ "$code" != 0 ]; then
        STEP_RESULTS[-1]="FAILED"
        exit "$code"
    fi
    STEP_RESULTS[-1]="ok"
}

# Ends the step that runs, and prints the table. The exit code stays what it was.
finish_steps() {
    local code=$? at
    trap - EXIT
    if [ -n "$STEP_PID" ]; then
        kill -TERM -- "-$STEP_PID" 2>/dev/null || true
        wait "$STEP_PID" 2>/dev/null || true
    fi
    [ -z "$STEPS_CLEANUP" ] || $STEPS_CLEANUP || true
    printf '\n%-32s %8s  %s\n' "step" "seconds" "result"
    for at in "${!STEP_NAMES[@]}"; do
        printf '%-32s %8s  %s\n' "${STEP_NAMES[at]}" "${STEP_SECONDS[at]:--}" "${STEP_RESULTS[at]}"
    done
    printf '%-32s %8s\n' "together" "$((SECONDS - STEPS_STARTED))"
    [ "$code" = 0 ] || [ "${#STEP_NAMES[@]}" = 0 ] || printf '\n%s: %s\n' "${STEP_RESULTS[-1]}" "${STEP_NAMES[-1]}" >&2
    exit "$code"
}

trap finish_steps EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
