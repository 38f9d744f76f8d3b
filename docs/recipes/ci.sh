#!/bin/sh
# Train, check and score in any CI; the script fails where a score is below what was agreed (exit code 3).
# CORPUS, SUITE and LEAST may be set from outside. docs/guides/containers-and-ci.md
set -eu
w2v train "${CORPUS:-corpus.txt}" --resume --no-cache --deterministic -q -o vectors.safetensors
w2v verify vectors.safetensors
w2v eval vectors.safetensors --suite "${SUITE:-google-analogies}" \
    --min "${SUITE:-google-analogies}=${LEAST:-0.25}" --report report.html --report report.json
