-- The module "loadrun/json": JSON text to Lua values and back.
local native = ...

return {
  decode = native.json_decode,
  encode = native.json_encode,
  array = native.json_array,
  null = native.null,
}
