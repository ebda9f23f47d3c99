#!/bin/sh
[ "$1" = one ] && [ "$2" = "two three" ] && grep -q "to be piped\|Frop"
status=$?
cat >/dev/null
exit $status
