#include "script/error_text.h"

#include <string>

#include "support/catch.h"

using namespace loadrun::script;

namespace {

const std::vector<std::string> kNames{"check", "get", "http", "insert", "json", "sleep"};

/// What explain_error adds to "script.lua:1: `message`" where the script is `line`.
std::string added(const std::string& message, const std::string& line) {
  const std::string head = "script.lua:1: " + message;
  const std::string text = explain_error(head, {{"script.lua", line}}, kNames);
  REQUIRE(text.starts_with(head + "\n"));
  return text.substr(head.size() + 1);
}

/// The mark alone.
std::string mark(const std::string& message, const std::string& line) {
  const std::string text = added(message, line);
  const std::size_t begin = text.find('\n') + 1 + std::string("      | ").size();
  return text.substr(begin, text.find('\n', begin) - begin);
}

}  // namespace

TEST_CASE("an error shows its line, a mark, what was meant, and the traceback as it was") {
  const std::string source =
      "local k6 = require 'k6'\nreturn function()\n  local r = http.gett(u)\nend";
  CHECK(explain_error("script.lua:3: attempt to call field 'gett' (a nil value)\n"
                      "stack traceback:\n\tscript.lua:3: in function <script.lua:2>",
                      {{"script.lua", source}}, kNames) ==
        "script.lua:3: attempt to call field 'gett' (a nil value)\n"
        "    3 |   local r = http.gett(u)\n"
        "      |                  ^^^^\n"
        "did you mean \"get\"?\n"
        "stack traceback:\n\tscript.lua:3: in function <script.lua:2>");
}

TEST_CASE("an error is split into file, line and message, without its traceback") {
  const SourceTexts sources{{"script.lua", "a\nb\nc"}, {"lib/cart.lua", "a\nb"}};
  using loadrun::metrics::RaisedError;
  CHECK(raised_error("script.lua:3: no: stock\nstack traceback:\n\tlib/cart.lua:1: in function 'x'",
                     sources) == RaisedError{"script.lua", 3, "no: stock"});
  CHECK(raised_error("lib/cart.lua:2: two\nlines", sources) ==
        RaisedError{"lib/cart.lua", 2, "two\nlines"});
  CHECK(raised_error("...cart.lua:2: x", sources) == RaisedError{"lib/cart.lua", 2, "x"});
}

TEST_CASE("an error without a place is where the traceback finds the script first") {
  const SourceTexts sources{{"script.lua", "a\nb\nc"}};
  using loadrun::metrics::RaisedError;
  CHECK(raised_error("plain\nstack traceback:\n\t[C]: in function 'error'\n"
                     "\tscript.lua:2: in function 'inner'\n\tscript.lua:3: in function <x>",
                     sources) == RaisedError{"script.lua", 2, "plain"});
  CHECK(raised_error("other.lua:9: x\nstack traceback:\n\t[C]: in ?", sources) ==
        RaisedError{"", 0, "other.lua:9: x"});
  CHECK(raised_error("", sources) == RaisedError{});
}

TEST_CASE("long messages of errors are cut") {
  const auto error =
      raised_error("script.lua:1: " + std::string(100'000, 'x'), {{"script.lua", "a"}});
  CHECK(error.line == 1);
  CHECK(error.message.size() == 300);
}

TEST_CASE("the mark is under the name that the message means") {
  CHECK(mark("attempt to call field 'get' (a nil value)", "local get = http.get(target)") ==
        "                 ^^^");
  CHECK(mark("attempt to call method 'go' (a nil value)", "go(going, car:go())") ==
        "              ^^");
  CHECK(mark("attempt to index global 'res' (a nil value)", "x.res = response and res.body") ==
        "                     ^^^");
  CHECK(mark("attempt to index local 'a' (a nil value)", "bar = a.b") == "      ^");
  CHECK(mark("attempt to index field '?' (a nil value)", "  t[1].x = 2") == "  ^");
  CHECK(mark("boom", "  error('boom')") == "  ^");
  CHECK(mark("boom", "") == "^");
  CHECK(mark("boom", "   ") == "^");
}

TEST_CASE("the mark of a syntax error is under the token") {
  CHECK(mark("'=' expected near 'x'", "local xx x") == "         ^");
  CHECK(mark("unexpected symbol near ')'", "f(1))") == "   ^");
  CHECK(mark("unfinished string near ''it'", "s = 'it") == "    ^^^");
  CHECK(mark("'end' expected (to close 'if' at line 1) near '<eof>'", " if end") == " ^");
}

TEST_CASE("slips get a suggestion, other errors none") {
  const auto hint = [](const std::string& message) {
    const std::string text = added(message, "x");
    const std::size_t at = text.find("did you");
    return at == std::string::npos ? "" : text.substr(at);
  };
  CHECK(hint("attempt to call field 'gett' (a nil value)") == "did you mean \"get\"?");
  CHECK(hint("attempt to call global 'chek' (a nil value)") == "did you mean \"check\"?");
  CHECK(hint("attempt to call method 'Json' (a nil value)") == "did you mean \"json\"?");
  CHECK(hint("attempt to index global 'htpp' (a nil value)") == "did you mean \"http\"?");
  CHECK(hint("attempt to index field 'jso' (a nil value)") == "did you mean \"json\"?");
  CHECK(hint("attempt to index global 'http' (a nil value)").empty());  // exists: no slip
  CHECK(hint("attempt to call global 'frobnicate' (a nil value)").empty());
  CHECK(hint("attempt to call local 'gett' (a nil value)").empty());
  CHECK(hint("attempt to call field 'gett' (a number value)").empty());
  CHECK(hint("no field 'gett'").empty());
}

TEST_CASE("without a known place the text stays as it is") {
  const SourceTexts sources{{"script.lua", "one\ntwo"}};
  for (const char* error :
       {"", "boom", "other.lua:1: boom", "script.lua: boom", "script.lua:x: boom",
        "script.lua:", "script.lua:1", "script.lua:0: boom", "script.lua:-1: boom",
        "script.lua:3: boom", "script.lua:99999999999999999999: boom",
        "the error is in\nscript.lua:1: boom", "[string \"x\"]:1: boom", "...:1: boom", ":::"}) {
    CHECK(explain_error(error, sources, kNames) == error);
  }
}

TEST_CASE("the last of the places before a message counts") {
  CHECK(explain_error("a.lua:1: lib/b.lua:2: boom", {{"a.lua", "a"}, {"lib/b.lua", "\nb"}}, {}) ==
        "a.lua:1: lib/b.lua:2: boom\n    2 | b\n      | ^");
}

TEST_CASE("shortened paths are found by their end, if only one has it") {
  SourceTexts sources{{"/a/long/way/to/the/script.lua", "local x"}, {"/b/other.lua", "y"}};
  CHECK(explain_error("...to/the/script.lua:1: boom", sources, {}) ==
        "...to/the/script.lua:1: boom\n    1 | local x\n      | ^");
  sources["/another/way/to/the/script.lua"] = "z";
  CHECK(explain_error("...to/the/script.lua:1: boom", sources, {}) ==
        "...to/the/script.lua:1: boom");
}

TEST_CASE("paths with colons and lines ending in CR LF are understood") {
  CHECK(explain_error("C:\\x:5:y.lua:2: boom", {{"C:\\x:5:y.lua", "a\r\nb c\r\n"}}, {}) ==
        "C:\\x:5:y.lua:2: boom\n    2 | b c\n      | ^");
}

TEST_CASE("tabs keep the mark where it belongs") {
  CHECK(added("attempt to call field 'y' (a nil value)", "\tx\t= a.y()") ==
        "    1 | \tx\t= a.y()\n      | \t \t    ^");
}

TEST_CASE("characters of several bytes are one column, what cannot be printed is a ?") {
  CHECK(added("attempt to index local 'b' (a nil value)", "s = 'h\xC3\xA9llo' .. b.c") ==
        "    1 | s = 'h\xC3\xA9llo' .. b.c\n      |                ^");
  CHECK(added("boom", std::string("\x1B[31mx\xFF\xC2\x9By\x7F\0z\xE2\x82", 15)) ==
        "    1 | ?[31mx???y??z??\n      | ^");
}

TEST_CASE("of a long line, what surrounds the mark is shown") {
  const std::string filler(200, 'x');
  const std::string middle =
      added("attempt to call global 'bad' (a nil value)", filler + " bad() " + filler);
  CHECK(middle == "    1 | ..." + std::string(59, 'x') + " bad() " + std::string(54, 'x') +
                      "...\n      | " + std::string(63, ' ') + "^^^");
  const std::string start = added("attempt to call global 'bad' (a nil value)", "bad() " + filler);
  CHECK(start == "    1 | bad() " + std::string(114, 'x') + "...\n      | ^^^");
  const std::string end = added("attempt to call global 'bad' (a nil value)", filler + " bad()");
  CHECK(end ==
        "    1 | ..." + std::string(59, 'x') + " bad()\n      | " + std::string(63, ' ') + "^^^");
  CHECK(added("attempt to call global '" + filler + "' (a nil value)", filler) ==
        "    1 | " + std::string(120, 'x') + "...\n      | " + std::string(120, '^'));
}
