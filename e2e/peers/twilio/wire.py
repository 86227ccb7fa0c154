"""Shared by the peer programs: JSON in, JSON out, and form fields for the library's validator."""

import json
import sys
from urllib.parse import parse_qsl


class Fields(dict):
    """Form fields with repeated names, in the shape the library's validator knows (`getlist`)."""

    def getlist(self, name):
        value = self[name]
        return value if isinstance(value, list) else [value]


def fields_of_body(body):
    fields = Fields()
    for name, value in parse_qsl(body, keep_blank_values=True, strict_parsing=False):
        fields.setdefault(name, []).append(value)
    return fields


def read():
    return json.load(sys.stdin)


def write(value):
    json.dump(value, sys.stdout)
    sys.stdout.write("\n")
