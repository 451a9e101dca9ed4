/**
 * Makes `instanceof` recognise instances of a class of any copy of this package. A module may bring a copy of its own,
 * and is loaded anew on reload, yet what it throws and returns must be known for what it is.
 */
export const recogniseCopies = (original: { readonly name: string; readonly prototype: object }): void => {
  const brand = Symbol.for(`modis.${original.name}`)
  Object.defineProperty(original.prototype, brand, { value: true })
  Object.defineProperty(original, Symbol.hasInstance, {
    value(this: unknown, value: unknown): boolean {
      // A subclass inherits this test, but is not made of every instance of its parent.
      if (this !== original) return Function.prototype[Symbol.hasInstance].call(this, value)
      return typeof value === 'object' && value !== null && brand in value
    },
  })
}
