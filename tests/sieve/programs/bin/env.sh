#!/bin/sh
printf "%s %s %s" "$SENDER" "$RECIPIENT" "$ORIG_RECIPIENT"
