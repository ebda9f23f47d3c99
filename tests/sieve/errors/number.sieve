if size :over 18446744073709551616 { keep; }
if size :over 18446744073709551615K { keep; }
if size :over 17179869184G { keep; }
if size :over 18446744073709551615 { keep; }
