#!/bin/sh
exec sed "s/^Subject: .*/Subject: $1/"
