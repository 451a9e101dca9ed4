// Numbers in text, as Redis reads and prints them.

export {
  DOUBLE_TEXT_BYTES,
  formatDouble,
  formatFraction,
  parseDouble,
  parseRangeDouble,
  writeDouble,
} from './doubles.ts'
export {
  formatHalves,
  formatInteger,
  formatInteger64,
  INTEGER_TEXT_BYTES,
  Integer64,
  isInteger64,
  parseHalves,
  parseInteger64,
  parseSafeInteger,
} from './integers.ts'
export { addLongDouble, formatLongDouble, type LongDouble, parseLongDouble } from './long-double.ts'
