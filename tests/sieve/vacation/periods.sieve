require ["vacation", "vacation-seconds"];
if header "subject" "long" {
	vacation :days 1000 "x";
} elsif header "subject" "short" {
	vacation :seconds 5 "x";
} elsif header "subject" "endless" {
	vacation :days 18446744073709551615 "x";
} else {
	vacation :days 0 "x";
}
