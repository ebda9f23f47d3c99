# modules: one include line per part.
