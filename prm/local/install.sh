# Sourced by ./run and ./test from the top of the checkout: a virtual environment with the pinned packages.
# Needs python3.11 or newer with pip; everything else comes from the package index. Skipped while nothing changed.

fail() {
    printf '%s\n' "$1" >&2
    exit 1
}

# step TITLE COMMAND...: run it with its output in the log, show its seconds; TERM and Ctrl-C take it down with us.
step() {
    printf '  %s' "$1" | awk '{ printf "%s ", $0; for (i = length($0) + 1; i < 34; i++) printf "."; printf " " }'
    shift
    step_began=$(date +%s)
    "$@" >>"$install_log" 2>&1 &
    child=$!
    trap 'kill "$child" 2>/dev/null; exit 130' HUP INT TERM
    if wait "$child"; then step_code=0; else step_code=$?; fi
    trap - HUP INT TERM
    if [ "$step_code" -eq 0 ]; then
        printf '%6d s\n' "$(($(date +%s) - step_began))"
    else
        printf 'failed\n'
    fi
    return "$step_code"
}

# In a step of several commands: the one that runs goes down with the step.
guarded() {
    "$@" &
    command_id=$!
    trap 'kill "$command_id" 2>/dev/null; exit 143' TERM
    wait "$command_id"
}

find_python() {
    for candidate in "${PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11; do
        [ -n "$candidate" ] && command -v "$candidate" >/dev/null 2>&1 || continue
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            python=$candidate
            return
        fi
    done
    fail 'Python 3.11 or newer was not found; on Debian: apt-get install python3 python3-pip'
}

# uv does not read pip's configuration: hand over the index and the certificates that pip was told to use.
tell_uv_what_pip_knows() {
    pip_settings=$("$python" -m pip config list 2>/dev/null || true)
    pip_says() { printf '%s\n' "$pip_settings" | sed -n "s/^[^=]*\.$1='\(.*\)'\$/\1/p" | tail -n 1; }
    index=$(pip_says index-url)
    certificates=$(pip_says cert)
    if [ -n "$index" ] && [ -z "${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-}" ]; then export UV_DEFAULT_INDEX="$index"; fi
    if [ -n "$certificates" ] && [ -z "${SSL_CERT_FILE:-}" ]; then export SSL_CERT_FILE="$certificates"; fi
}

fetch_uv() {
    rm -rf .boot .boot.draft
    guarded "$python" -m pip install --disable-pip-version-check --root-user-action=ignore --require-hashes \
        --target .boot.draft -r requirements-boot.txt && mv .boot.draft .boot
}

install_with_uv() {
    { [ -e .venv/bin/python ] || .boot/bin/uv venv --clear --python "$python" .venv; } &&
        guarded .boot/bin/uv pip sync --python .venv/bin/python --require-hashes "$@"
}

# The slower way, for an index that only pip knows how to reach.
install_with_pip() {
    files=''
    for file in "$@"; do files="$files -r $file"; done
    # shellcheck disable=SC2086
    { [ -e .venv/bin/python ] || "$python" -m venv --clear --without-pip .venv; } &&
        guarded "$python" -m pip --python .venv/bin/python install --disable-pip-version-check --require-hashes $files
}

# install_python FILE...: make .venv hold what the hashed files name. Each file leaves its mark in .venv when it is in.
install_python() {
    find_python
    place="$PWD $("$python" -c 'import sys; print(sys.version.split()[0], sys.base_prefix)')"
    missing=no
    for file in "$@"; do
        [ "$(cat ".venv/has-$file" 2>/dev/null)" = "$(cksum <"$file") $place" ] || missing=yes
    done
    if [ "$missing" = no ]; then return; fi
    if [ "$*" = requirements.txt ] && [ -e .venv/has-requirements-dev.txt ]; then
        set -- requirements.txt requirements-dev.txt # a developer's environment stays one
    fi
    "$python" -m pip --version >/dev/null 2>&1 ||
        fail "pip was not found for $python; on Debian: apt-get install python3-pip"
    install_log=${PRM_STATE_DIR:-var}/log/install.log
    mkdir -p "${install_log%/*}"
    : >"$install_log"
    tell_uv_what_pip_knows
    if ! .venv/bin/python -c '' 2>/dev/null || [ "$(cat .venv/made-for 2>/dev/null)" != "$place" ]; then
        rm -rf .venv # another Python, or a checkout that was moved
    fi
    rm -f .venv/has-*
    if [ ! -x .boot/bin/uv ]; then step 'installer' fetch_uv || true; fi
    if [ -x .boot/bin/uv ] && step 'Python packages' install_with_uv "$@"; then
        :
    elif step 'Python packages, with pip' install_with_pip "$@"; then
        :
    else
        tail -n 15 "$install_log" >&2
        fail "The Python packages could not be installed (is a package index reachable?); the log is $install_log"
    fi
    printf '%s\n' "$place" >.venv/made-for
    for file in "$@"; do
        printf '%s\n' "$(cksum <"$file") $place" >".venv/has-$file"
    done
}
