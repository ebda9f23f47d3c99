require ["body", "index"];
if body :raw :text "x" { keep; }
if body :content "text" :raw "x" { keep; }
if body :content 3 "x" { keep; }
if body "subject" "x" { keep; }
if body :index 1 "x" { keep; }
