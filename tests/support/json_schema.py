"""Validation against a JSON Schema by Debian's python3-jsonschema."""

import subprocess

# The distribution's interpreter: another one does not see the package.
PYTHON = "/usr/bin/python3"
VALIDATE = """
import json, sys, warnings
warnings.simplefilter("ignore")
import jsonschema
def close(schema):
    if isinstance(schema, dict) and "properties" in schema:
        schema["additionalProperties"] = False
    for part in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        close(part)

document, schema = (json.load(open(path, encoding="utf-8")) for path in sys.argv[1:])
jsonschema.Draft202012Validator.check_schema(schema)
close(schema)
for error in jsonschema.Draft202012Validator(schema).iter_errors(document):
    print("/".join(map(str, error.absolute_path)) + ": " + error.message[:500])
"""


def violations(document_path, schema_path):
    """What the document does not keep of the schema, and members that the schema does not describe, as text; "" when it
    is valid. (For others the schema is open: later releases add members.)"""
    run = subprocess.run(
        [PYTHON, "-c", VALIDATE, document_path, schema_path], capture_output=True, text=True, check=False, timeout=60
    )
    return run.stdout + run.stderr
