/* Numbers as text, in the forms Redis reads and writes. */

#include "bridge.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <math.h>

size_t format_unsigned(char *out, unsigned long long value) {
  char reversed[NUMBER_TEXT];
  size_t length = 0;
  do {
    reversed[length++] = (char)('0' + value % 10);
    value /= 10;
  } while (value);
  for (size_t i = 0; i < length; i++) out[i] = reversed[length - 1 - i];
  out[length] = '\0';
  return length;
}

size_t format_signed(char *out, long long value) {
  if (value >= 0) return format_unsigned(out, (unsigned long long)value);
  out[0] = '-';
  return 1 + format_unsigned(out + 1, 0ull - (unsigned long long)value);
}

/* Plain digits while they are few, a decimal point while it is near, an exponent otherwise. */
static size_t place_digits(char *out, const char *digits, int count, int exponent) {
  int first = exponent + count - 1;
  int distance = first < 0 ? -first : first;
  if (exponent >= 0 && distance < count + 7) {
    memcpy(out, digits, (size_t)count);
    memset(out + count, '0', (size_t)exponent);
    return (size_t)(count + exponent);
  }
  if (exponent < 0 && (exponent > -7 || distance < 4)) {
    int whole = count + exponent;
    if (whole > 0) {
      memcpy(out, digits, (size_t)whole);
      out[whole] = '.';
      memcpy(out + whole + 1, digits + whole, (size_t)(count - whole));
      return (size_t)count + 1;
    }
    memcpy(out, "0.", 2);
    memset(out + 2, '0', (size_t)-whole);
    memcpy(out + 2 - whole, digits, (size_t)count);
    return (size_t)(count + 2 - whole);
  }
  size_t at = 0;
  out[at++] = digits[0];
  if (count > 1) {
    out[at++] = '.';
    memcpy(out + at, digits + 1, (size_t)count - 1);
    at += (size_t)count - 1;
  }
  out[at++] = 'e';
  out[at++] = first < 0 ? '-' : '+';
  return at + format_unsigned(out + at, (unsigned long long)distance);
}

size_t format_double(char *out, double value) {
  if (isnan(value)) return (size_t)sprintf(out, "nan");
  if (isinf(value)) return (size_t)sprintf(out, value < 0 ? "-inf" : "inf");
  if (value == 0) return (size_t)sprintf(out, signbit(value) ? "-0" : "0");
  double half = (double)(LLONG_MAX / 2);
  if (value >= -half && value <= half && (double)(long long)value == value) {
    return format_signed(out, (long long)value);
  }
  size_t at = 0;
  if (value < 0) out[at++] = '-';
  char digits[DOUBLE_DIGITS];
  int exponent;
  int count = double_digits(fabs(value), digits, &exponent);
  at += place_digits(out + at, digits, count, exponent);
  out[at] = '\0';
  return at;
}

/* Digits without leading zero, blank or plus sign; false past 64 bits. */
static bool parse_digits(const char *text, size_t length, unsigned long long *value) {
  if (length == 0 || (length > 1 && text[0] == '0')) return false;
  unsigned long long sum = 0;
  for (size_t i = 0; i < length; i++) {
    if (text[i] < '0' || text[i] > '9') return false;
    unsigned long long digit = (unsigned long long)(text[i] - '0');
    if (sum > (ULLONG_MAX - digit) / 10) return false;
    sum = sum * 10 + digit;
  }
  *value = sum;
  return true;
}

bool parse_signed(const char *text, size_t length, long long *value) {
  bool negative = length > 0 && text[0] == '-';
  unsigned long long magnitude;
  if (!parse_digits(text + negative, length - negative, &magnitude)) return false;
  if (negative && magnitude == 0) return false;
  if (magnitude > (unsigned long long)LLONG_MAX + negative) return false;
  *value = negative ? (long long)(0ull - magnitude) : (long long)magnitude;
  return true;
}

/* Besides plain digits, what strtoull takes, as Redis does; a negative number never. */
bool parse_unsigned(const char *text, size_t length, unsigned long long *value) {
  if (parse_digits(text, length, value)) return true;
  if (length == 0 || text[0] == '-') return false;
  errno = 0;
  char *end;
  unsigned long long parsed = strtoull(text, &end, 10);
  if (errno || end != text + length || isspace((unsigned char)text[0])) return false;
  *value = parsed;
  return true;
}

/* `text` must end with a NUL after `length` bytes, as a string of the API does. */
bool parse_double(const char *text, size_t length, double *value) {
  if (length == 0 || isspace((unsigned char)text[0])) return false;
  errno = 0;
  char *end;
  double parsed = strtod(text, &end);
  if (end != text + length || isnan(parsed)) return false;
  if (errno == ERANGE && (isinf(parsed) || fpclassify(parsed) == FP_ZERO)) return false;
  *value = parsed;
  return true;
}

/* A number with an optional unit: k kb m mb g gb b. Negative numbers take none. */
bool parse_memory(const char *text, size_t length, long long *value) {
  static const struct {
    const char *name;
    long long factor;
  } units[] = {{"", 1},        {"b", 1},        {"k", 1000},       {"kb", 1024},
               {"m", 1000000}, {"mb", 1048576}, {"g", 1000000000}, {"gb", 1073741824}};
  size_t digits = 0;
  while (digits < length && (isdigit((unsigned char)text[digits]) || (digits == 0 && text[0] == '-'))) {
    digits++;
  }
  long long number;
  if (!parse_signed(text, digits, &number)) return false;
  for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
    if (strlen(units[i].name) != length - digits) continue;
    if (strncasecmp(units[i].name, text + digits, length - digits) != 0) continue;
    return !__builtin_mul_overflow(number, units[i].factor, value);
  }
  return false;
}
