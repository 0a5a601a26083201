#!/usr/bin/env bash
# The main job on the sample documents: intake, search, links, a bundle, verify.
set -euo pipefail
cd "$(dirname "$0")/../.."
claimtrail=${CLAIMTRAIL:-claimtrail}
workspace=${CLAIMTRAIL_DEMO:-demo-workspace}
bundle=${workspace/workspace/bundle}
export CLAIMTRAIL_WORKSPACE=$workspace

say() { printf '\n\033[1m▶ %s\033[0m\n' "$*"; }
run() { printf '\033[2m$ %s\033[0m\n' "$*"; "$@"; }
may_fail() { printf '\033[2m$ %s\033[0m\n' "$*"; "$@" || [ $? -eq 1 ]; }

rm -rf "$workspace" "$bundle"
say "A workspace, and the claims register"
run "$claimtrail" init "$workspace"
if [ -n "${CLAIMTRAIL_SETTINGS:-}" ]; then cp "$CLAIMTRAIL_SETTINGS" "$workspace/settings.yaml"; fi # other engines, records, storage
run "$claimtrail" claims import sample_docs/register.yaml
run "$claimtrail" claims list

say "Intake: read, OCR, classify, extract, link, index (some files are broken on purpose)"
may_fail "$claimtrail" ingest sample_docs/documents --exclude '*.expected.json'

say "The watched folder: a letter lands in the inbox of a claim"
mkdir -p "$workspace/inbox/CLM-001"
printf 'Aldersey Construction Ltd\nDate: 7 March 2023\nOur ref: ACL/L-0110\n\nDear Sir,\nAccess to Area 4 was again refused today.\n' \
  > "$workspace/inbox/CLM-001/L-0110.txt"
run "$claimtrail" watch --once

say "Search in English and in Chinese"
run "$claimtrail" search '"Area 4" AND access' --limit 5
run "$claimtrail" search 工期延误 --limit 5

say "The evidence for a claim's events, with reasons"
run "$claimtrail" links CLM-001

say "A bundle to hand over, checked by reading it back"
run "$claimtrail" export CLM-001 --out "$bundle"
run "$claimtrail" verify "$bundle"
run "$claimtrail" verify "$workspace"

say "What to try next"
cat <<END
  export CLAIMTRAIL_WORKSPACE=$workspace PATH="$(dirname "$(command -v "$claimtrail")"):\$PATH"
  claimtrail show \$(claimtrail list --json | python3 -c 'import json,sys; print(json.load(sys.stdin)[0]["id"])')
  claimtrail deadlines CLM-001          # notices, particulars, replies: met, late, missing
  claimtrail chronology CLM-002         # 索赔事件与证据的时间顺序
  claimtrail gaps CLM-003
  claimtrail search 'kind:invoice amount:[10000 TO *]'
  xdg-open $bundle/data/bundle.pdf
END
