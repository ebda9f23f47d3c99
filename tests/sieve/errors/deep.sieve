if header :contains "subject" "" {
if header :contains "subject" "" {
if header :contains "subject" "" {
if header :contains "subject" "" {
if header :contains "subject" "" {
if header :contains "subject" "" {
if header :contains "subject" "" {
if header :contains "subject" "" {
if header :contains "subject" "" {
if header :contains "subject" "" {
if header :contains "subject" "" {
if header :contains "subject" "" {
if header :contains "subject" "" {
if header :contains "subject" "" {
if header :contains "subject" "" {
if header :contains "subject" "" {
if header :contains "subject" "" {
if header :contains "subject" "" {
if header :contains "subject" "" {
if header :contains "subject" "" {
if header :contains "subject" "" {
if header :contains "subject" "" {
if header :contains "subject" "" {
if header :contains "subject" "" {
if header :contains "subject" "" {
if header :contains "subject" "" {
if header :contains "subject" "" {
if header :contains "subject" "" {
if header :contains "subject" "" {
if header :contains "subject" "" {
keep;
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
if not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not exists "x" { keep; }
