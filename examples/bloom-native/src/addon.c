/* The hot loop of the filter in C. What it computes is defined by bits.ts, bit for bit: a filter that was filled by one
 * is read by the other. */

#include <node_api.h>
#include <stdbool.h>
#include <stdint.h>

static uint32_t rotate(uint32_t value, int bits) {
    return (value << bits) | (value >> (32 - bits));
}

static uint32_t scramble(uint32_t block) {
    return rotate(block * 0xcc9e2d51u, 15) * 0x1b873593u;
}

/* MurmurHash3 for 32 bits, the bytes read in little endian on every machine. */
static uint32_t hash_bytes(const uint8_t *bytes, size_t length, uint32_t seed) {
    uint32_t hash = seed;
    size_t at = 0;
    for (; at + 4 <= length; at += 4) {
        uint32_t block = (uint32_t)bytes[at] | (uint32_t)bytes[at + 1] << 8 | (uint32_t)bytes[at + 2] << 16 |
                         (uint32_t)bytes[at + 3] << 24;
        hash = rotate(hash ^ scramble(block), 13) * 5 + 0xe6546b64u;
    }
    uint32_t tail = 0;
    for (size_t left = length - at; left > 0; left--) tail = tail << 8 | bytes[at + left - 1];
    if (length > at) hash ^= scramble(tail);
    hash ^= (uint32_t)length;
    hash = (hash ^ hash >> 16) * 0x85ebca6bu;
    hash = (hash ^ hash >> 13) * 0xc2b2ae35u;
    return hash ^ hash >> 16;
}

struct call {
    uint8_t *bits;
    uint32_t mask;
    uint32_t hashes;
    const uint8_t *item;
    size_t length;
};

/* Reads (bits: Buffer, hashes: number, item: Buffer); throws and returns false where they are something else. */
static bool read_call(napi_env env, napi_callback_info info, struct call *call) {
    napi_value given[3];
    size_t count = 3;
    void *bits, *item;
    size_t size;
    if (napi_get_cb_info(env, info, &count, given, NULL, NULL) != napi_ok || count < 3 ||
        napi_get_buffer_info(env, given[0], &bits, &size) != napi_ok ||
        napi_get_value_uint32(env, given[1], &call->hashes) != napi_ok ||
        napi_get_buffer_info(env, given[2], &item, &call->length) != napi_ok) {
        napi_throw_type_error(env, NULL, "expected (bits: Buffer, hashes: number, item: Buffer)");
        return false;
    }
    /* The mask picks a bit by a hash of 32 bits, so the size must be a power of two within its reach. */
    if (size == 0 || (size & (size - 1)) != 0 || size > UINT32_C(1) << 29) {
        napi_throw_range_error(env, NULL, "the number of bytes must be a power of two, at most 2^29");
        return false;
    }
    call->bits = bits;
    call->mask = (uint32_t)(size * 8 - 1);
    call->item = item;
    return true;
}

static napi_value to_boolean(napi_env env, bool value) {
    napi_value result;
    return napi_get_boolean(env, value, &result) == napi_ok ? result : NULL;
}

static napi_value add(napi_env env, napi_callback_info info) {
    struct call call;
    if (!read_call(env, info, &call)) return NULL;
    uint32_t position = hash_bytes(call.item, call.length, 0);
    uint32_t stride = hash_bytes(call.item, call.length, position) | 1;
    bool is_new = false;
    for (uint32_t i = 0; i < call.hashes; i++, position += stride) {
        uint32_t bit = position & call.mask;
        uint8_t flag = (uint8_t)(1u << (bit & 7));
        if (!(call.bits[bit >> 3] & flag)) is_new = true;
        call.bits[bit >> 3] |= flag;
    }
    return to_boolean(env, is_new);
}

static napi_value has(napi_env env, napi_callback_info info) {
    struct call call;
    if (!read_call(env, info, &call)) return NULL;
    uint32_t position = hash_bytes(call.item, call.length, 0);
    uint32_t stride = hash_bytes(call.item, call.length, position) | 1;
    for (uint32_t i = 0; i < call.hashes; i++, position += stride) {
        uint32_t bit = position & call.mask;
        if (!(call.bits[bit >> 3] & 1u << (bit & 7))) return to_boolean(env, false);
    }
    return to_boolean(env, true);
}

static bool export_function(napi_env env, napi_value exports, const char *name, napi_callback callback) {
    napi_value function;
    return napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, NULL, &function) == napi_ok &&
           napi_set_named_property(env, exports, name, function) == napi_ok;
}

NAPI_MODULE_INIT() {
    if (!export_function(env, exports, "add", add) || !export_function(env, exports, "has", has))
        napi_throw_error(env, NULL, "the addon could not be set up");
    return exports;
}
