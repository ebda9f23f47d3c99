# conf.d: one line per file.
confddir = $(roostconfdir)/conf.d
dist_confd_DATA = \
	conf.d/10-logging.conf \
	conf.d/10-main.conf \
	conf.d/10-modules.conf \
	conf.d/10-tls.conf \
	conf.d/15-mail.conf \
	conf.d/20-imap.conf \
	conf.d/20-lmtp.conf \
	conf.d/20-managesieve.conf \
	conf.d/20-pop3.conf \
	conf.d/30-auth.conf \
	conf.d/30-auth-passwd-file.conf.ext
