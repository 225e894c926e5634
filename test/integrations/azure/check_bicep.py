"""Parses files of Bicep and prints their contents as JSON. Exits with 1 and the name of the first that is not Bicep."""
import json
import sys

from pycep import BicepParser

parsed = {}
for path in sys.argv[1:]:
    try:
        with open(path) as file:
            parsed[path] = BicepParser().parse(text=file.read())
    except Exception as error:
        print(f"{path}: {str(error).splitlines()[0]}", file=sys.stderr)
        sys.exit(1)
print(json.dumps(parsed))
