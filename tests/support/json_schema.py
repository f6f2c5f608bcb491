"""Validation against a JSON Schema by Debian's python3-jsonschema."""

import subprocess

# The distribution's interpreter: another one does not see the package.
PYTHON = "/usr/bin/python3"
VALIDATE = """
import json, sys, warnings
warnings.simplefilter("ignore")
import jsonschema
document, schema = (json.load(open(path, encoding="utf-8")) for path in sys.argv[1:])
jsonschema.Draft202012Validator.check_schema(schema)
for error in jsonschema.Draft202012Validator(schema).iter_errors(document):
    print("/".join(map(str, error.absolute_path)) + ": " + error.message[:500])
"""


def violations(document_path, schema_path):
    """What the document does not keep of the schema, as text; "" when it is valid."""
    run = subprocess.run(
        [PYTHON, "-c", VALIDATE, document_path, schema_path], capture_output=True, text=True, check=False, timeout=60
    )
    return run.stdout + run.stderr
