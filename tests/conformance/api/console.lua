-- What follows "-->" is what the line before it writes.
return {
  default = function()
    console.log("plain text")  --> plain text
    console.log("several", 1, true, nil, 2.5)  --> several 1 true nil 2.5
    console.log()  -->
    console.log({})  --> {}
    console.log({ 1, "two", { 3 } })  --> { 1, "two", { 3 } }
    console.log({ b = 1, a = "x" })  --> { a = "x", b = 1 }
    console.log({ 1, 2, name = "n", ["odd key"] = true, [10] = 5 })  --> { 1, 2, [10] = 5, name = "n", ["odd key"] = true }
    console.log(123456789012345)  --> 123456789012345
    console.log({ id = 9007199254740992 })  --> { id = 9007199254740992 }
    console.log(require("loadrun/json").null)  --> null
    console.log(require("loadrun/json").decode('{"a":[],"b":null}'))  --> { a = {}, b = null }
    console.log('quotes " and \\ backslash')  --> quotes " and \ backslash
    console.log("쿠폰 발급 성공")  --> 쿠폰 발급 성공
    local t = { n = 1 }
    t.self = t
    console.log(t)  --> { n = 1, self = [Circular] }
    console.info("info")  --> info
    console.warn("warn")  --> warn
    print("print", { 1 })  --> print { 1 }
  end,
}
