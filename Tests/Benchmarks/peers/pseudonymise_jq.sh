#!/bin/sh
# Replaces .user.email by its hash as one does who has jq: one jq takes the strings out, phash hashes them, a second jq
# puts the hashes in. All of it runs at once.
#
#     pseudonymise_jq.sh LOG PHASH [OPTION...]
set -eu
log=$1
shift
jq -r .user.email "$log" | "$@" --format hex | sed 's/.*/"&"/' | paste -d '\n' "$log" - |
    jq -cn 'inputs as $record | input as $hash | $record | .user.email = $hash'
