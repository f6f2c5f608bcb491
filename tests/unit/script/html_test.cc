#include <fmt/format.h>

#include "script/html_parser.h"
#include "script/html_selector.h"
#include "script_world.h"
#include "support/catch.h"

using namespace loadrun;
using namespace loadrun::test;
using script::HtmlDocument;
using script::HtmlNodeId;
using script::HtmlParser;
using script::HtmlSelector;

namespace {

/// A document with the memory it lives in.
struct Page {
  std::vector<char> block;
  const HtmlDocument* document = nullptr;
  std::string problem;

  explicit Page(const std::string& source) {
    HtmlParser parser(source);
    const Result<void> parsed = parser.parse();
    if (!parsed.ok()) {
      problem = parsed.error().message;
      return;
    }
    block.resize(parser.document_size());
    document = &parser.write(block.data());
  }
};

std::string repeated(const std::string& text, int count) {
  std::string result;
  for (int i = 0; i < count; ++i) result += text;
  return result;
}

int selected(const Page& page, std::string_view text) {
  const auto selector = HtmlSelector::parse(text);
  REQUIRE((selector.ok() && selector.value().has_value()));
  int count = 0;
  for (HtmlNodeId id = 0; id < page.document->size(); ++id) {
    count += selector.value()->matches(*page.document, id) ? 1 : 0;
  }
  return count;
}

constexpr const char* kTooDeep = "html: open stack of elements exceeds 512 nodes";

/// The result of Lua code with `doc`, the document of `source`, as JSON.
std::string with_page(const std::string& source, const std::string& code) {
  return result_of(code, "local doc = require('k6/html').parseHTML([==[" + source + "]==])");
}

/// What an iteration does with `res`, the answer of http://h/a/b?q=1 with the body `page`.
std::string with_response(const std::string& page, const std::string& code,
                          FakeHost::StartedCall* asked = nullptr) {
  ScriptWorld world(script_of("local res = http.get('http://h/a/b?q=1')\n" + code));
  const auto vu = world.vu();
  REQUIRE(vu->start("default", script::Stage::kIteration) == script::Outcome::kSuspended);
  world.host.calls.clear();
  net::HttpResult result = response(200, page);
  result.exchanges.back().url = "http://h/a/b?q=1";
  const script::Outcome outcome = vu->resume(vu->main_task(), result);
  if (outcome != script::Outcome::kSuspended) return world.finish(*vu, outcome);
  REQUIRE(world.host.calls.size() == 1);
  if (asked != nullptr) *asked = world.host.calls[0];
  vu->abandon();
  return "";
}

}  // namespace

TEST_CASE("elements nest as deep as k6's parser allows, and no deeper") {
  CHECK(Page(repeated("<div>", 510)).problem.empty());  // html and body count
  CHECK(Page(repeated("<div>", 511)).problem == kTooDeep);
  CHECK(Page(repeated("<x-y>", 600) + repeated("</x-y>", 600)).problem == kTooDeep);
}

TEST_CASE("a page that nests without end is refused in no time") {
  // gumbo alone would take hours.
  CHECK(Page(repeated("<div>", 2'000'000)).problem == kTooDeep);
  CHECK(Page(repeated("<b x=1>", 1'000'000)).problem == kTooDeep);
}

TEST_CASE("what lacks end tags is not nested") {
  const Page page("<ul>" + repeated("<li>a<p>b<br><img><p>c", 5000) + "</ul>" +
                  repeated("<div><span></div>", 5000) + "<script>" +
                  repeated("if (a<b) x('<div>');", 5000) + "</script><!--" +
                  repeated("<div>", 5000) + "--><p title='" + repeated("<div>", 5000) + "'>");
  REQUIRE(page.problem.empty());
  CHECK(selected(page, "li > p") == 10000);
  CHECK(selected(page, "div") == 5000);
}

TEST_CASE("a page of 10 MB is parsed and searched") {
  const Page page(
      repeated("<tr><td class=a>1</td><td><a href='/x?a=1&amp;b=2'>t</a></td></tr>\n", 160'000));
  REQUIRE(page.problem.empty());
  CHECK(selected(page, "a[href]") == 160'000);
}

TEST_CASE("bytes that are no UTF-8 become U+FFFD; nothing ends at a null byte") {
  const Page page(std::string("<p>a\xFF\xC3z\0b</p><i>c</i>", 22));
  REQUIRE(page.problem.empty());
  CHECK(contains(page.document->text(0), "a\xEF\xBF\xBD"));
  CHECK(contains(page.document->text(0), "b"));
  CHECK(selected(page, "i") == 1);
}

TEST_CASE("the content of noscript is text, in the head too") {
  const Page page("<head><NOSCRIPT><img src=x></NOSCRIPT><meta name=m></head><noscript><p>");
  REQUIRE(page.problem.empty());
  CHECK(selected(page, "img, p") == 0);
  CHECK(selected(page, "head > noscript + meta") == 1);
  CHECK(selected(page, "noframes") == 0);
  CHECK(contains(page.document->inner_html(0), "<noscript><img src=x></noscript>"));
}

TEST_CASE("many combinators take no more than a moment") {
  const Page page(repeated("<div><b></b>", 500));
  CHECK(selected(page, "x " + repeated("* ", 60) + "*") == 0);
  CHECK(selected(page, "x " + repeated("div ~ ", 30) + "div") == 0);
}

TEST_CASE("nested selectors and those with regular expressions") {
  const Page page("<p>a</p>");
  CHECK(selected(page, repeated(":not(", 14) + "p" + repeated(")", 14)) == 1);
  CHECK_FALSE(HtmlSelector::parse(repeated(":not(", 100'000)).value().has_value());
  CHECK_FALSE(HtmlSelector::parse("p:matches(a.)").ok());
  CHECK_FALSE(HtmlSelector::parse("[a#=b]").ok());
}

TEST_CASE("a document's memory is the collector's, and lives as long as what refers to it") {
  ScriptWorld world(
      script_of("page = page or doc:find('b'):last() doc = nil return page:text()",
                "page, doc = nil, require('k6/html').parseHTML('<p>' .. ('<b>y</b>'):rep(10000))"));
  lua_State* L = world.runtime->state();
  const auto used = [&] {
    lua_gc(L, LUA_GCCOLLECT, 0);
    return lua_gc(L, LUA_GCCOUNT, 0);
  };
  const int before = used();
  auto vu = world.vu();
  CHECK(used() - before > 1000);  // KB: 20,000 nodes
  CHECK(world.run(*vu) == R"("y")");
  CHECK(used() - before > 1000);
  CHECK(world.run(*vu) == R"("y")");
  vu.reset();
  CHECK(used() - before < 500);  // the module itself stays
}

TEST_CASE("functions get the index and an Element or a Selection") {
  const std::string list = "<ul><li id=a>1<li id=b>2<li id=c>3</ul>";
  CHECK(with_page(list,
                  "local t = {} doc:find('li'):each(function(i, e) t[#t + 1] = i .. e:id() "
                  "end) return t") == R"(["0a","1b","2c"])");
  CHECK(with_page(list,
                  "return doc:find('li'):map(function(i, s) return i ~= 1 and s:text() or nil "
                  "end)") == R"(["1","3"])");
  CHECK(with_page(list,
                  "return doc:find('li'):filter(function(i, s) return i > 0 and s:text() ~= '3'"
                  " end):text()") == R"("2")");
  CHECK(with_page(list,
                  "return doc:find('li')['not'](doc:find('li'), function(i) return i == 0 end)"
                  ":text() .. doc:find('li'):not_('#a'):text() .. doc:find('li'):first()"
                  ":end_():size()") == R"("23233")");
  CHECK(with_page(list, "return doc:find('li'):is(function(i) return i == 2 end)") == "true");
}

TEST_CASE("wrong calls of k6/html say what is wrong") {
  contains(result_of("require('k6/html').parseHTML(5)"),
           "parseHTML: expected a string, got a number");
  contains(with_page("", "doc.find('a')"), "with a colon");
  contains(with_page("", "doc:find(5)"), "cannot use a 'number' as a selector");
  contains(with_page("", "doc:each(5)"), "the argument to each() must be a function");
  contains(with_page("", "doc._nodes = { 99 } doc:text()"), "no node of the document");
  contains(with_page("", "doc:find('[a#=b]')"), "regular expressions in selectors");
  contains(result_of("require('k6/html').parseHTML(('<div>'):rep(600))"), kTooDeep);
}

TEST_CASE("res:html is the page, with its URL") {
  CHECK(with_response("<a href=../c?d>x</a>",
                      "return { res:html().url, res:html('a'):text(), "
                      "res:html('a'):get(0):href() }") ==
        R"(["http://h/a/b?q=1","x","http://h/c?d"])");
}

TEST_CASE("a form is submitted with its fields, those given over them") {
  const std::string form =
      "<form method=post action=send><input name=a value='1 &'><input name=b value=2>"
      "<select name=m multiple><option selected>x<option selected>y</select>"
      "<button type=submit name=go value=on></form>";
  FakeHost::StartedCall asked;
  with_response(form,
                "res:submitForm({ fields = { b = 'ü', c = 3 }, params = { headers = { X = 'y' "
                "}, tags = { t = '1' } } })",
                &asked);
  CHECK(asked.call.request.method == "POST");
  CHECK(asked.call.request.url == "http://h/a/send");
  CHECK(asked.call.request.body == "a=1+%26&b=%C3%BC&c=3&go=on&m=x&m=y");
  CHECK(
      asked.call.request.headers ==
      std::vector<net::Header>{{"Content-Type", "application/x-www-form-urlencoded"}, {"X", "y"}});
  with_response(form, "res:submitForm({ params = { headers = { ['content-type'] = 'z' } } })",
                &asked);
  CHECK(asked.call.request.headers == std::vector<net::Header>{{"content-type", "z"}});
}

TEST_CASE("a form without a method puts its fields into the query") {
  FakeHost::StartedCall asked;
  with_response("<form><input name=a value=1></form>", "res:submitForm()", &asked);
  CHECK(asked.call.request.method == "GET");
  CHECK(asked.call.request.url == "http://h/a/b?a=1");
  CHECK_FALSE(asked.call.request.has_body);
  with_response("<form></form><form id=f action='//o/x?y=z'><input name=a value=1></form>",
                "res:submitForm({ formSelector = '#f', fields = { a = '' } })", &asked);
  CHECK(asked.call.request.url == "http://o/x?a=");
}

TEST_CASE("a link is followed from the page it is on") {
  FakeHost::StartedCall asked;
  with_response("<a name=x><a href=c>1</a><a class=n href='/d?e#f'>2</a>", "res:clickLink()",
                &asked);
  CHECK(asked.call.request.method == "GET");
  CHECK(asked.call.request.url == "http://h/a/c");
  with_response("<a class=n href='/d?e'>2</a>",
                "res:clickLink({ selector = '.n', params = { timeout = 5 } })", &asked);
  CHECK(asked.call.request.url == "http://h/d?e");
  CHECK(asked.call.request.timeout == 5ms);
}

TEST_CASE("pages without the form or link that is asked for") {
  contains(with_response("", "res:submitForm()"),
           "no form found for selector 'form' in response 'http://h/a/b?q=1'");
  contains(with_response("", "res:clickLink({ selector = 'x' })"),
           "no element found for selector 'x' in response 'http://h/a/b?q=1'");
  contains(with_response("<a>", "res:clickLink({ selector = 'a' })"),
           "no valid href attribute value found on element 'a'");
  contains(with_response("", "res:submitForm(5)"), "submitForm: expected a table of options");
}
