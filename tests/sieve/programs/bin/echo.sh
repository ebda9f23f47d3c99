#!/bin/sh
printf "%s|" "$@"
