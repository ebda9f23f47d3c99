# modules: one include line per part.
include modules/mail/message/local.mk
include modules/mail/search/local.mk
include modules/mail/local.mk
include modules/admin/local.mk
include modules/auth/local.mk
include modules/passwd_file/local.mk
include modules/static/local.mk
include modules/imap/local.mk
include modules/maildir/local.mk
include modules/lmtp/local.mk
