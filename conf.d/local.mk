# conf.d: one include line per part.
confddir = $(roostconfdir)/conf.d
dist_confd_DATA = \
	conf.d/20-imap.conf \
	conf.d/30-auth.conf \
	conf.d/30-auth-passwd-file.conf.ext
