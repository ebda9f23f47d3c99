# modules: one include line per part.
include modules/mail/local.mk
