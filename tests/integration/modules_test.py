"""Scenarios of several files: require, open and SharedArray."""

import unittest

from support.run_loadrun import LoadrunTest


class ModulesTest(LoadrunTest):
    def test_relative_to_the_file_that_asks(self):
        self.write("lib/steps/pay.lua", 'return { name = require("../names").pay, top = require("shared") }')
        self.write("lib/names.lua", 'return { pay = "paying" }')
        self.write("shared.lua", 'return "of the script\'s folder"')
        run = self.loadrun(
            'local pay = require "./lib/steps/pay"\nlocal dotted = require "lib.steps.pay"\n'
            "return function() console.log(pay.name, pay.top, pay == dotted, require('./lib/names.lua').pay) end"
        )
        self.assertEqual(run.said(), ["paying of the script's folder true paying"])

    def test_are_each_vus_own(self):
        self.write("counter.lua", "local count = 0\nreturn function() count = count + 1 return count end")
        run = self.loadrun(
            'local count = require "./counter"\nGLOBAL = 0\nreturn { options = { scenarios = { s = { executor = "per-vu-iterations",'
            ' vus = 3, iterations = 2 } } }, default = function() GLOBAL = GLOBAL + 1 console.log(count(), GLOBAL) end }',
            "--workers", "1",
        )
        self.assertEqual(sorted(run.said()), ["1 1"] * 3 + ["2 2"] * 3)

    def test_share_the_vus_globals(self):
        self.write("one.lua", "SHARED = 'set by one'\nreturn true")
        self.assertEqual(self.loadrun('require "./one"\nreturn function() console.log(SHARED) end').said(), ["set by one"])

    def test_a_module_sees_vu_and_environment(self):
        self.write("who.lua", "return function() return __VU, __ITER, __ENV.WHO end")
        run = self.loadrun('local who = require "./who"\nreturn function() console.log(who()) end', "-e", "WHO=me")
        self.assertEqual(run.said(), ["1 0 me"])


class DataTest(LoadrunTest):
    def test_open_reads_beside_the_script(self):
        self.write("data/users.txt", "anna\nben\n")
        run = self.loadrun('local text = open("data/users.txt")\nreturn function() console.log(#text, text) end')
        self.assertEqual(run.said(), ["9 anna\nben\n"])

    def test_open_only_in_the_init_context(self):
        self.write("late.txt", "late")
        run = self.loadrun('return function() open("late.txt") end', code=107)
        self.assertIn("open() works only in the init context", run.log)

    def test_a_shared_array_is_built_once_and_read_by_all(self):
        script = """
        local SharedArray = require("k6/data").SharedArray
        local users = SharedArray("users", function()
          console.log("built")
          local list = {}
          for i = 1, 1000 do list[i] = { id = i, name = "user " .. i } end
          return list
        end)
        return {
          options = { scenarios = { s = { executor = "per-vu-iterations", vus = 8, iterations = 1 } } },
          default = function()
            local user = users[__VU * 100]
            user.name = "changed"
            console.log(#users, users[__VU * 100].name, users[0], users[1001], pcall(function() users[1] = 5 end))
          end,
        }
        """
        for workers in ("1", "4"):
            said = self.loadrun(script, "--workers", workers).said()
            self.assertEqual(said[0], "built")
            self.assertEqual(said.count("built"), 1)
            texts = sorted(line.split(" false ")[0] for line in said[1:])
            self.assertEqual(texts, sorted(f"1000 user {vu * 100} nil nil" for vu in range(1, 9)))

    def test_a_shared_array_must_be_declared_rightly(self):
        for call in ('SharedArray("", function() return {} end)', 'SharedArray("a", 5)', 'SharedArray("a", function() return 5 end)',
                     'SharedArray("a", function() return { print } end)', "SharedArray()", 'SharedArray("a", function() error("bad") end)'):
            with self.subTest(call):
                run = self.loadrun(f'local SharedArray = require("k6/data").SharedArray\n{call}\nreturn function() end', code=107)
                self.assertIn("script.lua:2:", run.log)

    def test_a_shared_array_in_an_iteration(self):
        run = self.loadrun('local data = require "k6/data"\nreturn function() data.SharedArray("x", function() return {} end) end', code=107)
        self.assertIn("init context", run.log)


if __name__ == "__main__":
    unittest.main()
