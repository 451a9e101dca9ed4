import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const installed = fileURLToPath(new URL('../../node_modules/.pnpm', import.meta.url))
const SHORTEST = 80
const LONGEST = 2000

/** One document of the corpus. */
export interface Document {
  readonly id: string
  readonly title: string
  readonly body: string
  readonly length: number
  readonly tag: string
}

/**
 * `count` documents of real text: paragraphs of the documentation that the packages installed here bring with them, the same
 * for both servers of a comparison.
 */
export function documents(count: number): Document[] {
  const found: Document[] = []
  for (const path of markdownFiles()) {
    const paragraphs = readFileSync(path, 'utf8').split(/\n\s*\n/)
    let title = 'untitled'
    for (const paragraph of paragraphs) {
      const text = plain(paragraph)
      if (/^#/.test(paragraph)) title = text.slice(0, 80)
      if (text.length < SHORTEST || text.length > LONGEST || /^[`|[<]/.test(paragraph)) continue
      const tag = ['alpha', 'beta', 'gamma', 'delta'][found.length % 4] as string
      found.push({ id: `doc${found.length}`, title, body: text, length: text.length, tag })
      if (found.length === count) return found
    }
  }
  throw new Error(
    `only ${found.length} paragraphs of text were found below ${installed}, ${count} are needed`,
  )
}

function plain(markdown: string): string {
  return markdown
    .replace(/[^\x20-\x7e]/g, ' ')
    .replace(/[#*_`[\]()<>|]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
}

/** README files of installed packages, in a fixed order. */
function* markdownFiles(): Generator<string> {
  for (const folder of readdirSync(installed).sort()) {
    const modules = join(installed, folder, 'node_modules')
    const name = /^(@[^+]+)\+([^@]+)@|^([^@]+)@/.exec(folder)
    if (name === null) continue
    const at = join(modules, name[3] ?? join(name[1] as string, name[2] as string))
    let files: string[]
    try {
      files = readdirSync(at)
    } catch {
      // A package of another platform is listed without being there.
      continue
    }
    for (const file of files.sort()) if (/^(readme|changelog)\.md$/i.test(file)) yield join(at, file)
  }
}
