text "x";
