#!/usr/bin/env bash
# Makes .venv as dev.lock has it, with the `arrears` command in it. Quick where nothing changed.
set -euo pipefail
cd "$(dirname "$0")/.."
export UV_SYSTEM_CERTS=1 # uv has its own list of authorities; behind a proxy it must use the machine's
UV_VERSION=0.13.9
PY=${PYTHON:-python3.11}
command -v "$PY" >/dev/null || PY=python3
say() { echo "bootstrap: $*" >&2; }

"$PY" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null || {
    say "Python 3.11 to 3.13 with its venv module is needed. On Debian 12: apt-get install python3.11 python3.11-venv"
    exit 1
}
mkdir -p .tools
exec 9>.tools/lock
flock 9 # two commands at once take turns

wanted="$(cat dev.lock scripts/bootstrap.sh | sha256sum | cut -c1-64) $("$PY" -V) $PWD"
if [ "$(cat .venv/.bootstrapped 2>/dev/null)" = "$wanted" ]; then exit 0; fi

say "installing what dev.lock lists into .venv (about a minute the first time)"
[ -x .tools/bin/uv ] || { "$PY" -m venv .tools && .tools/bin/pip install -q --disable-pip-version-check "uv==$UV_VERSION"; }
.venv/bin/python -c 'pass' 2>/dev/null || .tools/bin/uv venv -q --clear --python "$PY" .venv
.tools/bin/uv pip sync -q --compile-bytecode --require-hashes --python .venv/bin/python dev.lock

# The project itself: its folder on the path, and a launcher that also works from a path with blanks.
.venv/bin/python - <<'PYTHON'
import sysconfig
from pathlib import Path

Path(sysconfig.get_path("purelib"), "arrears-here.pth").write_text(f"{Path.cwd()}\n")
launcher = Path(".venv/bin/arrears")
launcher.write_text(
    '#!/bin/sh\n'
    """'''exec' "$(dirname "$(readlink -f "$0")")/python" "$0" "$@"\n' '''\n"""
    "import sys\n\nfrom arrears.cli.main import main\n\nsys.exit(main())\n"
)
launcher.chmod(0o755)
PYTHON
echo "$wanted" >.venv/.bootstrapped
say "ready"
