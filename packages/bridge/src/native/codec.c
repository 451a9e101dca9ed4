/* LZF decompression and SHA-1, as RDB files and DEBUG DIGEST need them. */

#include "bridge.h"

/* Returns the bytes written, or 0 when the input is corrupt or the output too small.
 *
 * A control byte below 32 announces that many bytes plus one to be copied; any other a length in
 * its upper three bits (7: more in the next byte) and a distance in the rest and the next byte. */
size_t lzf_decompress(const unsigned char *in, size_t in_length, unsigned char *out, size_t out_length) {
  size_t at = 0, to = 0;
  while (at < in_length) {
    unsigned control = in[at++];
    if (control < 32) {
      size_t run = control + 1;
      if (run > in_length - at || run > out_length - to) return 0;
      memcpy(out + to, in + at, run);
      at += run;
      to += run;
      continue;
    }
    size_t run = control >> 5;
    if (run == 7) {
      if (at == in_length) return 0;
      run += in[at++];
    }
    run += 2;
    if (at == in_length) return 0;
    size_t distance = ((size_t)(control & 31) << 8 | in[at++]) + 1;
    if (distance > to || run > out_length - to) return 0;
    /* Source and destination may overlap: that is how runs are repeated. */
    for (; run; run--, to++) out[to] = out[to - distance];
  }
  return to;
}

static uint32_t rotate(uint32_t value, int bits) { return value << bits | value >> (32 - bits); }

static void sha1_block(uint32_t state[5], const unsigned char *block) {
  uint32_t words[80];
  for (int i = 0; i < 16; i++) {
    words[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
               (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
  }
  for (int i = 16; i < 80; i++) {
    words[i] = rotate(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1);
  }
  uint32_t a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];
  for (int i = 0; i < 80; i++) {
    uint32_t mixed = i < 20   ? ((b & c) | (~b & d)) + 0x5a827999
                     : i < 40 ? (b ^ c ^ d) + 0x6ed9eba1
                     : i < 60 ? ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc
                              : (b ^ c ^ d) + 0xca62c1d6;
    uint32_t next = rotate(a, 5) + mixed + e + words[i];
    e = d;
    d = c;
    c = rotate(b, 30);
    b = a;
    a = next;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
}

void sha1(const void *data, size_t length, unsigned char out[20]) {
  uint32_t state[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
  const unsigned char *bytes = data;
  size_t left = length;
  for (; left >= 64; left -= 64, bytes += 64) sha1_block(state, bytes);
  unsigned char tail[128] = {0};
  if (left) memcpy(tail, bytes, left);
  tail[left] = 0x80;
  size_t tail_length = left < 56 ? 64 : 128;
  uint64_t bits = (uint64_t)length * 8;
  for (int i = 0; i < 8; i++) tail[tail_length - 1 - (size_t)i] = (unsigned char)(bits >> (8 * i));
  sha1_block(state, tail);
  if (tail_length == 128) sha1_block(state, tail + 64);
  for (int i = 0; i < 20; i++) out[i] = (unsigned char)(state[i / 4] >> (24 - 8 * (i % 4)));
}
