#!/bin/sh
printf "%d" "$(tr -cd "\r" | wc -c)"
