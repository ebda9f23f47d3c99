#!/usr/bin/env python3
"""Write a C program that prints the layout of every public struct whose members are declared.

usage: record.py HEADER_DIR > layout.c
Members are found by the preprocessor's output, so that macros and includes do not matter.
"""
import glob
import os
import re
import subprocess
import sys


def struct_bodies(text):
    """(tag, body) of each struct defined at file level."""
    for found in re.finditer(r"^struct (roost_\w+) \{", text, re.M):
        depth, at = 1, found.end()
        while depth:
            depth += {"{": 1, "}": -1}.get(text[at], 0)
            at += 1
        yield found.group(1), text[found.end():at - 1]


def members(body):
    """Names of the members, in order."""
    for declaration in body.split(";"):
        declaration = " ".join(declaration.split())
        if not declaration:
            continue
        pointer = re.search(r"\(\s*\*\s*(\w+)\s*\)\s*\(", declaration)
        if pointer:
            yield pointer.group(1)
            continue
        for part in re.sub(r"\[[^]]*\]", "", declaration).split(","):
            yield re.search(r"(\w+)\s*$", part).group(1)


def main():
    headers = sorted(glob.glob(os.path.join(sys.argv[1], "roost", "*.h")))
    names = [os.path.basename(header) for header in headers]
    source = "".join(f"#include <roost/{name}>\n" for name in names)
    text = subprocess.run(["cc", "-E", "-P", "-I", sys.argv[1], "-"], input=source, text=True,
                          check=True, capture_output=True).stdout
    print("#include <stdio.h>\n" + source + "int main(void)\n{")
    for tag, body in sorted(struct_bodies(text)):
        print(f'\tprintf("{tag} size %zu\\n", sizeof(struct {tag}));')
        for member in members(body):
            print(f'\tprintf("{tag}.{member} %zu %zu\\n", offsetof(struct {tag}, {member}), '
                  f'sizeof(((struct {tag} *)0)->{member}));')
    print("\treturn 0;\n}")


if __name__ == "__main__":
    main()
