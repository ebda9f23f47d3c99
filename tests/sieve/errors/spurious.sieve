stop "x" true { keep; }
