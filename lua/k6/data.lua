-- The module "k6/data": data that all VUs of the process read without copying it.
local native = ...

return { SharedArray = native.shared_array }
