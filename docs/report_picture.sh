#!/bin/sh
# Takes the picture of a report for the README: docs/report_picture.sh report.html  →  docs/report.png
set -eu

page=$(realpath "$1")
picture=$(dirname "$(realpath "$0")")/report.png
profile=$(mktemp -d)
trap 'rm -rf "$profile"' EXIT

# Chromium's own sandbox refuses to run as root, which is what one is in most containers.
sandbox=""
if [ "$(id -u)" -eq 0 ]; then sandbox=--no-sandbox; fi

# The light page (1), whatever the desktop prefers, and nothing that talks to a network.
chromium --headless $sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
    --disable-component-update --disable-sync --hide-scrollbars --user-data-dir="$profile" \
    --blink-settings=preferredColorScheme=1 --window-size=1000,1560 \
    --screenshot="$picture" "file://$page" 2>/dev/null
echo "$picture"
