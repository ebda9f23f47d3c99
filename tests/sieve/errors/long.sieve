this_is_a_rather_long_test_with_33;
this_identifier_has_thirty_two_xy;
if header :this_tag_name_is_much_too_long_x "a" "b" { keep; }
