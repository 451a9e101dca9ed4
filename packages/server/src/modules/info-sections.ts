import type { InfoSection, InfoWriter } from '@modis/sdk'

type Values = Readonly<Record<string, string | number | bigint>>

/** Text of a module's INFO sections; undefined where its callback failed and the failure was dealt with. */
export type InfoSource = () => string | undefined

/** Sections that modules add to INFO. */
export class InfoSections {
  readonly #sources = new Map<InfoSource, string>()

  add(moduleName: string, source: InfoSource): () => void {
    this.#sources.set(source, moduleName)
    return () => {
      this.#sources.delete(source)
    }
  }

  /** All sections as INFO prints them, a blank line between two, of one module alone where a name is given. */
  text(moduleName?: string): string {
    const parts: string[] = []
    for (const [source, name] of this.#sources) {
      if (moduleName !== undefined && moduleName !== name) continue
      const text = source()
      if (text !== undefined && text !== '') parts.push(text)
    }
    return parts.join('\r\n')
  }
}

/** Collects what a module's INFO callback writes. */
export class InfoText implements InfoWriter {
  readonly #module: string
  readonly #sections: string[] = []

  constructor(moduleName: string) {
    this.#module = moduleName
  }

  section(name?: string): InfoSection {
    const title = name === undefined || name === '' ? this.#module : `${this.#module}_${plain(name)}`
    const index = this.#sections.push(`# ${title}\r\n`) - 1
    const add = (line: string): void => {
      this.#sections[index] += `${line}\r\n`
    }
    return {
      field: (field, value) => add(`${this.#module}_${plain(field)}:${plain(String(value))}`),
      fields: (field, values) => add(`${this.#module}_${plain(field)}:${joined(values)}`),
    }
  }

  get text(): string {
    return this.#sections.join('\r\n')
  }
}

/** INFO has one field a line and one value a field. */
function plain(text: string): string {
  return text.replace(/[\r\n]/g, ' ')
}

function joined(values: Values): string {
  return Object.entries(values)
    .map(([name, value]) => `${plain(name)}=${plain(String(value))}`)
    .join(',')
}
