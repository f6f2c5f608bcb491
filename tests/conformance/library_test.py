"""lua/library describes the whole API: what each module exports has an annotation, and what has one exists."""

import glob
import os
import re
import unittest

from support.run_loadrun import LoadrunTest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LIBRARY = os.path.join(ROOT, "lua", "library")

# Says what a module has, and what the tables in it have; `tags` and `metrics` are read from the annotated class.
EXPORTS = """
local module = require(__ENV.MODULE)
return function()
  for name, value in pairs(module) do
    console.log(name)
    if type(value) == "table" then
      for field in pairs(value) do console.log(name .. "." .. field) end
    end
  end
end
"""

METHODS = """
local k6 = require "k6"
return function()
  local task = k6.spawn(function() end)
  console.log(type(task.await), type(task.cancel))
end
"""


def modules():
    files = glob.glob(os.path.join(LIBRARY, "**", "*.lua"), recursive=True)
    names = [os.path.relpath(path, LIBRARY).removesuffix(".lua") for path in files]
    return sorted(name for name in names if name != "globals")


def source(name):
    with open(os.path.join(LIBRARY, name + ".lua"), encoding="utf-8") as text:
        return text.read()


def fields_of(text, class_name):
    """The fields of `---@class class_name` and the functions of the local table that follows it."""
    block = re.search(rf"^---@class {re.escape(class_name)}\n((?:---@field .*\n)*)(?:local (\w+) = )?", text, re.MULTILINE)
    fields = re.findall(r"^---@field (\w+)", block[1], re.MULTILINE)
    return {*fields, *(re.findall(rf"^function {block[2]}\.(\w+)", text, re.MULTILINE) if block[2] else [])}


def annotated(text):
    """Functions and values of the returned table, and "value.field" of those that have a class of their own."""
    module = re.search(r"^return (\w+)$", text, re.MULTILINE)[1]
    names = set(re.findall(rf"^function {module}\.(\w+)\(", text, re.MULTILINE))
    for type_name, name in re.findall(rf"^---@type (\S+)\n{module}\.(\w+) = ", text, re.MULTILINE):
        names.add(name)
        if f"@class {type_name}\n" in text:
            names |= {f"{name}.{field}" for field in fields_of(text, type_name)}
    return names


class LibraryTest(LoadrunTest):
    def exports(self, module):
        run = self.loadrun(EXPORTS, "-e", f"MODULE={module}", "-q")
        return set(run.said())

    def test_modules_and_annotations_name_the_same(self):
        for module in modules():
            with self.subTest(module):
                # A method that a table answers without listing it.
                unlisted = {"test.options"} if module == "k6/execution" else set()
                self.assertEqual(annotated(source(module)), self.exports(module) | unlisted)

    def test_every_module_is_annotated(self):
        here = os.path.join(ROOT, "lua")
        files = glob.glob(os.path.join(here, "*.lua")) + glob.glob(os.path.join(here, "k6", "*.lua"))
        files += glob.glob(os.path.join(here, "loadrun", "*.lua"))
        names = {os.path.relpath(path, here).removesuffix(".lua") for path in files}
        self.assertEqual(names - {"prelude", "console"}, set(modules()))

    def test_tasks_have_their_methods(self):
        self.assertEqual(set(re.findall(r"^function Task:(\w+)", source("k6"), re.MULTILINE)), {"await", "cancel"})
        self.assertEqual(self.loadrun(METHODS).said(), ["function function"])

    def test_every_function_says_what_it_takes(self):
        for module in modules():
            text = source(module)
            for comment, name, parameters in re.findall(r"((?:^---.*\n)*)^function ([\w.:]+)\((.*?)\) end", text, re.MULTILINE):
                with self.subTest(f"{module}: {name}"):
                    self.assertTrue(comment)
                    for parameter in filter(None, parameters.split(", ")):
                        self.assertRegex(comment, rf"---@param {re.escape(parameter)}\??\s")


if __name__ == "__main__":
    unittest.main()
