/* The hot loop of this module: checksum(bytes) in src/checksum.ts says what it computes. */

#include <node_api.h>
#include <stdint.h>

static napi_value checksum(napi_env env, napi_callback_info info) {
    napi_value bytes;
    size_t count = 1;
    void *data;
    size_t length;
    if (napi_get_cb_info(env, info, &count, &bytes, NULL, NULL) != napi_ok || count < 1 ||
        napi_get_buffer_info(env, bytes, &data, &length) != napi_ok) {
        napi_throw_type_error(env, NULL, "checksum needs a Buffer");
        return NULL;
    }
    const uint8_t *byte = data;
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < length; i++) hash = (hash ^ byte[i]) * 16777619u;
    napi_value result;
    if (napi_create_uint32(env, hash, &result) != napi_ok) return NULL;
    return result;
}

NAPI_MODULE_INIT() {
    napi_value function;
    if (napi_create_function(env, "checksum", NAPI_AUTO_LENGTH, checksum, NULL, &function) != napi_ok ||
        napi_set_named_property(env, exports, "checksum", function) != napi_ok) {
        napi_throw_error(env, NULL, "the addon could not be set up");
    }
    return exports;
}
