# What test_corpus.py compares with Python's email package.
check_PROGRAMS += tests/message/dump
pytest_needs += tests/message/dump
tests_message_dump_SOURCES = tests/message/dump.c
tests_message_dump_LDADD = $(MESSAGE_LIBS) core/libroost.la
EXTRA_DIST += tests/message/test_corpus.py
