friep $$$;
keep;
