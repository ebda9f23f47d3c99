# conf.d: one include line per part.
